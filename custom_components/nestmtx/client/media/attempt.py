"""What is known of an attempt to have a camera stream, and what follows from it.

`ready` is not the end of it: a "connecting" picture may come first, in the same stream. That Google
has authorized the stream tells the two apart, and shows only when the camera's row is read; of some
cameras it says so when Google has refused, too. What Google refuses ends as soon as it has begun,
begins again for as long as somebody asks for it, and costs calls at Google each time.

All times are of one monotonic clock, in seconds.
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
"""Streams in a row that ended as soon as they had begun: there is no use in asking for another."""
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
"""What shows only when the camera has been woken, or Google has been asked."""


def start_problem(state: ServerState, camera: Camera | None) -> StartProblem | None:
    """Return why a camera's stream cannot start, whatever is tried; None is one that is unknown."""
    if camera is None or camera.id in state.missing_cameras:
        return StartProblem.CAMERA_GONE
    if camera.path is None:
        return StartProblem.CAMERA_UNCONFIGURED
    if not camera.is_enabled:
        return StartProblem.CAMERA_OFF
    credential = state.credentials.get(camera.credential_id or 0)
    # What Google has authorized already goes on for a while without.
    if credential is not None and not credential.is_authorized and not camera.shows_video:
        return StartProblem.UNAUTHORIZED
    return None


def start_error(state: ServerState, camera: Camera | None) -> StreamNotStarted | None:
    """Return what to raise where a camera's stream cannot start; it names what is to blame."""
    problem = start_problem(state, camera)
    if problem is None:
        return None
    if problem is not StartProblem.UNAUTHORIZED or camera is None:
        return StreamNotStarted(problem)
    credential = state.credentials[camera.credential_id or 0]
    return StreamNotStarted(problem, credential.description or str(credential.id))


@dataclass(frozen=True, slots=True)
class Attempt:
    """How far a camera's stream has come, by who reads it, by events and by rows."""

    timings: Timings
    camera: Camera
    """As it was seen last."""
    asked_at: float
    """When the stream was asked for last."""
    since: float | None = None
    """Since when it is there; None while it is not."""
    is_open: bool = False
    """The reader has it."""
    has_read: bool = False
    """The reader had it at some time: it knows better than events, which are late or lost."""
    ran_before: bool = False
    """It is, or was, there before it was asked for: its end is no refusal."""
    refusals: int = 0
    """How many in a row ended as soon as the reader had them."""
    losses: int = 0
    """How many ended, by events."""
    problem: StartProblem | None = None
    """What the reader met last."""
    dead_since: float | None = None
    """When a row was read first that says that nothing runs for it, and none since otherwise."""

    @classmethod
    def begin(cls, timings: Timings, camera: Camera, now: float) -> Attempt:
        """Return an attempt that begins now."""
        since = _ALWAYS if camera.ready else None
        return cls(timings, camera, now, since=since, ran_before=camera.ready)

    # What happens

    def asked(self, now: float) -> Attempt:
        """Return the attempt after the stream was asked for."""
        return replace(self, asked_at=now, dead_since=None)

    def opened(self, now: float) -> Attempt:
        """Return the attempt after the reader got the stream."""
        since = now if self.since is None else self.since
        return replace(self, since=since, is_open=True, has_read=True, problem=None)

    def closed(self, now: float, problem: StartProblem | None) -> Attempt:
        """Return the attempt after the reader lost the stream, or did not get it."""
        if not self.is_open:
            if problem is None and now - self.asked_at >= self.timings.held:
                problem = StartProblem.TIMED_OUT
            return replace(self, problem=problem)
        is_refusal = self.since is not None and now - self.since < self.timings.refusal
        refusals = self.refusals + 1 if is_refusal else 0
        return replace(self, since=None, is_open=False, refusals=refusals, problem=problem)

    def seen(self, camera: Camera, now: float) -> Attempt:
        """Return the attempt with what is known of the camera by now."""
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
        """Return whether there is video, and has been for longer than what Google refuses."""
        lasts = self.since is not None and now - self.since >= self.timings.refusal
        return lasts and self.camera.shows_video

    def is_in_vain(self) -> bool:
        """Return whether there is no use in asking for the stream any longer."""
        return self.is_refused or self.problem is StartProblem.TIMED_OUT

    def is_stuck(self, now: float) -> bool:
        """Return whether the server has forgotten that it was asked."""
        return self.dead_since is not None and now - self.dead_since >= self.timings.stuck

    def needs_row(self, now: float) -> bool:
        """Return whether the camera's row may say more than events; reading it costs something."""
        is_there = self.is_open or self.camera.ready
        seems_dead = not self.camera.requested and now - self.asked_at >= self.timings.look
        return is_there or seems_dead

    @property
    def is_refused(self) -> bool:
        """Whether it ended again and again."""
        return max(self.refusals, self.losses) >= MAX_REFUSALS

    @property
    def failure(self) -> StartProblem:
        """Why the stream has not started, by the most telling reason."""
        reasons = (
            (self.camera.extension_failed, StartProblem.EXTENSION_FAILED),
            (self.is_refused, StartProblem.FLAPPING),
            (self.camera.ready, StartProblem.NO_VIDEO),
        )
        told = next((problem for applies, problem in reasons if applies), None)
        return told or self.problem or StartProblem.ASLEEP
