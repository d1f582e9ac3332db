"""What a NestMTX server has, as frozen values. All times are the server's or Google's, in UTC."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


MAX_CLOCK_SKEW = timedelta(seconds=400)
"""How far the clocks of the server, of Google and of this machine may be apart."""
_LATEST = datetime.max.replace(tzinfo=UTC) - MAX_CLOCK_SKEW


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
    credential_id: int | None = None
    """The credential through which Google gives its video."""
    path: str | None = None
    """Where its stream is published; None while it is not set up."""
    is_enabled: bool = False
    is_persistent: bool = False
    """The server runs its process all the time, whether or not somebody reads the stream."""
    status: CameraStatus | None = None
    """None for a word that this client does not know."""
    requested: bool = False
    """The server runs a process for it, or somebody asked for its stream."""
    ready: bool = False
    """Its stream can be read."""
    ready_since: datetime | None = None
    viewers: int = 0
    expires_at: datetime | None = None
    """When Google's authorization of its stream ends, or has ended: the server never clears it."""
    former_expires_at: datetime | None = None
    """What `expires_at` was before the running stream, as far as that is known."""
    extension_failed: bool = False
    """The authorization could not be extended since the stream became ready."""
    process_id: int | None = None
    resolution: str | None = None
    """Width and height in pixels ("1920x1080")."""
    protocols: str | None = None
    """The ones that it speaks with Google, separated by commas."""
    video_codecs: str | None = None
    audio_codecs: str | None = None
    tracks: int | None = None
    """None while there is no stream, or a list has not told of it yet; so are the next two."""
    data_received: int | None = None
    """Bytes since the stream became ready, from the camera to the server."""
    data_sent: int | None = None
    """Bytes since the stream became ready, from the server to all readers."""
    stalled: bool = False
    """Its stream is ready, and lists show no new data from the camera for too long."""
    url_rtsp_tcp: str | None = None
    url_rtmp: str | None = None
    url_hls_m3u8: str | None = None
    url_web_rtc: str | None = None
    """The page that plays the stream over WebRTC."""
    url_srt: str | None = None
    created_at: datetime | None = None
    """When the server made its row."""

    @property
    def key(self) -> str:
        """What identifies the camera for good."""
        return self.checksum or f"id-{self.id}"

    @property
    def urls(self) -> tuple[str | None, ...]:
        """The URLs of its streams, as the server has them."""
        return self.url_rtsp_tcp, self.url_web_rtc

    @property
    def watched(self) -> bool:
        """Whether somebody reads its stream."""
        return self.viewers > 0

    @property
    def authorized_until(self) -> datetime | None:
        """When the authorization of the running stream ends; None until Google has given one.

        An end that has not changed since before the stream is that of an earlier one; where that is
        not known, so is one that lies before the stream's beginning by all clocks.
        """
        until = self.expires_at
        if not self.ready or until is None or until == self.former_expires_at:
            return None
        return until if self._outlasts_the_beginning(until, -MAX_CLOCK_SKEW) else None

    @property
    def authorization_over_at(self) -> datetime | None:
        """When the authorization of the running stream is over by all clocks.

        None also where it may be that of an earlier stream, by any of them.
        """
        until = self.authorized_until
        if until is None or not self._outlasts_the_beginning(until, MAX_CLOCK_SKEW):
            return None
        return min(until, _LATEST) + MAX_CLOCK_SKEW

    def _outlasts_the_beginning(self, until: datetime, by: timedelta) -> bool:
        """Return whether an end lies that much after the stream's beginning, or is known to be its.

        Times are subtracted: unlike a sum, a difference of two has no bounds.
        """
        if self.former_expires_at is not None or self.ready_since is None:
            return True
        return until - self.ready_since > by

    @property
    def shows_video(self) -> bool:
        """Whether its stream is real video, and not a "connecting" picture.

        That shows in that Google has authorized the stream.
        """
        return self.authorized_until is not None and not self.extension_failed

    @property
    def authorization_failed(self) -> bool:
        """Whether the authorization of the running stream could not be extended."""
        return self.ready and self.extension_failed

    def lacks_authorization(self, now: datetime) -> bool:
        """Return whether Google will end the running stream, or has ended it, by all clocks."""
        over_at = self.authorization_over_at
        return self.authorization_failed or (over_at is not None and over_at <= now)

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
    authorized_at: datetime | None = None
    """When Google let it in last, as far as an event told."""
    created_at: datetime | None = None
    """When the server made its row."""

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
    """The server's release ("v1.1.1"), and that of its MediaMTX ("1.9.0")."""

    release: str | None = None
    mediamtx: str | None = None


@dataclass(frozen=True, slots=True)
class Process:
    """A program that the server runs; without a pid it is known, but does not run."""

    name: str
    pid: int | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """How busy the server's machine is."""

    cpu: float | None = None
    """Percent, of all cores together."""
    memory_used: int | None = None
    """Bytes."""
    processes: tuple[Process, ...] = ()


@dataclass(frozen=True, slots=True)
class CronJob:
    """A job that the server runs by itself, and on request."""

    name: str
    last_run_at: datetime | None = None


class Health(StrEnum):
    """The server's word for how it is."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    """One of its checks fails, or is not answered yet."""
    UNHEALTHY = "unhealthy"


@dataclass(frozen=True, slots=True)
class Server:
    """What is known of the server itself; None where it was not asked for, or has not told."""

    version: Version = Version()
    health: Health | None = None
    load: Load | None = None
    job_names: tuple[str, ...] = ()
    """The cron jobs that it has, as it said when this connection was opened."""
    cron_jobs: Mapping[str, CronJob] | None = None
    """By name."""


class LogLevel(StrEnum):
    """How serious a line of the log is."""

    DEBUG = "debug"
    INFO = "info"
    NOTICE = "notice"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of the server's log: one line of plain text, without what was requested."""

    level: LogLevel
    message: str
    service: str | None = None
    host: str | None = None
    """The name of the machine, or container, that wrote it."""
    pid: int | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened on the server.

    `type` is in lower case ("notready"); the server's page and the server differ in it
    (`unDemand`, `undemand`). `entity` is None where the server knows none.
    """

    domain: str
    type: str
    entity: int | None = None
    details: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """What else is told; of an error, its message only."""
    at: datetime | None = None
    """When the server says that it happened; the server's page knows no time."""

    @property
    def reader(self) -> str | None:
        """The id of the reader that came or left."""
        return self.details.get("readerId")
