"""The last picture of each camera, kept in files."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
import io
import os
from pathlib import Path
import stat
from typing import Final

from PIL import Image

from .client import MAX_PIXELS

_SUFFIX: Final = ".jpg"
MAX_SIZE: Final = 16 * 1024 * 1024
"""Bytes of a picture that is read from a file. One of 3840x2160 has about 2 MB."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What a camera saw, as JPEG and as the camera sees it, and when."""

    jpeg: bytes
    taken: datetime


class PictureStore:
    """Keeps each camera's last picture in a file, whose time is when it was taken. Blocks."""

    def __init__(self, folder: Path) -> None:
        """The folder need not be there yet."""
        self._folder = folder

    def keys(self) -> frozenset[str]:
        """Return the keys of the cameras of which there is a picture."""
        return frozenset(path.stem for path in self._folder.glob(f"*{_SUFFIX}"))

    def load(self, key: str) -> Picture | None:
        """Return a camera's picture; None where there is none that can be shown."""
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
        # A clock that was wrong once must not date a picture in the future for good.
        return Picture(jpeg, min(datetime.fromtimestamp(taken, UTC), datetime.now(UTC)))

    def save(self, key: str, picture: Picture) -> None:
        """Keep a picture in place of the former one. Raises OSError."""
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
        """Remove all pictures, the folder, and the one around it unless another entry has one."""
        self.keep_only(())
        with suppress(OSError):
            self._folder.rmdir()
            self._folder.parent.rmdir()

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}{_SUFFIX}"


def _open_file(path: str, flags: int) -> int:
    """Open a file, but follow no link, and wait for no writer of a FIFO."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)
