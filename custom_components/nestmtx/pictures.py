"""Pictures of cameras: turned and scaled as they are wanted, and kept in files."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
import io
import os
from pathlib import Path
from typing import Final

from homeassistant.components.stream import Orientation
from PIL import Image

_QUALITY: Final = 85
_SUFFIX: Final = ".jpg"
_LARGEST: Final = 16 * 1024 * 1024
"""Bytes of a picture that is read from a file."""

_TURNS: Final = {
    Orientation.MIRROR: Image.Transpose.FLIP_LEFT_RIGHT,
    Orientation.ROTATE_180: Image.Transpose.ROTATE_180,
    Orientation.FLIP: Image.Transpose.FLIP_TOP_BOTTOM,
    Orientation.ROTATE_LEFT_AND_FLIP: Image.Transpose.TRANSPOSE,
    Orientation.ROTATE_LEFT: Image.Transpose.ROTATE_90,
    Orientation.ROTATE_RIGHT_AND_FLIP: Image.Transpose.TRANSVERSE,
    Orientation.ROTATE_RIGHT: Image.Transpose.ROTATE_270,
}


@dataclass(frozen=True, slots=True)
class Picture:
    """What a camera saw, as JPEG and as the camera sees it, and when."""

    jpeg: bytes
    taken: datetime


def jpeg_of(image: Image.Image) -> bytes:
    """Return an image as JPEG."""
    buffer = io.BytesIO()
    image.convert("RGB").save(buffer, "JPEG", quality=_QUALITY)
    return buffer.getvalue()


def rendered(
    jpeg: bytes, orientation: Orientation, width: int | None = None, height: int | None = None
) -> bytes:
    """Return a picture turned, and no larger than is needed to fill a width and a height."""
    turn = _TURNS.get(orientation)
    if turn is None and width is None and height is None:
        return jpeg
    image: Image.Image = Image.open(io.BytesIO(jpeg))
    if turn is not None:
        image = image.transpose(turn)
    scale = max((width or 0) / image.width, (height or 0) / image.height)
    if 0 < scale < 1:
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        image = image.resize(size, reducing_gap=2.0)
    elif turn is None:
        return jpeg
    return jpeg_of(image)


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
        path = self._path(key)
        try:
            if path.stat().st_size > _LARGEST:
                return None
            jpeg, taken = path.read_bytes(), path.stat().st_mtime
            with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as image:
                image.load()
        except OSError, Image.DecompressionBombError, ValueError, SyntaxError:
            return None
        return Picture(jpeg, datetime.fromtimestamp(taken, UTC))

    def save(self, key: str, picture: Picture) -> None:
        """Keep a picture in place of the former one. Raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._path(key)
        partial = path.with_suffix(".partial")
        partial.write_bytes(picture.jpeg)
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
