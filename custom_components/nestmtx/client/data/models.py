"""Objects of a NestMTX server as frozen values. Times are the server's or Google's, in UTC."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


MAX_CLOCK_SKEW = timedelta(seconds=400)
"""Maximum difference between the clocks of the server, Google and this machine."""
_LATEST = datetime.max.replace(tzinfo=UTC) - MAX_CLOCK_SKEW


class CameraStatus(StrEnum):
    """The server's status of a camera."""

    UNCONFIGURED = "unconfigured"
    """The camera has no path yet."""
    DISABLED = "disabled"
    DEAD = "dead"
    """Enabled without viewers: the normal idle state ("Not Streaming" on the server's page)."""
    STOPPED = "stopped"
    UNAVAILABLE = "unavailable"
    STARTING = "starting"
    RUNNING = "running"


class Authorization(StrEnum):
    """A credential's authorization with Google; named after the last event that reported it."""

    AUTHENTICATED = "authenticated"
    REAUTHENTICATED = "reauthenticated"
    UNAUTHENTICATED = "unauthenticated"


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera: its row, updated by events."""

    id: int
    checksum: str | None = None
    """SHA-256 of Google's device id; unlike `id`, it survives a reinstallation of the server."""
    name: str | None = None
    room: str | None = None
    """None if Google has none ("Unknown" in the row)."""
    device_type: str | None = None
    """The last part of Google's device type, such as "CAMERA", "DOORBELL" or "DISPLAY"."""
    identified_as: tuple[str, ...] = ()
    """Possible models; often three that Google does not distinguish."""
    credential_id: int | None = None
    """The credential used to get its video from Google."""
    path: str | None = None
    """The path its stream is published at; None until it is set up."""
    is_enabled: bool = False
    is_persistent: bool = False
    """The server runs its process all the time, even if the stream has no readers."""
    status: CameraStatus | None = None
    """None if this client does not know the status."""
    requested: bool = False
    """The server runs a process for it, or its stream was requested."""
    ready: bool = False
    """Its stream can be read."""
    ready_since: datetime | None = None
    viewers: int = 0
    expires_at: datetime | None = None
    """When Google's authorization of its stream ends or ended; the server never clears it."""
    former_expires_at: datetime | None = None
    """`expires_at` before the running stream, if known."""
    extension_failed: bool = False
    """Extending the authorization has failed since the stream became ready."""
    process_id: int | None = None
    resolution: str | None = None
    """Width and height in pixels ("1920x1080")."""
    protocols: str | None = None
    """Protocols that it supports at Google, separated by commas."""
    video_codecs: str | None = None
    audio_codecs: str | None = None
    tracks: int | None = None
    """None without a stream, or until a list reports it, as are the next two."""
    data_received: int | None = None
    """Bytes since the stream became ready, from the camera to the server."""
    data_sent: int | None = None
    """Bytes since the stream became ready, from the server to all readers."""
    stalled: bool = False
    """Its stream is ready, but lists have shown no new data from the camera for too long."""
    url_rtsp_tcp: str | None = None
    url_rtmp: str | None = None
    url_hls_m3u8: str | None = None
    url_web_rtc: str | None = None
    """The page that plays the stream over WebRTC."""
    url_srt: str | None = None
    created_at: datetime | None = None
    """When the server created its row."""

    @property
    def key(self) -> str:
        """Permanent identifier of the camera."""
        return self.checksum or f"id-{self.id}"

    @property
    def urls(self) -> tuple[str | None, ...]:
        """The URLs of its streams, as received from the server."""
        return self.url_rtsp_tcp, self.url_web_rtc

    @property
    def watched(self) -> bool:
        """Whether its stream has viewers."""
        return self.viewers > 0

    @property
    def authorized_until(self) -> datetime | None:
        """When the authorization of the running stream ends; None until Google has granted it.

        A time that has not changed since before the stream belongs to an earlier one. If the
        earlier time is not known, so does one before the stream's start by all clocks.
        """
        until = self.expires_at
        if not self.ready or until is None or until == self.former_expires_at:
            return None
        return until if self._outlasts_the_beginning(until, -MAX_CLOCK_SKEW) else None

    @property
    def authorization_over_at(self) -> datetime | None:
        """When the authorization of the running stream has ended, whichever clock is right.

        None if it may belong to an earlier stream.
        """
        until = self.authorized_until
        if until is None or not self._outlasts_the_beginning(until, MAX_CLOCK_SKEW):
            return None
        return min(until, _LATEST) + MAX_CLOCK_SKEW

    def _outlasts_the_beginning(self, until: datetime, by: timedelta) -> bool:
        """Return whether `until` is more than `by` after the stream's start, or certainly its own.

        Times are subtracted: unlike a sum, a difference cannot overflow.
        """
        if self.former_expires_at is not None or self.ready_since is None:
            return True
        return until - self.ready_since > by

    @property
    def shows_video(self) -> bool:
        """Whether its stream is real video instead of a "connecting" picture.

        Google's authorization of the stream indicates it.
        """
        return self.authorized_until is not None and not self.extension_failed

    @property
    def authorization_failed(self) -> bool:
        """Whether the authorization of the running stream could not be extended."""
        return self.ready and self.extension_failed

    def lacks_authorization(self, now: datetime) -> bool:
        """Return whether Google will end the running stream, or has ended it by all clocks."""
        over_at = self.authorization_over_at
        return self.authorization_failed or (over_at is not None and over_at <= now)

    @property
    def model(self) -> str | None:
        """The model if it is certain, else Google's device type ("Doorbell")."""
        if len(self.identified_as) == 1:
            return self.identified_as[0]
        return self.device_type.capitalize() if self.device_type else None


@dataclass(frozen=True, slots=True)
class Credential:
    """Access to Google's API, without its secrets."""

    id: int
    checksum: str | None = None
    description: str | None = None
    authorization: Authorization = Authorization.UNAUTHENTICATED
    authorized_at: datetime | None = None
    """When it was last authorized, if an event reported that."""
    created_at: datetime | None = None
    """When the server created its row."""

    @property
    def key(self) -> str:
        """Permanent identifier of the credential."""
        return self.checksum or f"id-{self.id}"

    @property
    def is_authorized(self) -> bool:
        """Whether it is authorized with Google, for the first time or again."""
        return self.authorization is not Authorization.UNAUTHENTICATED


@dataclass(frozen=True, slots=True)
class Version:
    """The server's version ("v1.1.1"), and that of its MediaMTX ("1.9.0")."""

    release: str | None = None
    mediamtx: str | None = None


@dataclass(frozen=True, slots=True)
class Process:
    """A program of the server; one without a PID is not running."""

    name: str
    pid: int | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """The load of the server's machine, and the server's processes."""

    cpu: float | None = None
    """Percent, averaged over all cores."""
    memory_used: int | None = None
    """Bytes."""
    processes: tuple[Process, ...] = ()


@dataclass(frozen=True, slots=True)
class CronJob:
    """A job that the server runs on schedule and on request."""

    name: str
    last_run_at: datetime | None = None


class Health(StrEnum):
    """The server's health as it reports it."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    """One of its checks fails, or has no result yet."""
    UNHEALTHY = "unhealthy"


@dataclass(frozen=True, slots=True)
class Server:
    """The known state of the server itself; None if not requested, or not reported."""

    version: Version = Version()
    health: Health | None = None
    load: Load | None = None
    job_names: tuple[str, ...] = ()
    """Names of its cron jobs when this connection was opened."""
    cron_jobs: Mapping[str, CronJob] | None = None
    """By name."""


class LogLevel(StrEnum):
    """The level of a line of the log."""

    DEBUG = "debug"
    INFO = "info"
    NOTICE = "notice"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of the server's log: one line of plain text, without request payloads."""

    level: LogLevel
    message: str
    service: str | None = None
    host: str | None = None
    """The hostname of the machine or container that wrote it."""
    pid: int | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened on the server.

    `type` is in lower case ("notready"): the server and its API documentation spell it differently
    (`undemand`, `unDemand`). `entity` is None if the event has none.
    """

    domain: str
    type: str
    entity: int | None = None
    details: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Further details; only the message of an error."""
    at: datetime | None = None
    """When it happened by the server's clock; not in the server's API documentation."""

    @property
    def reader(self) -> str | None:
        """The id of the reader that connected or disconnected."""
        return self.details.get("readerId")
