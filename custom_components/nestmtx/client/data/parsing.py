"""Parses rows and other answers of a NestMTX server.

Parsing is lenient: a field that is missing or has an unexpected type becomes None or its default,
and is named in `problems`; only a row without an id is refused. Unknown fields are ignored.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..redaction import redact_message, sanitize
from .models import (
    Authorization,
    Camera,
    CameraStatus,
    Credential,
    CronJob,
    Event,
    Health,
    Load,
    Process,
    Version,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_CHECKSUM = re.compile("[0-9a-f]{64}")
_PERCENT = 100.0
_DETAILS = {
    "path": "path",
    "sourceType": "source_type",
    "readerType": "reader_type",
    "readerId": "reader_id",
    "expiresAt": "expires_at",
}

_KEPT_DETAILS = frozenset({*_DETAILS, "error", "query"})
MAX_DETAIL_LENGTH = 512
"""Characters. A viewer's query may be long."""
MAX_NAME_LENGTH = 50
"""Characters of an event's domain, and of its type."""
MAX_INTEGER = 2**53
"""JavaScript and databases lose digits of larger integers."""
MAX_TEXTS = 20
"""Strings of a list that normally has about three."""
MAX_CORES = 1024
"""CPU cores of a machine."""
MAX_PROCESSES = 1000
"""Processes of a server: it runs a few, and one for each streaming camera."""
MAX_CRON_JOBS = 100
"""Jobs of a server: NestMTX 1.1.1 has five."""
MAX_ROW_NAMES = 20
"""Field names in a warning."""


def parse_time(text: Any) -> datetime | None:
    """Parse a time in ISO 8601 or the database's format, which is UTC; None if it is invalid."""
    if not isinstance(text, str):
        return None
    try:
        time = datetime.fromisoformat(text)
        return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except ValueError, OverflowError:
        return None


def mapping(value: Any) -> Mapping[str, Any]:
    """Return the value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def objects(value: Any, limit: int) -> list[dict[str, Any]]:
    """Return the objects among the first `limit` items of a list."""
    items = value[:limit] if isinstance(value, list) else []
    return [each for each in items if isinstance(each, dict)]


def number(value: Any) -> int | None:
    """Return an integer of at most MAX_INTEGER; None for others, and for a boolean."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and abs(value) <= MAX_INTEGER else None


def text_of(value: Any) -> str | None:
    """Return a non-empty string, sanitized; None for anything else."""
    return sanitize(value) if isinstance(value, str) and value else None


def texts(values: list[Any] | None) -> tuple[str, ...]:
    """Return the first strings of a list, sanitized."""
    return tuple(sanitize(value) for value in (values or ())[:MAX_TEXTS] if isinstance(value, str))


class InvalidRow(ValueError):
    """A row without a usable id."""


@dataclass(frozen=True, slots=True)
class Parsed[T]:
    """A value, and the names of the fields that were missing or invalid."""

    value: T
    problems: tuple[str, ...] = ()


class _Row:
    """Reads typed fields from a row, and collects the names of invalid ones."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self._row = row
        self.problems: list[str] = []

    def count(self, name: str) -> int:
        """Return a required non-negative integer; 0 if it is invalid."""
        value = number(self._row.get(name))
        if value is not None and value >= 0:
            return value
        self.problems.append(name)
        return 0

    def flag(self, name: str) -> bool:
        """Return a required boolean; some databases store 0 and 1."""
        value = self._row.get(name)
        if value is None or value not in (0, 1):
            self.problems.append(name)
        return value in (True, 1)

    def text(self, name: str) -> str | None:
        """Return a string that may be null."""
        value = self.optional(name, str)
        return None if value is None else sanitize(value)

    def checksum(self, name: str) -> str | None:
        """Return a SHA-256 that may be null; other values must not identify an object."""
        value = self.optional(name, str)
        if value is not None and not _CHECKSUM.fullmatch(value):
            self.problems.append(name)
            return None
        return value

    def words(self, name: str) -> str | None:
        """Return a string that may be null; None if it is empty."""
        return self.text(name) or None

    def time(self, name: str) -> datetime | None:
        """Return a time that may be null."""
        text = self.optional(name, str)
        value = parse_time(text)
        if value is None and text is not None:
            self.problems.append(name)
        return value

    def optional[T](self, name: str, kind: type[T]) -> T | None:
        """Return a field that may be null."""
        value = self._row.get(name)
        if value is None and name in self._row:
            return None
        if isinstance(value, kind) and (kind is not int or number(value) is not None):
            return value
        self.problems.append(name)
        return None


def _id(row: Mapping[str, Any]) -> int:
    value = number(row.get("id"))
    if value is None:
        names = sorted(map(str, islice(row, MAX_ROW_NAMES)))
        raise InvalidRow(sanitize(f"a row without an id: {names}"))
    return value


def parse_camera(row: Mapping[str, Any]) -> Parsed[Camera]:
    """Parse a row of the cameras module. Raises InvalidRow."""
    fields = _Row(row)
    camera = Camera(
        id=_id(row),
        checksum=fields.checksum("checksum"),
        created_at=parse_time(row.get("createdAt")),
        name=fields.text("name"),
        room=_room(fields.text("room")),
        device_type=_device_type(fields.optional("info", dict)),
        identified_as=texts(fields.optional("identified_as", list)),
        credential_id=fields.optional("credentialId", int),
        path=fields.words("mtx_path"),
        is_enabled=fields.flag("is_enabled"),
        is_persistent=fields.flag("is_persistent"),
        status=_status(fields.text("status")),
        requested=(process_id := fields.optional("process_id", int)) is not None,
        ready=(ready := fields.flag("stream_ready")),
        ready_since=fields.time("stream_uptime") if ready else None,
        viewers=fields.count("stream_consumer_count"),
        expires_at=fields.time("expires_at"),
        process_id=process_id,
        resolution=fields.words("resolution"),
        protocols=fields.words("protocols"),
        video_codecs=fields.words("codecs_video"),
        audio_codecs=fields.words("codecs_audio"),
        tracks=fields.count("stream_track_count") if ready else None,
        data_received=fields.count("stream_data_rx") if ready else None,
        data_sent=fields.count("stream_data_tx") if ready else None,
        url_rtsp_tcp=fields.text("url_rtsp_tcp"),
        url_rtmp=fields.text("url_rtmp"),
        url_hls_m3u8=fields.text("url_hls_m3u8"),
        url_web_rtc=fields.text("url_web_rtc"),
        url_srt=fields.text("url_srt"),
    )
    return Parsed(camera, tuple(fields.problems))


def parse_credential(row: Mapping[str, Any]) -> Parsed[Credential]:
    """Parse a row of the credentials module. Raises InvalidRow.

    `tokens` is null if it is not authorized; no other field indicates that.
    """
    fields = _Row(row)
    authorized = fields.optional("tokens", str) is not None
    credential = Credential(
        id=_id(row),
        checksum=fields.checksum("checksum"),
        created_at=parse_time(row.get("created_at")),
        description=fields.text("description"),
        authorization=(
            Authorization.AUTHENTICATED if authorized else Authorization.UNAUTHENTICATED
        ),
    )
    return Parsed(credential, tuple(fields.problems))


def parse_version(answer: Any) -> Version:
    """Parse the answer of the version module."""
    row = mapping(answer)
    return Version(text_of(row.get("release")), text_of(row.get("mediamtx")))


def parse_health(answer: Any) -> Health | None:
    """Parse the answer of the health module; None for an unknown value."""
    word = mapping(answer).get("healthy")
    return Health(word) if isinstance(word, str) and word in set(Health) else None


def parse_load(answer: Any) -> Load:
    """Parse the list of the htop module."""
    row = mapping(answer)
    busy = [
        _PERCENT - idle
        for core in objects(row.get("cpu"), MAX_CORES)
        if isinstance(idle := core.get("idle"), int | float) and 0 <= idle <= _PERCENT
    ]
    return Load(
        cpu=sum(busy) / len(busy) if busy else None,
        memory_used=number(mapping(row.get("memory")).get("used")),
        processes=tuple(
            Process(name, number(process.get("pid")))
            for process in objects(row.get("processes"), MAX_PROCESSES)
            if (name := text_of(process.get("name"))) is not None
        ),
    )


def parse_cron_jobs(items: list[Any]) -> Mapping[str, CronJob]:
    """Parse the rows of the cronjobs module."""
    jobs = (
        CronJob(name, parse_time(row.get("last_run_at")))
        for row in objects(items, MAX_CRON_JOBS)
        if (name := text_of(row.get("name"))) is not None
    )
    return MappingProxyType({job.name: job for job in jobs})


def parse_details(details: Mapping[str, str]) -> Mapping[str, str]:
    """Return the details of an event that may be shown, without the viewer's query."""
    names = _DETAILS | {"error": "error"}
    shown = {name: redact_message(details[key]) for key, name in names.items() if key in details}
    return {name: text for name, text in shown.items() if text}


def parse_event(payload: Any) -> Event | None:
    """Parse an event's payload; None if it is invalid."""
    if not isinstance(payload, dict):
        return None
    domain, name = payload.get("domain"), payload.get("event")
    if not isinstance(domain, str) or not isinstance(name, str):
        return None
    if len(domain) > MAX_NAME_LENGTH or len(name) > MAX_NAME_LENGTH:
        return None
    entity, details = payload.get("entity"), payload.get("details")
    return Event(
        domain=domain.lower(),
        type=name.lower(),
        entity=number(entity),
        details=_details(mapping(details)),
        at=parse_time(payload.get("at")),
    )


def _details(details: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the useful details of an event, shortened: some events are kept for a while."""
    error = details.get("error")
    message = error.get("message") if isinstance(error, dict) else error
    return {
        name: value[:MAX_DETAIL_LENGTH]
        for name, value in {**details, "error": message}.items()
        if name in _KEPT_DETAILS and isinstance(value, str)
    }


class EventTopics:
    """Accepts each event once of the topics that it is sent on.

    The server sends an event as `camera:ready`, `camera:*` and `ready`, in this order; its API
    documentation also lists `nestmtx:*`. The first is used; the second only if a server never
    sends the first. Bare topics are ambiguous: `application:ready` is also sent as `ready`.
    """

    def __init__(self, bare_topics: frozenset[str]) -> None:
        """Initialize for an unknown server; no event is accepted from bare topics."""
        self._bare_topics = bare_topics
        self._specific = False

    def accepts(self, topic: str) -> bool:
        """Return whether a topic may carry an event to accept, by its name alone."""
        is_covered = topic.endswith(":*") and self._specific
        return not is_covered and topic.lower() not in self._bare_topics

    def take(self, topic: str, payload: Any) -> Event | None:
        """Return the event in a message; None if another message carries it, too."""
        if ":" not in topic:
            return None
        event = parse_event(payload)
        if event is None:
            return None
        if topic.lower() == f"{event.domain}:{event.type}":
            self._specific = True
            return event
        if topic.lower() == f"{event.domain}:*" and not self._specific:
            return event
        return None


def _room(room: str | None) -> str | None:
    return None if room == "Unknown" else room or None


def _device_type(info: dict[str, Any] | None) -> str | None:
    """Return the last part of a type such as "sdm.devices.types.CAMERA"."""
    name = text_of((info or {}).get("type"))
    return name.rsplit(".", 1)[-1] if name else None


def _status(word: str | None) -> CameraStatus | None:
    return CameraStatus(word) if word is not None and word in CameraStatus else None
