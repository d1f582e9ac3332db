"""Frames of video as JPEG, decoded by PyAV, which Home Assistant's stream component requires."""

from io import BytesIO
from threading import Event
import time
from typing import Final

from homeassistant.components.stream import Orientation
from PIL import Image, ImageChops

_TIMEOUT: Final = 5.0
"""Seconds for a stream to open, and from one frame to the next."""
_QUALITY: Final = 85
_APART: Final = 1.0
"""Seconds between two frames that are compared."""
_NOISE: Final = 12
"""Levels of brightness, of 256, by which an encoder changes a picture that stands still: 9 were
measured with x264."""

_TURNS: Final = {
    Orientation.MIRROR: Image.Transpose.FLIP_LEFT_RIGHT,
    Orientation.ROTATE_180: Image.Transpose.ROTATE_180,
    Orientation.FLIP: Image.Transpose.FLIP_TOP_BOTTOM,
    Orientation.ROTATE_LEFT_AND_FLIP: Image.Transpose.TRANSPOSE,
    Orientation.ROTATE_LEFT: Image.Transpose.ROTATE_90,
    Orientation.ROTATE_RIGHT_AND_FLIP: Image.Transpose.TRANSVERSE,
    Orientation.ROTATE_RIGHT: Image.Transpose.ROTATE_270,
}


def moves(former: Image.Image, latter: Image.Image) -> bool:
    """Return whether two frames show more than one picture that stands still."""
    if former.size != latter.size:
        return True
    difference = ImageChops.difference(former.convert("L"), latter.convert("L"))
    return difference.histogram()[_NOISE + 1 :] != [0] * (255 - _NOISE)


def grab_frame(source: str | BytesIO, stop: Event, longest: float) -> bytes | None:
    """Return a frame of moving video as JPEG; None when there is none, or when told to stop.

    The source is the URL of a stream, or a film as bytes. A "connecting" picture stands still: it
    is no video. Blocks for `longest` seconds at most, and for one timeout more where a stream
    stalls.
    """
    try:
        import av  # noqa: PLC0415
    except ImportError:
        return None
    is_rtsp = isinstance(source, str) and source.startswith("rtsp")
    options = {"rtsp_transport": "tcp"} if is_rtsp else {}
    deadline = time.monotonic() + longest
    former: tuple[float, Image.Image] | None = None
    try:
        with av.open(source, "r", options=options, timeout=_TIMEOUT) as container:
            for frame in container.decode(video=0):
                if stop.is_set() or time.monotonic() > deadline:
                    break
                if former is None or (frame.time or 0.0) - former[0] >= _APART:
                    image = Image.fromarray(frame.to_ndarray(format="rgb24"))
                    if former and moves(former[1], image):
                        return jpeg_of(image)
                    former = (frame.time or 0.0, image)
    except av.FFmpegError, IndexError, OSError:
        pass
    return None


def turned(jpeg: bytes, orientation: Orientation) -> bytes:
    """Return a picture turned; Home Assistant scales it, and turns only its own streams."""
    turn = _TURNS.get(orientation)
    if turn is None:
        return jpeg
    return jpeg_of(Image.open(BytesIO(jpeg)).transpose(turn))


def jpeg_of(image: Image.Image) -> bytes:
    """Return an image as JPEG."""
    buffer = BytesIO()
    image.convert("RGB").save(buffer, "JPEG", quality=_QUALITY)
    return buffer.getvalue()
