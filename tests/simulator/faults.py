"""What is wrong with a server, or with one camera's stream; good ones have none of it."""

from dataclasses import dataclass, field, replace
from typing import Any

from .times import Times


@dataclass
class Faults:
    """What is wrong with the server; everything can be changed while it runs."""

    silent: bool = False
    """No request is answered."""
    unanswered: set[tuple[str, str]] = field(default_factory=set)
    """Requests by (module, command) that are carried out, and not answered."""
    delay: float = 0.0
    """Seconds that every answer takes longer."""
    repeat: int = 1
    """How often every answer is sent."""
    unauthorized: bool = False
    """Every request is answered as if by an anonymous socket."""
    http_status: int | None = None
    """The status of /api/auth in place of the real one, with `http_body`."""
    http_body: Any = None
    """JSON, or a text that is sent as it is."""
    cookies: tuple[str, ...] = ()
    """What is set with every answer over HTTP: one `Set-Cookie` header each."""
    answers: dict[tuple[str, str], Any] = field(default_factory=dict)
    """Answers by (module, command), sent in place of the real ones."""
    lost: dict[str, float] = field(default_factory=dict)
    """How likely a stream's event gets lost, by its name: measured are `ready` and `read`."""
    missing_paths: set[str] = field(default_factory=set)
    """Paths that MediaMTX does not know: whoever wants to read one is refused at once."""
    whep_unanswered: set[str] = field(default_factory=set)
    """The methods of WebRTC signaling that are not answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What is wrong with a camera's stream; replaced while it runs, it holds from its next step."""

    process_start: float | None = None
    """Seconds in place of `Times.process_start` and `Times.rtsp_start`."""
    connecting: float | None = None
    """Seconds in place of `Times.connecting`; `math.inf`: Google never answers."""
    crashes_after: float | None = None
    """Seconds from each `ready` to the streamer's crash."""
    refused: bool = False
    """Google refuses a stream (400), each time that it is asked."""
    rate_limited: bool = False
    """Google has been asked too often (429)."""
    extension_refused: bool = False
    """Google lets no stream go on for longer than its authorization."""
    stalled_since: float | None = None
    """The time since the epoch from which no video comes, though the path stays ready.

    The camera has stalled or hung up; the server notices after `Times.stall`, and ends it.
    """

    def applied(self, times: Times) -> Times:
        """How long everything takes this camera."""
        return replace(
            times,
            process_start=_first(self.process_start, times.process_start),
            rtsp_start=_first(self.process_start, times.rtsp_start),
            connecting=_first(self.connecting, times.connecting),
        )


def _first(own: float | None, usual: float) -> float:
    return usual if own is None else own
