"""The state of an attempt to start a camera's stream, and the decisions based on it.

A ready stream may still show a "connecting" picture before its video. Google's authorization of
the stream distinguishes the two, but only the camera's row shows it, for some cameras even if
Google has refused the stream. A refused stream ends as soon as it has started, restarts while it
is requested, and costs API calls to Google each time.

All times are seconds of one monotonic clock.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..data.models import CameraStatus
from ..errors import StartProblem, StreamNotStarted

if TYPE_CHECKING:
    from ..data.models import Camera
    from ..state.state import ServerState
    from ..timings import Timings

MAX_REFUSALS = 2
"""Streams in a row that ended as soon as they had started, after which no other is requested."""
_ALWAYS = float("-inf")

COSTLY_PROBLEMS = frozenset(
    {
        StartProblem.ASLEEP,
        StartProblem.EXTENSION_FAILED,
        StartProblem.FLAPPING,
        StartProblem.NO_VIDEO,
        StartProblem.TIMED_OUT,
    }
)
"""Problems that only show after waking the camera, or after a call to Google."""


def start_problem(state: ServerState, camera: Camera | None) -> StartProblem | None:
    """Return why a camera's stream cannot start, if so; `camera` is None for an unknown one."""
    if camera is None or camera.id in state.missing_cameras:
        return StartProblem.CAMERA_GONE
    if camera.path is None:
        return StartProblem.CAMERA_UNCONFIGURED
    if not camera.is_enabled:
        return StartProblem.CAMERA_OFF
    credential = state.credentials.get(camera.credential_id or 0)
    # A stream that Google has already authorized continues for a while without the credential.
    if credential is not None and not credential.is_authorized and not camera.shows_video:
        return StartProblem.UNAUTHORIZED
    return None


def start_error(state: ServerState, camera: Camera | None) -> StreamNotStarted | None:
    """Return the error if a camera's stream cannot start; it names an unauthorized credential."""
    problem = start_problem(state, camera)
    if problem is None:
        return None
    if problem is not StartProblem.UNAUTHORIZED or camera is None:
        return StreamNotStarted(problem)
    credential = state.credentials[camera.credential_id or 0]
    return StreamNotStarted(problem, credential.description or str(credential.id))


@dataclass(frozen=True, slots=True)
class Attempt:
    """Progress of starting a camera's stream, by its reader, by events and by rows."""

    timings: Timings
    camera: Camera
    """The last known state of the camera."""
    asked_at: float
    """When the stream was last requested."""
    since: float | None = None
    """Since when the stream exists; None while it does not."""
    is_open: bool = False
    """The reader receives the stream."""
    has_read: bool = False
    """The reader has received the stream before: it is more reliable than late or lost events."""
    ran_before: bool = False
    """The stream existed before it was requested, so its end is not a refusal."""
    refusals: int = 0
    """Number of streams in a row that ended as soon as the reader received them."""
    losses: int = 0
    """Number of streams that ended, by events."""
    problem: StartProblem | None = None
    """The last problem of the reader."""
    dead_since: float | None = None
    """Since when rows have shown that the camera has no process; None if they show one."""

    @classmethod
    def begin(cls, timings: Timings, camera: Camera, now: float) -> Attempt:
        """Return an attempt that starts now."""
        since = _ALWAYS if camera.ready else None
        return cls(timings, camera, now, since=since, ran_before=camera.ready)

    # What happens

    def asked(self, now: float) -> Attempt:
        """Return the attempt after the stream was requested."""
        return replace(self, asked_at=now, dead_since=None)

    def opened(self, now: float) -> Attempt:
        """Return the attempt after the reader received the stream."""
        since = now if self.since is None else self.since
        return replace(self, since=since, is_open=True, has_read=True, problem=None)

    def closed(self, now: float, problem: StartProblem | None) -> Attempt:
        """Return the attempt after the reader lost the stream, or did not receive it."""
        if not self.is_open:
            if problem is None and now - self.asked_at >= self.timings.held:
                problem = StartProblem.TIMED_OUT
            return replace(self, problem=problem)
        is_refusal = self.since is not None and now - self.since < self.timings.refusal
        refusals = self.refusals + 1 if is_refusal else 0
        return replace(self, since=None, is_open=False, refusals=refusals, problem=problem)

    def seen(self, camera: Camera, now: float) -> Attempt:
        """Return the attempt with the current state of the camera."""
        ended = self.camera.ready and not camera.ready
        since = self.since
        if not self.has_read:
            since = (now if since is None else since) if camera.ready else None
        return replace(
            self,
            camera=camera,
            since=since,
            losses=self.losses + (ended and not self.ran_before),
            ran_before=self.ran_before and not ended,
        )

    def read(self, row: Camera, now: float) -> Attempt:
        """Return the attempt after the camera's row was read."""
        if row.process_id is not None or row.status is not CameraStatus.DEAD:
            return replace(self, dead_since=None)
        return self if self.dead_since is not None else replace(self, dead_since=now)

    # What follows

    def has_started(self, now: float) -> bool:
        """Return whether there is video, and has been for longer than a refused stream lasts."""
        lasts = self.since is not None and now - self.since >= self.timings.refusal
        return lasts and self.camera.shows_video

    def is_futile(self) -> bool:
        """Return whether requesting the stream again is useless."""
        return self.is_refused or self.problem is StartProblem.TIMED_OUT

    def is_stuck(self, now: float) -> bool:
        """Return whether the server has lost the request for the stream."""
        return self.dead_since is not None and now - self.dead_since >= self.timings.stuck

    def needs_row(self, now: float) -> bool:
        """Return whether the camera's row may have news that events lack; reading it has a cost."""
        is_there = self.is_open or self.camera.ready
        seems_dead = not self.camera.requested and now - self.asked_at >= self.timings.look
        return is_there or seems_dead

    @property
    def is_refused(self) -> bool:
        """Whether the stream ended MAX_REFUSALS times."""
        return max(self.refusals, self.losses) >= MAX_REFUSALS

    @property
    def failure(self) -> StartProblem:
        """Why the stream has not started, by the most specific reason."""
        reasons = (
            (self.camera.extension_failed, StartProblem.EXTENSION_FAILED),
            (self.is_refused, StartProblem.FLAPPING),
            (self.camera.ready, StartProblem.NO_VIDEO),
        )
        reported = next((problem for applies, problem in reasons if applies), None)
        return reported or self.problem or StartProblem.ASLEEP
