"""The last picture of each camera: in memory, and saved to files periodically."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from .const import LOGGER
from .frames import Pixels, Shot, look_of
from .picture_store import Picture, PictureStore

_SAVE_DELAY: Final = 300.0
"""Seconds from a new picture to its file, which limits writes to a memory card."""


class Album:
    """Keeps pictures by camera key, across restarts of Home Assistant."""

    def __init__(self, hass: HomeAssistant, store: PictureStore) -> None:
        """Start without pictures; `async_load` reads those in `store`."""
        self._hass = hass
        self._store = store
        self._pictures: dict[str, Picture] = {}
        self._looks: dict[str, Pixels] = {}
        self._stored: frozenset[str] = frozenset()
        """Keys of the cameras that have a picture file."""
        self._unsaved: set[str] = set()
        self._cancel_save: CALLBACK_TYPE | None = None

    def last(self, key: str) -> Picture | None:
        """Return a camera's last picture, never dated in the future."""
        picture = self._pictures.get(key)
        if picture is None or picture.taken <= (now := dt_util.utcnow()):
            return picture
        return replace(picture, taken=now)

    def look(self, key: str) -> Pixels | None:
        """Return the look of a camera's last picture: a thumbnail for comparison."""
        return self._looks.get(key)

    async def async_load(self, key: str) -> None:
        """Load a camera's picture from before the restart."""
        if key not in self._stored or key in self._pictures:
            return
        loaded = await self._hass.async_add_executor_job(_load, self._store, key)
        # Meanwhile another entity may have loaded it, or a newer picture may have been taken.
        if loaded is not None and key not in self._pictures:
            self._pictures[key], self._looks[key] = loaded

    async def async_tidy(self, keys: Collection[str]) -> None:
        """List the picture files; if `keys` are known, first remove those of other cameras."""
        if keys:
            await self._hass.async_add_executor_job(self._store.keep_only, keys)
        self._stored = await self._hass.async_add_executor_job(self._store.keys)

    @callback
    def async_keep(self, key: str, shot: Shot, taken: datetime) -> Picture:
        """Keep a new picture of a camera, and return it."""
        picture = Picture(shot.jpeg, taken)
        self._pictures[key], self._looks[key] = picture, shot.look
        self._unsaved.add(key)
        if self._cancel_save is None:
            self._cancel_save = async_call_later(self._hass, _SAVE_DELAY, self.async_save)
        return picture

    async def async_save(self, _: datetime | None = None) -> None:
        """Write the new pictures to files."""
        if self._cancel_save is not None:
            self._cancel_save()
            self._cancel_save = None
        unsaved, self._unsaved = self._unsaved, set()
        failed: OSError | None = None
        for key in unsaved:
            try:
                await self._hass.async_add_executor_job(self._store.save, key, self._pictures[key])
            except OSError as err:
                # Written with the next new picture of any camera, or when the entry is unloaded.
                self._unsaved.add(key)
                failed = err
        if failed is not None:
            LOGGER.warning("Failed to save the cameras' last snapshots: %s", failed)


def _load(store: PictureStore, key: str) -> tuple[Picture, Pixels] | None:
    """Return a stored picture and its look."""
    picture = store.load(key)
    return None if picture is None else (picture, look_of(picture.jpeg))
