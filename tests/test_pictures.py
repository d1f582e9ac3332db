"""Pictures are turned as Home Assistant turns them, scaled as they are wanted, and kept."""

from collections.abc import Callable
from datetime import UTC, datetime
import io
from pathlib import Path

from homeassistant.components.stream import Orientation
from homeassistant.components.stream.core import TRANSFORM_IMAGE_FUNCTION
import numpy as np
from numpy.typing import NDArray
from PIL import Image
import pytest

from custom_components.nestmtx.pictures import (
    Picture,
    PictureStore,
    jpeg_of,
    rendered,
)

TAKEN = datetime(2026, 11, 24, 12, 30, 15, tzinfo=UTC)

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


@pytest.fixture
def store(tmp_path: Path) -> PictureStore:
    return PictureStore(tmp_path / "nestmtx" / "entry")


@pytest.mark.parametrize("orientation", Orientation)
def test_a_picture_is_turned_as_home_assistant_turns_a_stream(
    jpeg: bytes, orientation: Orientation
) -> None:
    _assert_alike(rendered(jpeg, orientation), TRANSFORM_IMAGE_FUNCTION[orientation](_pixels(jpeg)))


@pytest.mark.parametrize(
    ("orientation", "width", "height", "expected"),
    [
        (Orientation.NO_TRANSFORM, 32, None, (32, 16)),
        (Orientation.NO_TRANSFORM, None, 8, (16, 8)),
        (Orientation.NO_TRANSFORM, 32, 16, (32, 16)),
        # Both are filled, and what stands over is for the browser to cut.
        (Orientation.NO_TRANSFORM, 32, 32, (64, 32)),
        (Orientation.NO_TRANSFORM, 16, 16, (32, 16)),
        (Orientation.NO_TRANSFORM, 1, 1, (2, 1)),
        (Orientation.NO_TRANSFORM, 10, 1, (10, 5)),
        # A picture is not made larger.
        (Orientation.NO_TRANSFORM, 640, 360, (64, 32)),
        (Orientation.NO_TRANSFORM, 64, 32, (64, 32)),
        (Orientation.NO_TRANSFORM, 0, 0, (64, 32)),
        (Orientation.NO_TRANSFORM, 0, 8, (16, 8)),
        (Orientation.NO_TRANSFORM, -5, -5, (64, 32)),
        # Width and height are those of the turned picture.
        (Orientation.ROTATE_LEFT, 16, None, (16, 32)),
        (Orientation.ROTATE_RIGHT, None, 32, (16, 32)),
        (Orientation.ROTATE_RIGHT, 640, 640, (32, 64)),
        (Orientation.ROTATE_180, 32, None, (32, 16)),
    ],
)
def test_a_picture_is_as_large_as_is_needed(
    jpeg: bytes,
    orientation: Orientation,
    width: int | None,
    height: int | None,
    expected: tuple[int, int],
) -> None:
    image = Image.open(io.BytesIO(rendered(jpeg, orientation, width, height)))

    assert image.size == expected


@pytest.mark.parametrize(("width", "height"), [(None, None), (64, 32), (1000, None), (0, None)])
def test_a_picture_that_need_not_be_changed_is_the_same(
    jpeg: bytes, width: int | None, height: int | None
) -> None:
    assert rendered(jpeg, Orientation.NO_TRANSFORM, width, height) is jpeg


@pytest.mark.parametrize("mode", ["L", "RGBA", "CMYK", "P", "YCbCr"])
def test_an_image_of_any_kind_becomes_a_jpeg(mode: str) -> None:
    assert _pixels(jpeg_of(Image.new(mode, (4, 2)))).shape == (2, 4, 3)


# Files


def test_a_picture_that_is_kept_comes_back_with_its_time(store: PictureStore, jpeg: bytes) -> None:
    picture = Picture(jpeg, TAKEN)

    store.save("front", picture)

    assert store.load("front") == picture


def test_a_new_picture_takes_the_place_of_the_former_one(
    store: PictureStore, jpeg: bytes, tmp_path: Path
) -> None:
    store.save("front", Picture(jpeg_of(Image.new("RGB", (8, 8))), TAKEN))
    store.save("front", Picture(jpeg, TAKEN.replace(hour=13)))

    assert store.load("front") == Picture(jpeg, TAKEN.replace(hour=13))
    assert [path.name for path in (tmp_path / "nestmtx" / "entry").iterdir()] == ["front.jpg"]


def test_there_is_no_picture_that_was_not_kept(store: PictureStore, jpeg: bytes) -> None:
    assert store.load("front") is None

    store.save("back", Picture(jpeg, TAKEN))

    assert store.load("front") is None


def _huge(jpeg: bytes) -> bytes:
    """Return a picture that says of itself to be of 65,500 x 65,500 pixels."""
    size = (32).to_bytes(2) + (64).to_bytes(2)
    assert jpeg.count(size) == 1
    return jpeg.replace(size, (65500).to_bytes(2) * 2)


@pytest.mark.parametrize(
    "damage",
    [
        lambda _jpeg: b"",
        lambda _jpeg: b"\xff\xd8\xff",
        lambda _jpeg: b"<html></html>",
        lambda jpeg: jpeg[: len(jpeg) // 2],
        lambda jpeg: jpeg[:20],
        lambda jpeg: jpeg[:100] + bytes(100) + jpeg[200:],
        lambda jpeg: b"\0" * len(jpeg),
        lambda jpeg: jpeg + bytes(16 * 1024 * 1024),
        _huge,
    ],
)
def test_a_file_that_is_damaged_is_no_picture(
    store: PictureStore, jpeg: bytes, damage: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    store.save("front", Picture(jpeg, TAKEN))
    (tmp_path / "nestmtx" / "entry" / "front.jpg").write_bytes(damage(jpeg))

    assert store.load("front") is None


def test_a_picture_of_another_format_is_none(store: PictureStore, tmp_path: Path) -> None:
    folder = tmp_path / "nestmtx" / "entry"
    folder.mkdir(parents=True)
    Image.new("RGB", (8, 8)).save(folder / "front.jpg", "PNG")

    assert store.load("front") is None


def test_a_folder_in_place_of_a_picture_is_none(store: PictureStore, tmp_path: Path) -> None:
    (tmp_path / "nestmtx" / "entry" / "front.jpg").mkdir(parents=True)

    assert store.load("front") is None


def test_a_picture_that_cannot_be_written_leaves_the_former_one(
    store: PictureStore, jpeg: bytes, tmp_path: Path
) -> None:
    store.save("front", Picture(jpeg, TAKEN))
    (tmp_path / "nestmtx" / "entry" / "front.partial").mkdir()

    with pytest.raises(OSError, match="directory"):
        store.save("front", Picture(b"new", TAKEN))
    assert store.load("front") == Picture(jpeg, TAKEN)


def test_only_the_pictures_of_cameras_that_are_there_are_kept(
    store: PictureStore, jpeg: bytes
) -> None:
    for key in ("front", "back", "gone"):
        store.save(key, Picture(jpeg, TAKEN))

    store.keep_only({"front", "back", "new"})

    assert [key for key in ("front", "back", "gone", "new") if store.load(key)] == ["front", "back"]


def test_nothing_is_left_of_pictures_that_are_cleared(
    store: PictureStore, jpeg: bytes, tmp_path: Path
) -> None:
    for key in ("front", "back"):
        store.save(key, Picture(jpeg, TAKEN))
    (tmp_path / "nestmtx" / "entry" / "front.partial").touch()

    store.clear()

    assert not (tmp_path / "nestmtx" / "entry").exists()


def test_there_need_not_be_anything_to_be_cleared(store: PictureStore) -> None:
    store.keep_only({"front"})
    store.clear()

    assert store.load("front") is None
