"""The last picture of each camera: in memory, and now and then in files."""

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
"""Seconds from a new picture to its file: a memory card is not to be written all the time."""


class Album:
    """Keeps pictures by the keys of their cameras, beyond a restart of Home Assistant."""

    def __init__(self, hass: HomeAssistant, store: PictureStore) -> None:
        """There are none before they are loaded."""
        self._hass = hass
        self._store = store
        self._pictures: dict[str, Picture] = {}
        self._looks: dict[str, Pixels] = {}
        self._stored: frozenset[str] = frozenset()
        """Keys of the cameras that had a picture before the start."""
        self._unsaved: set[str] = set()
        self._cancel_save: CALLBACK_TYPE | None = None

    def last(self, key: str) -> Picture | None:
        """Return a camera's last picture, which is never one of the future."""
        picture = self._pictures.get(key)
        if picture is None or picture.taken <= (now := dt_util.utcnow()):
            return picture
        return replace(picture, taken=now)

    def look(self, key: str) -> Pixels | None:
        """Return how a camera's last picture looks from afar."""
        return self._looks.get(key)

    async def async_load(self, key: str) -> None:
        """Take over the picture of a camera from before the start."""
        if key not in self._stored or key in self._pictures:
            return
        loaded = await self._hass.async_add_executor_job(_load, self._store, key)
        # Another entity of the camera may have loaded it meanwhile, and a newer one may be there.
        if loaded is not None and key not in self._pictures:
            self._pictures[key], self._looks[key] = loaded

    async def async_tidy(self, keys: Collection[str]) -> None:
        """Look which pictures there are, and remove those of other cameras, if any are known."""
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
        """Write what is new to files."""
        if self._cancel_save is not None:
            self._cancel_save()
            self._cancel_save = None
        unsaved, self._unsaved = self._unsaved, set()
        try:
            for key in unsaved:
                await self._hass.async_add_executor_job(self._store.save, key, self._pictures[key])
        except OSError as err:
            LOGGER.warning("The last pictures of cameras could not be kept: %s", err)


def _load(store: PictureStore, key: str) -> tuple[Picture, Pixels] | None:
    """Return a picture of a file, and how it looks."""
    picture = store.load(key)
    return None if picture is None else (picture, look_of(picture.jpeg))
