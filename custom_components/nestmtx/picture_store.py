"""Store each camera's last picture in a file."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
import io
import os
from pathlib import Path
import stat
from typing import Final

from homeassistant.core import HomeAssistant
from PIL import Image

from .client import MAX_PIXELS
from .const import DOMAIN

_SUFFIX: Final = ".jpg"
MAX_SIZE: Final = 16 * 1024 * 1024
"""Bytes of the largest picture to load. One of 3840x2160 has about 2 MB."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as JPEG, not turned, and when it was taken."""

    jpeg: bytes
    taken: datetime


class PictureStore:
    """Keeps each camera's last picture in a file; it was taken at the file's modification time.

    Methods block.
    """

    def __init__(self, folder: Path) -> None:
        """Use a folder, which may not exist yet."""
        self._folder = folder

    def keys(self) -> frozenset[str]:
        """Return the keys of the cameras that have a picture."""
        return frozenset(path.stem for path in self._folder.glob(f"*{_SUFFIX}"))

    def load(self, key: str) -> Picture | None:
        """Return a camera's picture; None if there is none or it is invalid."""
        try:
            with open(self._path(key), "rb", opener=_open_file) as file:
                status = os.fstat(file.fileno())
                if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_SIZE:
                    return None
                jpeg, taken = file.read(MAX_SIZE), status.st_mtime
            with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as image:
                if image.width * image.height > MAX_PIXELS:
                    return None
                image.load()
        except OSError, Image.DecompressionBombError, ValueError, SyntaxError:
            return None
        # After the clock was wrong, a picture must not be dated in the future.
        return Picture(jpeg, min(datetime.fromtimestamp(taken, UTC), datetime.now(UTC)))

    def save(self, key: str, picture: Picture) -> None:
        """Store a picture in place of the previous one. Raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._path(key)
        partial = path.with_suffix(".partial")
        partial.unlink(missing_ok=True)
        with partial.open("xb") as file:
            file.write(picture.jpeg)
        taken = picture.taken.timestamp()
        os.utime(partial, (taken, taken))
        partial.replace(path)

    def keep_only(self, keys: Collection[str]) -> None:
        """Remove the pictures of all other cameras."""
        kept = {self._path(key) for key in keys}
        for path in self._folder.glob("*"):
            if path not in kept:
                with suppress(OSError):
                    path.unlink()

    def clear(self) -> None:
        """Remove all pictures and the folder, and the parent folder if it is empty then."""
        self.keep_only(())
        with suppress(OSError):
            self._folder.rmdir()
            self._folder.parent.rmdir()

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}{_SUFFIX}"


def _open_file(path: str, flags: int) -> int:
    """Open a file without following a symbolic link or waiting for a FIFO's writer."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


def picture_store_of(hass: HomeAssistant, entry_id: str) -> PictureStore:
    """Return the store of an entry's pictures, in the cache folder, which backups exclude."""
    return PictureStore(Path(hass.config.cache_path(DOMAIN, entry_id)))
