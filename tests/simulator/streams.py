"""What a stream shows, who reads it, and that there is none."""

from dataclasses import dataclass, field
from enum import StrEnum
import uuid

OTHER_HOME = "ha=00000000"
"""The query of a reader of another Home Assistant, which is a viewer to this one."""

WEB_RTC_SESSION = "webrtcSession"
"""The kind of a reader by WebRTC, before MediaMTX spelled it otherwise."""


class Picture(StrEnum):
    """What a stream shows."""

    CONNECTING = "connecting"
    VIDEO = "video"
    DISABLED = "disabled"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Reader:
    """Somebody who reads a stream; the query is that of the request."""

    kind: str = "rtspSession"
    query: str = ""
    id: str = field(default_factory=lambda: str(uuid.uuid4()))


class StreamUnavailable(Exception):
    """There is no stream to read."""


class StreamTimedOut(StreamUnavailable):
    """No stream within the time that MediaMTX holds a reader."""
