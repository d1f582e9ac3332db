"""Pictures are stored in files, and loaded from them."""

from collections.abc import Callable
from datetime import UTC, datetime
import os
from pathlib import Path

from PIL import Image
import pytest

from custom_components.nestmtx.frames import jpeg_of
from custom_components.nestmtx.picture_store import Picture, PictureStore

TAKEN = datetime(2026, 11, 24, 12, 30, 15, tzinfo=UTC)


@pytest.fixture(scope="module")
def jpeg() -> bytes:
    """A picture of 64 x 32 pixels."""
    return jpeg_of(Image.new("RGB", (64, 32), (200, 40, 40)))


@pytest.fixture
def store(tmp_path: Path) -> PictureStore:
    return PictureStore(tmp_path / "nestmtx" / "entry")


def test_a_stored_picture_is_loaded_with_its_time(store: PictureStore, jpeg: bytes) -> None:
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


def test_a_camera_without_a_stored_picture_has_none(store: PictureStore, jpeg: bytes) -> None:
    assert store.load("front") is None

    store.save("back", Picture(jpeg, TAKEN))

    assert store.load("front") is None


def test_no_link_is_followed(store: PictureStore, jpeg: bytes, tmp_path: Path) -> None:
    outside = tmp_path / "outside.jpg"
    outside.write_bytes(jpeg)
    store.save("back", Picture(jpeg, TAKEN))
    folder = tmp_path / "nestmtx" / "entry"
    (folder / "front.jpg").symlink_to(outside)
    (folder / "back.partial").symlink_to(outside)

    store.save("back", Picture(jpeg_of(Image.new("RGB", (8, 8))), TAKEN))

    assert store.load("front") is None
    assert outside.read_bytes() == jpeg


@pytest.mark.timeout(10)
def test_a_special_file_is_no_picture(store: PictureStore, jpeg: bytes, tmp_path: Path) -> None:
    store.save("back", Picture(jpeg, TAKEN))
    os.mkfifo(tmp_path / "nestmtx" / "entry" / "front.jpg")

    assert store.load("front") is None


def _huge(jpeg: bytes) -> bytes:
    """Return a picture that claims to have 65,500 x 65,500 pixels."""
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


def test_clearing_removes_all_files_and_folders(
    store: PictureStore, jpeg: bytes, tmp_path: Path
) -> None:
    for key in ("front", "back"):
        store.save(key, Picture(jpeg, TAKEN))
    (tmp_path / "nestmtx" / "entry" / "front.partial").touch()

    store.clear()

    assert not (tmp_path / "nestmtx" / "entry").exists()


def test_clearing_an_empty_store_does_nothing(store: PictureStore) -> None:
    store.keep_only({"front"})
    store.clear()

    assert store.load("front") is None
