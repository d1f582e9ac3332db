"""Clips of cameras and their pictures, as files in Home Assistant's media folder.

Each camera has a folder with a subfolder for each day. A clip is a video and a picture, named after
the time at which the clip begins: `nestmtx/front_door_1a2b3c4d/2026-11-28/18-30-05.mp4`. The
camera's folder ends with the start of the device id, so that a renamed camera keeps its folder.
All functions block.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
import errno
from itertools import islice
import os
from pathlib import Path
import re
import shutil
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util, slugify

from .const import DOMAIN

VIDEO: Final = ".mp4"
PICTURE: Final = ".jpg"
MAX_BYTES: Final = 2 * 1024**3
"""Total size of one camera's clips; a minute takes about 1 MB."""
MIN_FREE: Final = 256 * 1024**2
"""Bytes to leave free on the disk."""
MAX_LISTED: Final = 1000
"""Files or days listed of a folder; more can only have been added by the user."""

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_FILE: Final = re.compile(rf"\d\d-\d\d-\d\d(?:{re.escape(VIDEO)}|{re.escape(PICTURE)})")
_RECORDING: Final = f".recording{VIDEO}"
"""The file being recorded: media browsers don't show hidden files."""
_ID_LENGTH: Final = 8


@dataclass(frozen=True, slots=True)
class Clip:
    """A stored clip, its picture if it has one, and when it begins."""

    video: Path
    picture: Path | None
    taken: datetime


class ClipStore:
    """Keeps the clips of all cameras in a folder."""

    def __init__(self, root: Path, url: str) -> None:
        """Use folder `root`, which may not exist yet; Home Assistant serves it at `url`."""
        self._root = root
        self._url = url

    def url(self, path: Path) -> str:
        """Return the URL at which Home Assistant serves a file to authenticated users."""
        return f"{self._url}/{path.relative_to(self._root).as_posix()}"

    def prepare(self, device_id: str, name: str) -> Path:
        """Return the file to record the next clip to. Raises OSError, also if disk space is low."""
        folder = self._folder(device_id) or self._root / f"{slugify(name)}_{_tail(device_id)}"
        folder.mkdir(parents=True, exist_ok=True)
        for leftover in folder.glob(f"{_RECORDING}*"):
            leftover.unlink()
        if shutil.disk_usage(folder).free < MIN_FREE:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return folder / _RECORDING

    def keep(self, recording: Path, taken: datetime, jpeg: bytes | None, most: int) -> Clip:
        """Store a recorded clip, and remove the oldest beyond `most` clips. Raises OSError."""
        while (video := _named(recording.parent, taken)).exists():
            # An hour occurs twice when daylight saving time ends.
            taken += timedelta(seconds=1)
        video.parent.mkdir(exist_ok=True)
        picture = video.with_suffix(PICTURE) if jpeg else None
        if picture is not None and jpeg is not None:
            picture.write_bytes(jpeg)
        recording.replace(video)
        self._prune(video, most)
        return Clip(video, picture, taken)

    def devices(self, device_ids: Iterable[str]) -> list[str]:
        """Return those of the devices that have clips."""
        tails = {folder.name.rpartition("_")[2] for folder in self._root.glob("*_*")}
        return [each for each in device_ids if _tail(each) in tails and self.days(each)]

    def days(self, device_id: str) -> list[str]:
        """Return the days with files of a camera, newest first."""
        folder = self._folder(device_id)
        days = _names(folder, _DAY) if folder else []
        return [day for day in days if self.files(device_id, day)]

    def files(self, device_id: str, day: str) -> list[str]:
        """Return the files of a day, newest first."""
        folder = self._folder(device_id)
        return _names(folder / day, _FILE) if folder and _DAY.fullmatch(day) else []

    def path(self, device_id: str, day: str, file: str) -> Path | None:
        """Return the path of a file; None if it doesn't exist or a name is invalid.

        A symbolic link that leads out of the folder is not followed.
        """
        folder = self._folder(device_id)
        if folder is None or not _DAY.fullmatch(day) or not _FILE.fullmatch(file):
            return None
        path = folder / day / file
        is_inside = path.resolve().is_relative_to(self._root.resolve())
        return path if is_inside and path.is_file() else None

    def _folder(self, device_id: str) -> Path | None:
        """Return the folder of a camera, which may be named after a previous camera name."""
        folders = self._root.glob(f"*_{_tail(device_id)}")
        return min((each for each in folders if each.is_dir()), default=None)

    def _prune(self, newest: Path, most: int) -> None:
        """Remove a camera's oldest clips by name, but not the newest one.

        Names are local times, so an older clip has a later name if the clock was set back.
        """
        videos = sorted(newest.parents[1].glob(f"*/*{VIDEO}"), reverse=True)
        ours = [newest, *(each for each in videos if _is_ours(each) and each != newest)]
        for video in outdated([(each, each.stat().st_size) for each in ours], most):
            for each in (video, video.with_suffix(PICTURE)):
                each.unlink(missing_ok=True)
            with suppress(OSError):
                # Only an empty folder can be removed.
                video.parent.rmdir()


def clip_store_of(hass: HomeAssistant) -> ClipStore:
    """Return the store in the media folder, which users know and backups include.

    Writing there needs no `allowlist_external_dirs`.
    """
    folders = hass.config.media_dirs or {"local": hass.config.path("media")}
    name = "local" if "local" in folders else next(iter(folders))
    return ClipStore(Path(folders[name], DOMAIN), f"/media/{name}/{DOMAIN}")


def outdated(clips: Iterable[tuple[Path, int]], most: int) -> Iterator[Path]:
    """Yield the clips to remove; `clips` has each with its size in bytes, newest first."""
    total = 0
    for number, (path, size) in enumerate(clips):
        total += size
        if number >= most or total > MAX_BYTES:
            yield path


def _tail(device_id: str) -> str:
    return device_id[:_ID_LENGTH]


def _named(folder: Path, taken: datetime) -> Path:
    """Return the file of a clip, named in local time."""
    local = dt_util.as_local(taken)
    return folder / f"{local:%Y-%m-%d}" / f"{local:%H-%M-%S}{VIDEO}"


def _is_ours(path: Path) -> bool:
    return bool(_DAY.fullmatch(path.parent.name) and _FILE.fullmatch(path.name))


def _names(folder: Path, pattern: re.Pattern[str]) -> list[str]:
    """Return the names in a folder that match, in reverse order."""
    with suppress(OSError):
        names = (each.name for each in folder.iterdir())
        return sorted(islice(filter(pattern.fullmatch, names), MAX_LISTED), reverse=True)
    return []
