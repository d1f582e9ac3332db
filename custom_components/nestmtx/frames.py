"""Frames of video as JPEG, decoded by PyAV, which Home Assistant's stream component requires.

What is decoded is not trusted: its size is bounded before it comes here, the decoder refuses
pictures of more than MAX_PIXELS, and it can be stopped between two frames. All of this blocks.
"""

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from threading import Event
import time
from typing import TYPE_CHECKING, Any, Final

from homeassistant.components.stream import Orientation
import numpy as np
from PIL import Image

if TYPE_CHECKING:
    import av

MAX_PIXELS: Final = 4096 * 2304
"""Of a picture. The largest cameras have 3840x2160."""
MAX_FRAMES: Final = 60
"""Frames that are decoded for one picture. A second has 10 to 30."""
MAX_DECODE_TIME: Final = 5.0
"""Seconds for the frames of one picture. A second of 3840x2160 takes one."""
_PIXEL_FORMATS: Final = frozenset({"yuv420p", "yuvj420p"})
"""What cameras send. Others take a multiple of the memory."""
MAX_SEGMENT_SIZE: Final = 16 * 1024 * 1024
"""Bytes of what Home Assistant plays. A segment has about 200 kB."""
_QUALITY: Final = 85
_COMPARED: Final = (320, 180)
"""Width and height in which they are compared."""
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


def picture_of_units(units: Sequence[bytes], stop: Event) -> bytes | None:
    """Return a frame of some H.264 access units as JPEG; None when all of them look the same.

    The first unit is a key frame, and all are of about a second. A "connecting" picture stands
    still: it is not the camera's.
    """
    try:
        import av  # noqa: PLC0415
    except ImportError:
        return None
    decoder = av.CodecContext.create("h264", "r")
    _restrict(decoder)
    packets = [av.Packet(unit) for unit in units[:MAX_FRAMES]]
    return _moving_picture(_frames(decoder, packets, stop))


def picture_of_segment(segment: bytes, stop: Event) -> bytes | None:
    """Return a frame of an MP4 as JPEG; None when all of its frames look the same."""
    try:
        import av  # noqa: PLC0415
    except ImportError:
        return None
    if len(segment) > MAX_SEGMENT_SIZE:
        return None
    try:
        with av.open(BytesIO(segment), "r", options={"max_pixels": str(MAX_PIXELS)}) as container:
            if not container.streams.video:
                return None
            decoder = container.streams.video[0].codec_context
            _restrict(decoder)
            return _moving_picture(_frames(decoder, container.demux(video=0), stop))
    except av.FFmpegError, ValueError:
        return None


def _restrict(decoder: av.VideoCodecContext) -> None:
    """Have a decoder refuse pictures that are too large, before it takes memory for them."""
    decoder.options = {"max_pixels": str(MAX_PIXELS)}
    decoder.thread_count = 1


def _frames(
    decoder: av.VideoCodecContext, packets: Iterable[av.Packet[Any]], stop: Event
) -> Iterator[av.VideoFrame]:
    """Decode packets, and what the decoder holds back; what it refuses is left out."""
    import av  # noqa: PLC0415

    count, deadline = 0, time.monotonic() + MAX_DECODE_TIME
    for packet in (*packets, None):
        if stop.is_set() or time.monotonic() > deadline:
            return
        try:
            decoded = decoder.decode(packet)
        except av.FFmpegError, EOFError:
            continue
        for frame in decoded:
            count += 1
            if count > MAX_FRAMES or frame.format.name not in _PIXEL_FORMATS:
                return
            yield frame


def _moving_picture(frames: Iterator[av.VideoFrame]) -> bytes | None:
    """Return the last frame as JPEG, if it differs from the first one."""
    first = last = next(frames, None)
    for frame in frames:
        last = frame
    if first is None or last is None or not _differ(first, last):
        return None
    return jpeg_of(Image.fromarray(last.to_ndarray(format="rgb24")))


def _differ(first: av.VideoFrame, last: av.VideoFrame) -> bool:
    """Return whether two frames show more than the noise of an encoder."""
    if (first.width, first.height) != (last.width, last.height):
        return True
    one, other = (
        frame.reformat(*_COMPARED, format="gray").to_ndarray().astype(np.int16)
        for frame in (first, last)
    )
    return bool(np.abs(one - other).max() > _NOISE)


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
