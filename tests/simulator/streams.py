"""A stream's picture, its readers, and its errors."""

from dataclasses import dataclass, field
from enum import StrEnum
import uuid

OTHER_HOME = "ha=00000000"
"""The query of a reader of another Home Assistant."""

WEB_RTC_SESSION = "webrtcSession"
"""The type of a WebRTC reader in older versions of MediaMTX."""


class Picture(StrEnum):
    """The picture that a stream shows."""

    CONNECTING = "connecting"
    VIDEO = "video"
    DISABLED = "disabled"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Reader:
    """A reader of a stream; the query is that of the request."""

    kind: str = "rtspSession"
    query: str = ""
    id: str = field(default_factory=lambda: str(uuid.uuid4()))


class StreamUnavailable(Exception):
    """There is no stream to read."""


class StreamTimedOut(StreamUnavailable):
    """No stream became ready while MediaMTX held the reader."""
