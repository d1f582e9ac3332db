"""What is shown of a camera of which there is no picture: drawings, understood without words."""

from enum import Enum
from functools import cache
from pathlib import Path
from typing import Final

from .client import Camera, CameraStatus

FOLDER: Final = Path(__file__).parent / "images"


class Placeholder(Enum):
    """Why there is no picture, by the file that says so; scripts/render-placeholders draws it."""

    UNAVAILABLE = "unavailable.jpg"
    """Nothing is known of the camera."""
    UNCONFIGURED = "unconfigured.jpg"
    DISABLED = "disabled.jpg"
    UNAUTHORIZED = "unauthorized.jpg"
    """Google does not let the server in."""
    PROBLEM = "problem.jpg"
    STARTING = "starting.jpg"
    LIVE = "live.jpg"
    """It streams, and nobody has looked yet."""
    ASLEEP = "asleep.jpg"


def placeholder_for(camera: Camera, *, authorized: bool) -> Placeholder:
    """Return why there is no picture of a camera that is known."""
    reasons = (
        (camera.path is None, Placeholder.UNCONFIGURED),
        (not camera.is_enabled, Placeholder.DISABLED),
        (not authorized, Placeholder.UNAUTHORIZED),
        (
            camera.extension_failed
            or camera.status in {CameraStatus.STOPPED, CameraStatus.UNAVAILABLE},
            Placeholder.PROBLEM,
        ),
        (camera.ready, Placeholder.LIVE),
        (camera.requested, Placeholder.STARTING),
    )
    return next((kind for applies, kind in reasons if applies), Placeholder.ASLEEP)


@cache
def read_placeholder(placeholder: Placeholder) -> bytes:
    """Return the drawing as JPEG. Reads a file at first, and so not for the event loop."""
    return (FOLDER / placeholder.value).read_bytes()
