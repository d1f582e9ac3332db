"""Pictures are turned as Home Assistant turns its streams, which scales them itself."""

import io

from homeassistant.components.stream import Orientation
from homeassistant.components.stream.core import TRANSFORM_IMAGE_FUNCTION
import numpy as np
from numpy.typing import NDArray
from PIL import Image
import pytest

from custom_components.nestmtx.frames import jpeg_of, turned

type Pixels = NDArray[np.int16]


def _pixels(jpeg: bytes) -> Pixels:
    return np.asarray(Image.open(io.BytesIO(jpeg), formats=["JPEG"])).astype(np.int16)


def _assert_alike(jpeg: bytes, expected: Pixels) -> None:
    pixels = _pixels(jpeg)
    assert pixels.shape == expected.shape
    # Edges of colours are not sharp; the colours themselves are far apart.
    assert np.abs(pixels - expected).mean() < 10


@pytest.fixture(scope="module")
def jpeg() -> bytes:
    """A picture of 64 x 32 pixels whose quarters are of four colours."""
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
