"""Faults of a server, or of one camera's stream; there are none by default."""

from dataclasses import dataclass, field, replace
from typing import Any

from .times import Times


@dataclass
class Faults:
    """Faults of the server; all can be changed while it runs."""

    silent: bool = False
    """No request is answered."""
    unanswered: set[tuple[str, str]] = field(default_factory=set)
    """Requests by (module, command) that are performed, but not answered."""
    delay: float = 0.0
    """Additional seconds before every answer."""
    repeat: int = 1
    """How often every answer is sent."""
    unauthorized: bool = False
    """Every request is answered as if from an anonymous socket."""
    http_status: int | None = None
    """The status of /api/auth instead of the real one, with `http_body`."""
    http_body: Any = None
    """JSON, or a text that is sent unchanged."""
    cookies: tuple[str, ...] = ()
    """Cookies of every HTTP response: one `Set-Cookie` header each."""
    answers: dict[tuple[str, str], Any] = field(default_factory=dict)
    """Answers by (module, command), sent instead of the real ones."""
    lost: dict[str, float] = field(default_factory=dict)
    """Probability of losing a stream's event, by its name; measured for `ready` and `read`."""
    missing_paths: set[str] = field(default_factory=set)
    """Paths that MediaMTX does not know: readers of them are refused at once."""
    whep_unanswered: set[str] = field(default_factory=set)
    """Methods of WebRTC signaling that are not answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Faults of a camera's stream; a change while it runs takes effect from its next step."""

    process_start: float | None = None
    """Seconds instead of `Times.process_start` and `Times.rtsp_start`."""
    connecting: float | None = None
    """Seconds instead of `Times.connecting`; `math.inf`: Google never answers."""
    crashes_after: float | None = None
    """Seconds from each `ready` to the streamer's crash."""
    refused: bool = False
    """Google refuses each request for a stream (400)."""
    rate_limited: bool = False
    """Google's rate limit is reached (429)."""
    extension_refused: bool = False
    """Google extends no authorization of a stream."""
    stalled_since: float | None = None
    """The time since the epoch from which no video is sent, although the path stays ready.

    The camera has stalled or disconnected; the server notices after `Times.stall`, and ends it.
    """

    def applied(self, times: Times) -> Times:
        """Return the times of this camera."""
        return replace(
            times,
            process_start=_first(self.process_start, times.process_start),
            rtsp_start=_first(self.process_start, times.rtsp_start),
            connecting=_first(self.connecting, times.connecting),
        )


def _first(own: float | None, usual: float) -> float:
    return usual if own is None else own
