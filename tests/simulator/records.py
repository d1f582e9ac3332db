"""The rows of a simulated NestMTX's tables in plain text, and the clocks for their times."""

import base64
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
import hashlib
import time

from .devices import Json, Kind, description
from .faults import Trouble


def elapsed() -> float:
    """Return seconds of a clock that is independent of a test's frozen wall clock."""
    return time.clock_gettime(time.CLOCK_MONOTONIC)


def wall_clock() -> float:
    """Return seconds since the epoch, even if a test has frozen the time."""
    return time.clock_gettime(time.CLOCK_REALTIME)


def utc_now() -> datetime:
    """Return the wall clock's time, for all times that are shown."""
    return datetime.now(UTC)


def ciphertext(plain: str) -> str:
    """Return a text that looks like a secret column; it cannot be decrypted."""
    stream = hashlib.shake_256(plain.encode())
    body, vector, seal = (
        stream.digest(86)[:64],
        stream.digest(102)[86:],
        stream.digest(134)[102:],
    )
    return ".".join(base64_text(part) for part in (body, base64_text(vector)[:16].encode(), seal))


def base64_text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Stream:
    """The state of a camera's path in MediaMTX.

    `bitrate` is in bytes per second; `received` and `sent` are bytes at the start of the state.
    """

    present: bool = False
    ready: bool = False
    since: datetime | None = None
    tracks: int = 0
    readers: frozenset[str] = frozenset()
    received: int = 0
    sent: int = 0
    bitrate: int = 0
    viewers: frozenset[str] = frozenset()
    """The readers except Home Assistant's, which are tagged."""

    def after(self, seconds: float) -> Stream:
        """Return the state after a number of seconds, with the data transferred."""
        flowed = int(self.bitrate * seconds)
        return replace(
            self,
            received=self.received + flowed,
            sent=self.sent + flowed * len(self.readers),
        )


@dataclass
class Process:
    """A program of the server; one without a PID is not running."""

    name: str
    pid: int | None
    started: float = field(default_factory=elapsed)
    memory: int = 120_000_000


@dataclass
class Camera:
    """A row of `cameras`, and the actual state of its stream."""

    id: int
    credential_id: int
    uid: str
    room: str
    name: str
    kind: Kind
    info: Json | None
    path: str | None = None
    enabled: bool = False
    persistent: bool = False
    expires_at: datetime | None = None
    created_at: datetime = field(default_factory=utc_now)
    updated_at: datetime = field(default_factory=utc_now)
    process: Process | None = None
    status: str | None = None
    """A status reported instead of the actual one, such as a newer server's."""
    trouble: Trouble = field(default_factory=Trouble)
    _history: list[tuple[float, Stream]] = field(default_factory=lambda: [(0.0, Stream())])

    @property
    def checksum(self) -> str:
        """SHA-256 of Google's device id, as recorded."""
        return hashlib.sha256(self.uid.encode()).hexdigest()

    @property
    def stream(self) -> Stream:
        """The current state of the stream."""
        return self.stream_at(elapsed())

    @stream.setter
    def stream(self, stream: Stream) -> None:
        self._history = [*self._history[-64:], (elapsed(), stream)]

    def stream_at(self, moment: float) -> Stream:
        """Return the state of the stream at a time of the `elapsed` clock."""
        past = [entry for entry in self._history if entry[0] <= moment] or self._history[:1]
        entered, stream = past[-1]
        return stream.after(max(0.0, moment - entered))

    def settle(self) -> None:
        """Drop the history, so that rows are current at once."""
        self._history = [(0.0, self._history[-1][1])]

    def rename(self, name: str, room: str | None = None) -> None:
        """Rename the camera, as in Google's app with a synchronization after it."""
        self.name, self.room, self.updated_at = name, room or self.room, utc_now()
        self.info = description(self.kind, self.uid, self.name, self.room, self.id)

    @property
    def process_name(self) -> str:
        """The name of the camera's streamer in `htop`."""
        slug = "".join(c for c in (self.path or "").lower() if c.isalnum() or c == "-")
        return f"mtx-{slug}"


@dataclass
class Credential:
    """A row of `credentials` in plain text; `tokens` is None if never authorized, or lost."""

    id: int
    description: str
    oauth_client_id: str
    oauth_client_secret: str
    dac_project_id: str
    tokens: str | None = None
    token_redirect_url: str | None = None
    redirect_uris: frozenset[str] | None = None
    """The redirect URIs registered with Google; None: any."""
    knows_its_secret: bool = True
    """Google accepts its OAuth client id and secret."""
    created_at: datetime = field(default_factory=utc_now)
    updated_at: datetime = field(default_factory=utc_now)


@dataclass
class User:
    """A user that can log in."""

    id: int
    username: str
    password: str
    can_login: bool = True


@dataclass
class CronJob:
    """A job that the server runs on schedule and on request."""

    name: str
    crontab: str
    last_run_at: datetime | None = None
    last_end_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class GoogleCall:
    """A call of the server to Google about a camera's stream; Google limits their number."""

    path: str
    command: str
    """`generate` a stream, or `extend` it."""
    at: float
    """Seconds of the `elapsed` clock."""


@dataclass(frozen=True)
class Token:
    """A token's owner, and when it was issued."""

    user_id: int
    issued: float
