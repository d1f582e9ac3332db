"""The last pictures of cameras are kept, even if their files are damaged."""

from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import numpy as np
from PIL import Image
import pytest

from custom_components.nestmtx.album import Album
from custom_components.nestmtx.frames import Shot, jpeg_of
from custom_components.nestmtx.picture_store import Picture, PictureStore


@pytest.fixture
def store(tmp_path: Path) -> PictureStore:
    """Return a store with a valid and a damaged picture."""
    store = PictureStore(tmp_path / "entry")
    store.save("front", Picture(jpeg_of(Image.new("L", (640, 360), 90)), dt_util.utcnow()))
    store.save("damaged", Picture(b"", dt_util.utcnow()))
    return store


async def test_a_stored_picture_is_loaded_with_its_look(
    hass: HomeAssistant, store: PictureStore
) -> None:
    album = Album(hass, store)
    await album.async_tidy(())

    for key in ("front", "damaged", "none"):
        await album.async_load(key)

    assert album.last("front") == store.load("front")
    assert np.abs(album.look("front") - 90).max() <= 1
    assert album.last("damaged") is album.last("none") is None


async def test_pictures_of_cameras_that_are_gone_are_removed(
    hass: HomeAssistant, store: PictureStore
) -> None:
    album = Album(hass, store)

    await album.async_tidy({"front"})

    assert store.keys() == {"front"}


async def test_a_picture_that_cannot_be_written_is_still_the_last_one(
    hass: HomeAssistant, store: PictureStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    album = Album(hass, store)
    (tmp_path / "entry" / "front.partial").mkdir()

    album.async_keep("front", Shot(b"new", np.zeros((45, 80), np.int16)), dt_util.utcnow())
    await album.async_save()

    assert album.last("front").jpeg == b"new"
    assert "Failed to save the cameras' last snapshots" in caplog.text

    (tmp_path / "entry" / "front.partial").rmdir()
    await album.async_save()
    assert (tmp_path / "entry" / "front.jpg").read_bytes() == b"new"
