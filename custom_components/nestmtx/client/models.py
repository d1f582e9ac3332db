"""What a NestMTX server tells, as frozen values.

A row is parsed leniently: a field that is missing or of another type than it should be costs that
field (it is None, or its default), and is named in `problems`; only a row without an id is
refused. Unknown fields are ignored.
"""

from dataclasses import dataclass, field
from enum import StrEnum
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


_CHECKSUM = re.compile("[0-9a-f]{64}")
_LONGEST = 255
"""Characters."""


class InvalidRow(ValueError):
    """A row without a usable id."""


class CameraStatus(StrEnum):
    """The server's word for what a camera is doing."""

    UNCONFIGURED = "unconfigured"
    """It has no path yet."""
    DISABLED = "disabled"
    DEAD = "dead"
    """Enabled, and nobody watches: the normal idle state ("Not Streaming" on the server's page)."""
    STOPPED = "stopped"
    UNAVAILABLE = "unavailable"
    STARTING = "starting"
    RUNNING = "running"


class Authorization(StrEnum):
    """What a credential may do at Google; named after the last event that told."""

    AUTHENTICATED = "authenticated"
    REAUTHENTICATED = "reauthenticated"
    UNAUTHENTICATED = "unauthenticated"


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera: what its row says, brought forward by events."""

    id: int
    checksum: str | None = None
    """SHA-256 of Google's device id: the same after the server is reinstalled, unlike `id`."""
    name: str | None = None
    room: str | None = None
    """None where Google gives none (the row then says "Unknown")."""
    device_type: str | None = None
    """The last word of Google's, such as "CAMERA", "DOORBELL" or "DISPLAY"."""
    identified_as: tuple[str, ...] = ()
    """The models that it may be; often three, where Google does not tell them apart."""
    is_enabled: bool = False
    is_persistent: bool = False
    """The server runs its process all the time, whether or not somebody reads the stream."""
    status: CameraStatus | None = None
    """None for a word that this client does not know."""
    requested: bool = False
    """The server runs a process for it, or somebody asked for its stream."""
    ready: bool = False
    """Its stream can be read."""
    viewers: int = 0
    url_rtsp_tcp: str | None = None
    url_hls_m3u8: str | None = None

    @property
    def key(self) -> str:
        """What identifies the camera for good."""
        return self.checksum or f"id-{self.id}"

    @property
    def watched(self) -> bool:
        """Whether somebody reads its stream."""
        return self.viewers > 0

    @property
    def model(self) -> str | None:
        """The model where it is certain, else Google's device type ("Doorbell")."""
        if len(self.identified_as) == 1:
            return self.identified_as[0]
        return self.device_type.capitalize() if self.device_type else None


@dataclass(frozen=True, slots=True)
class Credential:
    """Access to Google's API; its secrets are not taken over."""

    id: int
    checksum: str | None = None
    description: str | None = None
    authorization: Authorization = Authorization.UNAUTHENTICATED

    @property
    def key(self) -> str:
        """What identifies the credential for good."""
        return self.checksum or f"id-{self.id}"

    @property
    def is_authorized(self) -> bool:
        """Whether Google still lets it in, for the first time or again."""
        return self.authorization is not Authorization.UNAUTHENTICATED


@dataclass(frozen=True, slots=True)
class Version:
    """The server's release ("v1.1.1")."""

    release: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened on the server.

    `type` is in lower case ("notready"); the server's page and the server differ in it
    (`unDemand`, `undemand`). `entity` is None where the server knows none.
    """

    domain: str
    type: str
    entity: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def reader(self) -> str | None:
        """The id of the reader that came or left."""
        reader = self.details.get("readerId")
        return reader if isinstance(reader, str) else None


@dataclass(frozen=True, slots=True)
class Parsed[T]:
    """A value, and the names of the fields that were missing or of another type."""

    value: T
    problems: tuple[str, ...] = ()


class _Row:
    """Reads typed fields out of a row, and keeps the names of those that were wrong."""

    def __init__(self, row: Mapping[str, Any]) -> None:
        self._row = row
        self.problems: list[str] = []

    def count(self, name: str) -> int:
        """Return a number from 0 that is always there."""
        value = self._row.get(name)
        # A JSON true is not a number, although Python's True is.
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        self.problems.append(name)
        return 0

    def flag(self, name: str) -> bool:
        """Return a truth value that is always there; some databases hold 0 and 1."""
        value = self._row.get(name)
        if value is None or value not in (0, 1):
            self.problems.append(name)
        return value in (True, 1)

    def text(self, name: str) -> str | None:
        """Return a text that may be null."""
        value = self.optional(name, str)
        return None if value is None else _storable(value)

    def checksum(self, name: str) -> str | None:
        """Return a SHA-256 that may be null: nothing else identifies an object."""
        value = self.optional(name, str)
        if value is not None and not _CHECKSUM.fullmatch(value):
            self.problems.append(name)
            return None
        return value

    def optional[T](self, name: str, kind: type[T]) -> T | None:
        """Return a field that may be null."""
        value = self._row.get(name)
        if value is None and name in self._row:
            return None
        if isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
            return value
        self.problems.append(name)
        return None


def _id(row: Mapping[str, Any]) -> int:
    value = row.get("id")
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidRow(f"a row without an id: {sorted(map(str, row))}")
    return value


def parse_camera(row: Mapping[str, Any]) -> Parsed[Camera]:
    """Parse a row of the cameras module. Raises InvalidRow."""
    fields = _Row(row)
    camera = Camera(
        id=_id(row),
        checksum=fields.checksum("checksum"),
        name=fields.text("name"),
        room=_room(fields.text("room")),
        device_type=_device_type(fields.optional("info", dict)),
        identified_as=_texts(fields.optional("identified_as", list)),
        is_enabled=fields.flag("is_enabled"),
        is_persistent=fields.flag("is_persistent"),
        status=_status(fields.text("status")),
        requested=fields.optional("process_id", int) is not None,
        ready=fields.flag("stream_ready"),
        viewers=fields.count("stream_consumer_count"),
        url_rtsp_tcp=fields.text("url_rtsp_tcp"),
        url_hls_m3u8=fields.text("url_hls_m3u8"),
    )
    return Parsed(camera, tuple(fields.problems))


def parse_credential(row: Mapping[str, Any]) -> Parsed[Credential]:
    """Parse a row of the credentials module. Raises InvalidRow.

    Whether it is authorized shows in one place only: `tokens` is null where it is not.
    """
    fields = _Row(row)
    authorized = fields.optional("tokens", str) is not None
    credential = Credential(
        id=_id(row),
        checksum=fields.checksum("checksum"),
        description=fields.text("description"),
        authorization=(
            Authorization.AUTHENTICATED if authorized else Authorization.UNAUTHENTICATED
        ),
    )
    return Parsed(credential, tuple(fields.problems))


def parse_version(answer: Any) -> Version:
    """Parse the answer of the version module."""
    release = answer.get("release") if isinstance(answer, dict) else None
    return Version(_storable(release) if isinstance(release, str) else None)


def parse_event(payload: Any) -> Event | None:
    """Parse an event's payload; None when it is none."""
    if not isinstance(payload, dict):
        return None
    domain, name = payload.get("domain"), payload.get("event")
    if not isinstance(domain, str) or not isinstance(name, str):
        return None
    entity, details = payload.get("entity"), payload.get("details")
    return Event(
        domain=domain.lower(),
        type=name.lower(),
        entity=entity if isinstance(entity, int) and not isinstance(entity, bool) else None,
        details=details if isinstance(details, dict) else {},
    )


def _room(room: str | None) -> str | None:
    return None if room == "Unknown" else room or None


def _device_type(info: dict[str, Any] | None) -> str | None:
    """Return the last word of, say, "sdm.devices.types.CAMERA"."""
    name = (info or {}).get("type")
    return _storable(name.rsplit(".", 1)[-1]) if isinstance(name, str) and name else None


def _texts(values: list[Any] | None) -> tuple[str, ...]:
    return tuple(_storable(value) for value in values or () if isinstance(value, str))


def _storable(text: str) -> str:
    """Return a text that can be stored as UTF-8, and is no longer than a state may be.

    JSON may hold half a surrogate pair: whoever stores that, stores nothing any more.
    """
    return text.encode("utf-8", "replace").decode()[:_LONGEST]


def _status(word: str | None) -> CameraStatus | None:
    return CameraStatus(word) if word is not None and word in CameraStatus else None
