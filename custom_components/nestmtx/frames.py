"""Frames of video as JPEG, decoded by PyAV, which Home Assistant's stream component requires.

What is decoded is not trusted: its size is bounded before it comes here, what it asks of a decoder
is read before it is decoded, and decoding can be stopped between two frames. All of this blocks.

A "connecting" picture comes in the same stream as the camera's, and is not to be shown. It stands
still; but so may what a camera sees, and an encoder that has 100 kbit/s refines both alike. The
sizes of their encoded frames do not tell them apart: of both, some have 24 bytes and others 2,000
(NestMTX's two stages of x264, 1920x1080, measured). So a frame is the camera's when it moves, or
when it looks like the camera's last picture.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from threading import Event
import time
from typing import TYPE_CHECKING, Final

from homeassistant.components.stream import Orientation
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .client import MAX_PIXELS, is_decodable

if TYPE_CHECKING:
    import av

MAX_FRAMES: Final = 300
"""Frames that are decoded for one picture. NestMTX has 250 from one key frame to the next."""
MAX_DECODE_TIME: Final = 5.0
"""Seconds for the frames of one picture. 250 of 1920x1080 at 100 kbit/s take 0.1 s on a desktop."""
MAX_SEGMENT_SIZE: Final = 16 * 1024 * 1024
"""Bytes of what Home Assistant plays. A segment has about 200 kB."""
_MAX_HEADER: Final = 64 * 1024
"""Bytes within which a recorded MP4 says how it is encoded."""
_PIXEL_FORMATS: Final = frozenset({"yuv420p", "yuvj420p"})
"""What cameras send. Others take a multiple of the memory."""
_QUALITY: Final = 85
_START_CODE: Final = b"\x00\x00\x01"
_AVCC_SPS: Final = 6
"""Where the length of the first SPS stands in the configuration of H.264 in MP4."""

_COMPARED: Final = 10
"""Frames between the two that are compared: a second."""
_BEFORE: Final = 30
"""Frames for which one picture may not have taken the place of another: the new one is refined."""
_DRAWN: Final = 5
"""Frames until the parts of a key frame that were grey are drawn."""
_SIZE: Final = (320, 180)
"""Width and height in which they are compared."""
_REFINEMENT: Final = 24
"""Levels of brightness, of 256, by which an encoder changes some pixel of a picture that stands
still: 18 were measured in "connecting", and more than 190 of a car."""
_CUT: Final = 25.0
"""Levels by which pixels change on average where one picture takes the place of another, which may
be "connecting". 34 to 84 were measured for that, and up to 12 for what moves."""
_REDUCED: Final = 4
_ALIKE: Final = 5.0
"""Levels by which two pictures of a scene in which nothing moves differ on average, 25 s apart:
1.4 were measured; and 37 or more of "connecting" and a camera's picture."""

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
    """A frame as JPEG, and how it looks from afar."""

    jpeg: bytes
    look: Pixels


@dataclass(frozen=True, slots=True)
class Opening:
    """A frame of a clip's first seconds as JPEG, and how many seconds the whole clip has."""

    jpeg: bytes | None
    seconds: float


def shot_of_units(
    units: Sequence[bytes], former: Pixels | None, stop: Event, *, is_certain: bool = False
) -> Shot | None:
    """Return the last frame of some H.264, if it is the camera's.

    The units are access units, of which the first is a key frame. `former` is the look of the
    camera's last picture; `is_certain` says that no other picture than the camera's can be there.
    """
    try:
        import av  # noqa: PLC0415
    except ImportError:
        return None
    decoder = av.CodecContext.create("h264", "r")
    # Before it takes memory. Without delay, each unit gives a frame, and no more are remembered.
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
    """Return how a recorded MP4 begins; None where there is no video in it. Raises OSError."""
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
    # Whatever it shows, it is what the clip begins with.
    shot = shot_of_units(units, None, stop, is_certain=True)
    return Opening(shot.jpeg if shot else None, seconds)


def _is_decodable_segment(segment: bytes) -> bool:
    """Return whether an MP4 may be opened, which decodes some of it."""
    _, found, record = segment.partition(b"avcC")
    length = int.from_bytes(record[_AVCC_SPS : _AVCC_SPS + 2])
    sps = record[_AVCC_SPS + 2 : _AVCC_SPS + 2 + length]
    return bool(found and sps) and is_decodable(_START_CODE + sps)


def _decoded(decoder: av.VideoCodecContext, unit: bytes) -> av.VideoFrame | None:
    """Return the frame that a unit gives; None where the decoder refuses it."""
    import av  # noqa: PLC0415

    try:
        frames = decoder.decode(av.Packet(unit))
    except av.FFmpegError:
        return None
    return frames[-1] if frames and frames[-1].format.name in _PIXEL_FORMATS else None


def _reduced(frame: av.VideoFrame) -> Pixels:
    return frame.reformat(*_SIZE, format="gray").to_ndarray().astype(np.int16)


def _moves(before: Pixels, second: Pixels, last: Pixels) -> bool:
    """Return whether a frame differs from that of a second ago, and is of the scene before."""
    is_other = np.abs(last - second).max() > _REFINEMENT
    return bool(is_other and np.abs(last - before).mean() < _CUT)


def _is_alike(pixels: Pixels, former: Pixels | None) -> bool:
    """Return whether a frame looks as the camera's last picture does."""
    return former is not None and bool(np.abs(_look(pixels) - former).mean() < _ALIKE)


def _look(pixels: Pixels) -> Pixels:
    """Return how a reduced frame looks from afar."""
    rows, columns = (size // _REDUCED for size in pixels.shape)
    blocks: Pixels = pixels.reshape(rows, _REDUCED, columns, _REDUCED)
    look: Pixels = blocks.mean(axis=(1, 3)).astype(np.int16)
    return look


def look_of(jpeg: bytes) -> Pixels:
    """Return how a picture looks from afar."""
    image = Image.open(BytesIO(jpeg), formats=["JPEG"])
    image.draft("L", _SIZE)
    reduced = image.convert("L").resize(_SIZE, Image.Resampling.BOX)
    return _look(np.asarray(reduced).astype(np.int16))


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
