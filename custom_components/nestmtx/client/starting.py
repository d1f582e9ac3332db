"""What tells that a camera's stream has started, and why it has not."""

from typing import TYPE_CHECKING

from .errors import StartProblem

if TYPE_CHECKING:
    from datetime import datetime

    from .models import Camera
    from .state import ServerState

_FLAPS = 2
"""A stream that was lost this often while it was waited for will not stay."""


def shows_video(camera: Camera, former: datetime | None = None) -> bool:
    """Return whether a camera's stream is real video, and not a "connecting" picture.

    That shows in that Google has authorized the stream. `former` is the end of the authorization
    of an earlier stream: the server never clears it, and it may still lie ahead.
    """
    until = camera.authorized_until
    return until is not None and until != former and not camera.extension_failed


def refusal(state: ServerState, camera: Camera) -> StartProblem | None:
    """Return why a camera's stream cannot start, whatever is tried."""
    if camera.id in state.missing_cameras:
        return StartProblem.CAMERA_GONE
    if camera.path is None:
        return StartProblem.CAMERA_UNCONFIGURED
    if not camera.is_enabled:
        return StartProblem.CAMERA_OFF
    credential = state.credentials.get(camera.credential_id or 0)
    if credential is not None and not credential.is_authorized and not camera.ready:
        return StartProblem.UNAUTHORIZED
    return None


def why_not_started(camera: Camera, losses: int, problem: StartProblem | None) -> StartProblem:
    """Return why a camera's stream did not start in time.

    `losses` counts how often it was ready and lost again, `problem` is what reading it met last.
    """
    if camera.extension_failed:
        return StartProblem.EXTENSION_FAILED
    if losses >= _FLAPS:
        return StartProblem.FLAPPING
    if camera.ready:
        return StartProblem.NO_VIDEO
    return problem or StartProblem.ASLEEP
