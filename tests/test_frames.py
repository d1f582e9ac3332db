"""Recognizing the camera's frames, and turning pictures like Home Assistant's streams."""

import io
from threading import Event
from unittest.mock import patch

import av
from homeassistant.components.stream import Orientation
from homeassistant.components.stream.core import TRANSFORM_IMAGE_FUNCTION
import numpy as np
from numpy.typing import NDArray
from PIL import Image
import pytest

from custom_components.nestmtx.frames import (
    jpeg_of,
    look_of,
    shot_of_segment,
    shot_of_units,
    turned,
)
from tests.film import NESTMTX, film, seconds
from tests.simulator.picture import HEIGHT, WIDTH, access_units, frame_number
from tests.simulator.streams import Picture

type Pixels = NDArray[np.int16]


CAMERA = Picture.VIDEO
CONNECTING = Picture.CONNECTING


def _noisy(image: Image.Image, count: int) -> list[Image.Image]:
    """Return a still scene with the noise of a camera."""
    rng = np.random.default_rng(1)
    pixels = np.asarray(image).astype(np.int16)
    noises = rng.normal(0, 1, (count, *pixels.shape))
    return [Image.fromarray(np.clip(pixels + noise, 0, 255).astype(np.uint8)) for noise in noises]


def _grey(jpeg: bytes) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(jpeg)).convert("L"))


def test_the_newest_frame_becomes_the_picture() -> None:
    units = film(seconds(CAMERA, 100, 104))

    shot = shot_of_units(units[:35], None, Event())

    assert shot is not None
    assert frame_number(_grey(shot.jpeg)) == 1034


def test_a_second_of_video_that_moves_is_enough_where_key_frames_come_often() -> None:
    shot = shot_of_units(access_units("front", CAMERA, 100), None, Event())

    assert shot is not None
    assert frame_number(_grey(shot.jpeg)) == 1009


@pytest.mark.parametrize("length", [10, 21, 41, 121, 250])
def test_a_connecting_picture_is_not_the_cameras_however_it_is_refined(length: int) -> None:
    units = film(seconds(CONNECTING, 0, 25))
    camera = shot_of_units(access_units("front", CAMERA, 100), None, Event())

    assert camera is not None
    assert shot_of_units(units[:length], None, Event()) is None
    assert shot_of_units(units[:length], camera.look, Event()) is None


@pytest.mark.parametrize("after", [5, 10, 20, 40, 100])
def test_a_connecting_picture_that_follows_video_without_a_key_frame_is_not_the_cameras(
    after: int,
) -> None:
    units = film([*seconds(CAMERA, 100, 106), *seconds(CONNECTING, 0, 10)])
    camera = shot_of_units(units[:55], None, Event())

    assert camera is not None
    assert shot_of_units(units[: 60 + after], camera.look, Event()) is None


def test_video_that_follows_a_connecting_picture_without_a_key_frame_is_the_cameras() -> None:
    units = film([*seconds(CONNECTING, 0, 6), *seconds(CAMERA, 100, 106)])

    shot = shot_of_units(units, None, Event())

    assert shot is not None
    assert frame_number(_grey(shot.jpeg)) == 1059


def test_a_scene_in_which_nothing_moves_is_the_cameras_where_it_looks_like_its_last_picture() -> (
    None
):
    scene = seconds(CAMERA, 100, 101)[0]
    units = film(_noisy(scene, 80))

    last = jpeg_of(scene)

    assert shot_of_units(units[:80], look_of(last), Event()) is not None
    assert shot_of_units(units[:80], None, Event()) is None
    assert shot_of_units(units[:80], None, Event(), is_certain=True) is not None
    assert shot_of_units(units[:80], look_of(jpeg_of(Image.new("L", (64, 36)))), Event()) is None


def test_nothing_is_decoded_after_the_stop() -> None:
    stop = Event()
    stop.set()

    assert shot_of_units(access_units("front", CAMERA, 100), None, stop) is None


def test_decoding_time_is_limited() -> None:
    with patch("custom_components.nestmtx.frames.MAX_DECODE_TIME", -1.0):
        assert shot_of_units(access_units("front", CAMERA, 100), None, Event()) is None


def test_data_that_is_no_video_gives_no_picture() -> None:
    units = access_units("front", CAMERA, 100)
    damaged = [unit[:9] + bytes(len(unit) - 9) for unit in units]

    assert shot_of_units([], None, Event()) is None
    assert shot_of_units(units[1:], None, Event()) is None
    assert shot_of_units(damaged, None, Event()) is None
    assert shot_of_segment(b"", None, Event()) is None
    assert shot_of_segment(b"avcC" + bytes(100), None, Event()) is None


def _segment() -> bytes:
    """Return fragmented MP4, like a segment of Home Assistant's stream."""
    buffer = io.BytesIO()
    options = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
    with av.open(buffer, "w", format="mp4", options=options) as container:
        stream = container.add_stream("libx264", rate=10, options=NESTMTX)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for image in seconds(CAMERA, 100, 103):
            container.mux(stream.encode(av.VideoFrame.from_image(image)))
        container.mux(stream.encode(None))
    return buffer.getvalue()


def test_the_newest_frame_of_a_segment_becomes_the_picture() -> None:
    shot = shot_of_segment(_segment(), None, Event())

    assert shot is not None
    assert frame_number(_grey(shot.jpeg)) == 1029


def test_a_segment_that_is_damaged_or_too_large_is_no_picture() -> None:
    segment = _segment()
    record = segment.index(b"avcC") + 100

    assert shot_of_segment(b"\0" * 40 + segment[40 : record + 100], None, Event()) is None
    with patch("custom_components.nestmtx.frames.MAX_SEGMENT_SIZE", len(segment) - 1):
        assert shot_of_segment(segment, None, Event()) is None


def test_without_a_decoder_there_are_no_pictures() -> None:
    with patch.dict("sys.modules", {"av": None}):
        assert shot_of_units(access_units("front", CAMERA, 100), None, Event()) is None
        assert shot_of_segment(b"", None, Event()) is None


def _pixels(jpeg: bytes) -> Pixels:
    return np.asarray(Image.open(io.BytesIO(jpeg), formats=["JPEG"])).astype(np.int16)


def _assert_alike(jpeg: bytes, expected: Pixels) -> None:
    pixels = _pixels(jpeg)
    assert pixels.shape == expected.shape
    # Edges are not sharp, but the colours are far apart.
    assert np.abs(pixels - expected).mean() < 10


@pytest.fixture(scope="module")
def jpeg() -> bytes:
    """A picture of 64 x 32 pixels with quarters in four colours."""
    image = Image.new("RGB", (64, 32), (200, 40, 40))
    image.paste((40, 200, 40), (32, 0, 64, 16))
    image.paste((40, 40, 200), (0, 16, 32, 32))
    image.paste((230, 230, 230), (32, 16, 64, 32))
    return jpeg_of(image)


@pytest.mark.parametrize("orientation", Orientation)
def test_a_picture_is_turned_as_home_assistant_turns_a_stream(
    jpeg: bytes, orientation: Orientation
) -> None:
    _assert_alike(turned(jpeg, orientation), TRANSFORM_IMAGE_FUNCTION[orientation](_pixels(jpeg)))


def test_a_picture_that_need_not_be_turned_is_the_same(jpeg: bytes) -> None:
    assert turned(jpeg, Orientation.NO_TRANSFORM) is jpeg


@pytest.mark.parametrize("mode", ["L", "RGBA", "CMYK", "P", "YCbCr"])
def test_an_image_of_any_kind_becomes_a_jpeg(mode: str) -> None:
    assert _pixels(jpeg_of(Image.new(mode, (4, 2)))).shape == (2, 4, 3)
