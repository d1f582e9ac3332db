"""Frames of video as JPEG, decoded by PyAV, which Home Assistant's stream component requires.

The video is not trusted: its size is limited before it comes here, the decoder's requirements are
checked before decoding, and decoding can be stopped between two frames. All functions block.

NestMTX sends a "connecting" picture in the same stream as the camera's video; it must not be shown.
It is still; but so may be the camera's scene, and an encoder with 100 kbit/s refines both alike.
The sizes of encoded frames do not distinguish them: both have frames of 24 and of 2,000 bytes
(measured with NestMTX's two stages of x264, 1920x1080). So a frame is taken to be the camera's if
it moves, or if it looks like the camera's last picture.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from threading import Event
import time
from typing import TYPE_CHECKING, Final

from homeassistant.components.stream import HLS_PROVIDER, Orientation, Stream
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .client import MAX_PIXELS, is_decodable

if TYPE_CHECKING:
    import av

MAX_FRAMES: Final = 300
"""Frames decoded for one picture. NestMTX sends a key frame every 250 frames."""
MAX_DECODE_TIME: Final = 5.0
"""Seconds to decode one picture. 250 frames of 1920x1080 at 100 kbit/s take 0.1 s on a desktop."""
MAX_SEGMENT_SIZE: Final = 16 * 1024 * 1024
"""Bytes of a segment of Home Assistant's stream. A segment takes about 200 kB."""
_MAX_HEADER: Final = 64 * 1024
"""Bytes within which a recorded MP4 must have its codec configuration."""
_PIXEL_FORMATS: Final = frozenset({"yuv420p", "yuvj420p"})
"""Pixel formats that cameras send. Others take a multiple of the memory."""
_QUALITY: Final = 85
_START_CODE: Final = b"\x00\x00\x01"
_AVCC_SPS: Final = 6
"""Offset of the first SPS's length in the H.264 configuration (avcC) of an MP4."""

_COMPARED: Final = 10
"""Frames between the two compared frames: a second."""
_BEFORE: Final = 30
"""Frames without a cut before the last frame: after a cut, the new picture is still refined."""
_DRAWN: Final = 5
"""Frames until the grey parts of a key frame are drawn."""
_SIZE: Final = (320, 180)
"""Width and height to which frames are reduced for comparison."""
_REFINEMENT: Final = 24
"""Levels of brightness, of 256, by which an encoder may change any pixel of a still scene: 18
were measured in "connecting", and more than 190 for a car."""
_CUT: Final = 25.0
"""Levels by which pixels change on average at a cut, such as from "connecting" to the camera's
video. 34 to 84 were measured for cuts, and up to 12 for movement."""
_REDUCED: Final = 4
_ALIKE: Final = 5.0
"""Levels by which two pictures of a still scene, 25 s apart, may differ on average: 1.4 were
measured; and 37 or more between "connecting" and a camera's picture."""

_TURNS: Final = {
    Orientation.MIRROR: Image.Transpose.FLIP_LEFT_RIGHT,
    Orientation.ROTATE_180: Image.Transpose.ROTATE_180,
    Orientation.FLIP: Image.Transpose.FLIP_TOP_BOTTOM,
    Orientation.ROTATE_LEFT_AND_FLIP: Image.Transpose.TRANSPOSE,
    Orientation.ROTATE_LEFT: Image.Transpose.ROTATE_90,
    Orientation.ROTATE_RIGHT_AND_FLIP: Image.Transpose.TRANSVERSE,
    Orientation.ROTATE_RIGHT: Image.Transpose.ROTATE_270,
}

type Pixels = NDArray[np.int16]
"""Brightness."""


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A frame as JPEG, and its look (reduced for comparison)."""

    jpeg: bytes
    look: Pixels


@dataclass(frozen=True, slots=True)
class Opening:
    """A frame of a clip's first seconds as JPEG, and the clip's duration in seconds."""

    jpeg: bytes | None
    seconds: float


def shot_of_units(
    units: Sequence[bytes], former: Pixels | None, stop: Event, *, is_certain: bool = False
) -> Shot | None:
    """Return the last frame of some H.264, if it is the camera's.

    `units` are access units, the first of them a key frame. `former` is the thumbnail of the
    camera's last picture; `is_certain` means that the video cannot be a "connecting" picture.
    """
    try:
        import av  # noqa: PLC0415
    except ImportError:
        return None
    decoder = av.CodecContext.create("h264", "r")
    # Limit the size before memory is taken. With low delay, each unit gives a frame at once, and
    # none are buffered.
    decoder.options = {"max_pixels": str(MAX_PIXELS), "flags": "low_delay"}
    decoder.thread_count = 1
    deadline, newest = time.monotonic() + MAX_DECODE_TIME, len(units) - 1
    before, second = max(newest - _BEFORE, min(_DRAWN, newest)), max(newest - _COMPARED, 0)
    last: av.VideoFrame | None = None
    reduced: dict[int, Pixels] = {}
    for number, unit in enumerate(units[:MAX_FRAMES]):
        if stop.is_set() or time.monotonic() > deadline or not is_decodable(unit):
            return None
        last = _decoded(decoder, unit) or last
        if number in {before, second, newest} and last is not None:
            reduced[number] = _reduced(last)
    if last is None or newest not in reduced:
        return None
    pixels = reduced[newest]
    moves = _moves(reduced.get(before, pixels), reduced.get(second, pixels), pixels)
    if not (is_certain or moves or _is_alike(pixels, former)):
        return None
    return Shot(jpeg_of(Image.fromarray(last.to_ndarray(format="rgb24"))), _look(pixels))


def last_segment(stream: Stream | None) -> bytes | None:
    """Return the last segment of a stream that Home Assistant plays, as MP4."""
    output = stream.outputs().get(HLS_PROVIDER) if stream and stream.available else None
    segments = [each for each in output.get_segments() if each.complete] if output else []
    return segments[-1].init + segments[-1].get_data() if segments else None


def shot_of_segment(segment: bytes, former: Pixels | None, stop: Event) -> Shot | None:
    """Return the last frame of an MP4, if it is the camera's; see `shot_of_units`."""
    try:
        import av  # noqa: PLC0415
        from av.bitstream import BitStreamFilterContext  # noqa: PLC0415
    except ImportError:
        return None
    if len(segment) > MAX_SEGMENT_SIZE or not _is_decodable_segment(segment):
        return None
    try:
        with av.open(BytesIO(segment), "r", options={"max_pixels": str(MAX_PIXELS)}) as container:
            video = container.streams.video[0]
            to_annex_b = BitStreamFilterContext("h264_mp4toannexb", video)
            units = [
                bytes(each)
                for packet in container.demux(video)
                for each in to_annex_b.filter(packet if packet.size else None)
            ]
    except av.FFmpegError, ValueError:
        return None
    return shot_of_units(units, former, stop)


def opening_of_clip(path: Path, stop: Event) -> Opening | None:
    """Return the opening of a recorded MP4; None if it has no video. Raises OSError."""
    import av  # noqa: PLC0415
    from av.bitstream import BitStreamFilterContext  # noqa: PLC0415

    if not path.exists():
        return None
    with path.open("rb") as file:
        if not _is_decodable_segment(file.read(_MAX_HEADER)):
            return None
    units: list[bytes] = []
    times: list[int] = []
    try:
        with av.open(str(path), "r", options={"max_pixels": str(MAX_PIXELS)}) as container:
            video = container.streams.video[0]
            to_annex_b = BitStreamFilterContext("h264_mp4toannexb", video)
            for packet in container.demux(video):
                if packet.pts is None:
                    continue
                times.append(packet.pts)
                if len(units) <= _BEFORE:
                    units += map(bytes, to_annex_b.filter(packet))
            seconds = float((times[-1] - times[0]) * (video.time_base or 0))
    except av.FFmpegError, ValueError, IndexError:
        return None
    if not seconds:
        return None
    # Any picture is certain here, as the clip begins with it.
    shot = shot_of_units(units, None, stop, is_certain=True)
    return Opening(shot.jpeg if shot else None, seconds)


def _is_decodable_segment(segment: bytes) -> bool:
    """Return whether an MP4 is safe to open, as opening decodes some of it."""
    _, found, record = segment.partition(b"avcC")
    length = int.from_bytes(record[_AVCC_SPS : _AVCC_SPS + 2])
    sps = record[_AVCC_SPS + 2 : _AVCC_SPS + 2 + length]
    return bool(found and sps) and is_decodable(_START_CODE + sps)


def _decoded(decoder: av.VideoCodecContext, unit: bytes) -> av.VideoFrame | None:
    """Return the frame of a unit; None if the decoder refuses it."""
    import av  # noqa: PLC0415

    try:
        frames = decoder.decode(av.Packet(unit))
    except av.FFmpegError:
        return None
    return frames[-1] if frames and frames[-1].format.name in _PIXEL_FORMATS else None


def _reduced(frame: av.VideoFrame) -> Pixels:
    return frame.reformat(*_SIZE, format="gray").to_ndarray().astype(np.int16)


def _moves(before: Pixels, second: Pixels, last: Pixels) -> bool:
    """Return whether a frame differs from that of a second ago without a cut in between."""
    is_other = np.abs(last - second).max() > _REFINEMENT
    return bool(is_other and np.abs(last - before).mean() < _CUT)


def _is_alike(pixels: Pixels, former: Pixels | None) -> bool:
    """Return whether a frame looks like the camera's last picture."""
    return former is not None and bool(np.abs(_look(pixels) - former).mean() < _ALIKE)


def _look(pixels: Pixels) -> Pixels:
    """Return the look of a reduced frame."""
    rows, columns = (size // _REDUCED for size in pixels.shape)
    blocks: Pixels = pixels.reshape(rows, _REDUCED, columns, _REDUCED)
    look: Pixels = blocks.mean(axis=(1, 3)).astype(np.int16)
    return look


def look_of(jpeg: bytes) -> Pixels:
    """Return the look of a picture: its thumbnail."""
    image = Image.open(BytesIO(jpeg), formats=["JPEG"])
    image.draft("L", _SIZE)
    reduced = image.convert("L").resize(_SIZE, Image.Resampling.BOX)
    return _look(np.asarray(reduced).astype(np.int16))


def turned(jpeg: bytes, orientation: Orientation) -> bytes:
    """Return a picture turned: Home Assistant turns its own streams only, and scales pictures."""
    turn = _TURNS.get(orientation)
    if turn is None:
        return jpeg
    return jpeg_of(Image.open(BytesIO(jpeg)).transpose(turn))


def jpeg_of(image: Image.Image) -> bytes:
    """Return an image as JPEG."""
    buffer = BytesIO()
    image.convert("RGB").save(buffer, "JPEG", quality=_QUALITY)
    return buffer.getvalue()
