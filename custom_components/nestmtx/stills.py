"""Still pictures that never wake a camera, and never keep one awake.

Dashboards request a picture every ten seconds. Each request is answered at once, with the last
picture. New ones come from streams that run anyhow: of each camera that somebody watches, or that
runs all the time, one reader takes a picture now and then, and ends with the last viewer.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path
from threading import Event
from typing import Final

from homeassistant.components.stream import HLS_PROVIDER, Stream
from homeassistant.core import CALLBACK_TYPE, Event as HomeAssistantEvent, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from .client import AccessUnit, Camera, NestMTXError
from .const import CONF_STILLS, DOMAIN, LOGGER
from .coordinator import CONNECTED, ListenerScope, NestMTXCoordinator
from .device_key import SERVER_KEY, DeviceKey
from .frames import MAX_FRAMES, picture_of_segment, picture_of_units
from .picture_store import Picture, PictureStore


class StillsPolicy(StrEnum):
    """Where new pictures come from, beside those that are taken on purpose."""

    RUNNING = "running"
    """Streams that run anyhow: what somebody watches, or what is persistent."""
    OWN_VIEW = "own_view"
    """What Home Assistant itself plays; nothing is read from the server for a picture."""
    ON_REQUEST = "on_request"
    """Nowhere else."""


INTERVAL: Final = timedelta(seconds=20)
"""The least time between two pictures of a camera. With a key frame each 25 s, each gives one."""
MAX_UNITS_SIZE: Final = 8 * 1024 * 1024
"""Bytes of video that are kept for one picture."""
MAX_COLLECT_TIME: Final = 5.0
"""Seconds in which the video for one picture has to come."""
MAX_TAKE_TIME: Final = 30.0
"""Seconds for a picture that is taken on purpose: a key frame comes each 25 s."""
MAX_DECODERS: Final = 1
"""Pictures that are decoded at the same time, so that no server keeps all cores busy."""
_SPAN: Final = 1.0
"""Seconds of video that a picture is made of."""
_TRY_AGAIN: Final = 3.0
"""Seconds after video that stood still, before it is decoded again."""
_READ_AGAIN: Final = 10.0
"""Seconds before a stream that broke off is read again."""
_SAVE_DELAY: Final = 300.0
"""Seconds from a new picture to its file: a memory card is not to be written all the time."""

_READER_FIELDS: Final = frozenset(
    {"authorized_until", "extension_failed", "is_enabled", "is_persistent", "ready", "watched"}
)
"""The fields of a camera that say whether its stream is read."""


def store_of(hass: HomeAssistant, entry_id: str) -> PictureStore:
    """Return where an entry's pictures are kept: in the cache, which is in no backup."""
    return PictureStore(Path(hass.config.cache_path(DOMAIN, entry_id)))


def has_video(camera: Camera, now: datetime) -> bool:
    """Return whether a camera streams video, and not a picture that says why there is none."""
    return camera.ready and camera.shows_video and not camera.lacks_authorization(now)


def runs_anyhow(camera: Camera) -> bool:
    """Return whether reading a camera neither wakes it nor keeps it awake."""
    return camera.watched or (camera.is_persistent and camera.is_enabled)


class Stills:
    """The last picture of each camera of an entry, and the readers that bring new ones."""

    def __init__(self, coordinator: NestMTXCoordinator) -> None:
        """There is none yet."""
        self._coordinator = coordinator
        self._hass = coordinator.hass
        options = coordinator.config_entry.options
        self._policy = StillsPolicy(options.get(CONF_STILLS, StillsPolicy.RUNNING))
        self._store = store_of(coordinator.hass, coordinator.config_entry.entry_id)
        self._pictures: dict[str, Picture] = {}
        self._stored: frozenset[str] = frozenset()
        """Keys of the cameras that had a picture before the start."""
        self._unsaved: set[str] = set()
        self._cancel_save: CALLBACK_TYPE | None = None
        self._listeners: dict[str, CALLBACK_TYPE] = {}
        self._readers: dict[str, asyncio.Task[None]] = {}
        self._due_at: dict[str, float] = {}
        """When the next picture is to be taken, by the loop's clock: another may be put right."""
        self._decoders = asyncio.Semaphore(MAX_DECODERS)
        self._stop = Event()

    # What entities use

    def last(self, key: str) -> Picture | None:
        """Return a camera's last picture."""
        return self._pictures.get(key)

    @callback
    def async_follow(self, key: str, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Bring new pictures of a camera, and call for each, until the returned function is called.

        A camera without an entity costs nothing.
        """
        self._listeners[key] = listener
        update = partial(self._update_reader, key)
        unsubscribes = [
            self._coordinator.async_add_listener(update, scope)
            for scope in (
                ListenerScope(DeviceKey("camera", key), _READER_FIELDS),
                ListenerScope(SERVER_KEY, frozenset({CONNECTED})),
            )
        ]
        update()

        @callback
        def end() -> None:
            for unsubscribe in unsubscribes:
                unsubscribe()
            self._end_reader(key)
            if self._listeners.get(key) is listener:
                del self._listeners[key]

        return end

    async def async_load(self, key: str) -> None:
        """Take over the picture of a camera from before the start."""
        if key not in self._stored or key in self._pictures:
            return
        picture = await self._hass.async_add_executor_job(self._store.load, key)
        if picture is not None:
            self._pictures[key] = picture

    async def async_tidy(self) -> None:
        """Look which pictures there are, and remove those of cameras that are gone."""
        keys = {camera.key for camera in self._coordinator.cameras}
        if keys:
            await self._hass.async_add_executor_job(self._store.keep_only, keys)
        self._stored = await self._hass.async_add_executor_job(self._store.keys)

    async def async_look_at(self, key: str, stream: Stream | None) -> None:
        """Take a picture of what Home Assistant itself plays, where nothing else brings one."""
        if self._policy is StillsPolicy.ON_REQUEST or key in self._readers or not self._is_due(key):
            return
        segment = _last_segment(stream)
        if segment is None or not self._has_video(key):
            return
        jpeg = await self._decoded(key, picture_of_segment, segment)
        if jpeg is not None:
            self._keep(key, jpeg)

    async def async_take(self, key: str) -> None:
        """Wake a camera, take a picture, and let go. Raises HomeAssistantError."""
        async with self._coordinator.async_hold_stream(key):
            jpeg = await self._new_picture(key)
        if jpeg is None:
            raise HomeAssistantError(translation_domain=DOMAIN, translation_key="no_picture")
        self._keep(key, jpeg)

    async def async_stop(self, _: HomeAssistantEvent | None = None) -> None:
        """Take no more pictures, and keep what there is."""
        self._stop.set()
        for key in tuple(self._readers):
            self._end_reader(key)
        await self._async_save()

    # Readers

    @callback
    def _update_reader(self, key: str) -> None:
        """Begin or end to read a camera's stream, by what is known of it now."""
        reader = self._readers.get(key)
        if not self._may_read(key):
            self._end_reader(key)
        elif reader is None or reader.done():
            entry = self._coordinator.config_entry
            self._readers[key] = entry.async_create_background_task(
                self._hass, self._read(key), f"{DOMAIN} still pictures"
            )

    def _end_reader(self, key: str) -> None:
        if (reader := self._readers.pop(key, None)) is not None:
            reader.cancel()

    def _may_read(self, key: str) -> bool:
        camera = self._coordinator.camera(key)
        return (
            self._policy is StillsPolicy.RUNNING
            and not self._stop.is_set()
            # Without the server's events, our reader would count as a viewer.
            and self._coordinator.connected
            and camera is not None
            and runs_anyhow(camera)
            and self._has_video(key)
        )

    def _has_video(self, key: str) -> bool:
        camera = self._coordinator.camera(key)
        is_known = camera is not None and self._coordinator.last_update_success
        return is_known and camera is not None and has_video(camera, dt_util.utcnow())

    def _is_due(self, key: str) -> bool:
        return self._hass.loop.time() >= self._due_at.get(key, float("-inf"))

    async def _read(self, key: str) -> None:
        """Take pictures of a camera's stream until cancelled."""
        while True:
            try:
                async with aclosing(self._coordinator.read_video(key)) as units:
                    async for jpeg in self._pictures_of(key, units):
                        self._keep(key, jpeg)
            except NestMTXError as err:
                LOGGER.debug("The stream for still pictures has ended: %s", err)
            await asyncio.sleep(_READ_AGAIN)

    async def _new_picture(self, key: str) -> bytes | None:
        """Return a picture of a camera's stream; None when there is none in time."""
        self._due_at.pop(key, None)
        try:
            async with (
                asyncio.timeout(MAX_TAKE_TIME),
                aclosing(self._coordinator.read_video(key)) as units,
            ):
                async for jpeg in self._pictures_of(key, units):
                    return jpeg
        except (NestMTXError, TimeoutError) as err:
            LOGGER.debug("No picture could be taken: %s", err)
        return None

    async def _pictures_of(
        self, key: str, units: AsyncGenerator[AccessUnit]
    ) -> AsyncGenerator[bytes]:
        """Return a picture of a stream each time when one is due, from a key frame on."""
        kept: list[AccessUnit] = []
        begun_at = 0.0
        async for unit in units:
            if kept and self._hass.loop.time() - begun_at > MAX_COLLECT_TIME:
                # A stream whose clock stands still must not keep memory.
                kept = []
            if kept or (unit.is_key_frame and self._is_due(key)):
                begun_at = begun_at if kept else self._hass.loop.time()
                kept.append(unit)
            if not kept or not _is_enough(kept):
                continue
            encoded, kept = [each.data for each in kept], []
            jpeg = await self._decoded(key, picture_of_units, encoded)
            if jpeg is not None:
                yield jpeg

    async def _decoded[T](
        self, key: str, decode: Callable[[T, Event], bytes | None], video: T
    ) -> bytes | None:
        """Return a picture of some video; None when it stands still."""
        jpeg = None
        # Whoever asks meanwhile begins no second one.
        self._due_at[key] = float("inf")
        try:
            async with self._decoders:
                jpeg = await self._hass.async_add_executor_job(decode, video, self._stop)
        finally:
            pause = _TRY_AGAIN if jpeg is None else INTERVAL.total_seconds()
            self._due_at[key] = self._hass.loop.time() + pause
        return jpeg

    # Keeping

    @callback
    def _keep(self, key: str, jpeg: bytes) -> None:
        if self._stop.is_set():
            # Its entry is gone, and its folder with it.
            return
        self._pictures[key] = Picture(jpeg, dt_util.utcnow())
        self._unsaved.add(key)
        if self._cancel_save is None:
            self._cancel_save = async_call_later(self._hass, _SAVE_DELAY, self._async_save)
        if (listener := self._listeners.get(key)) is not None:
            listener()

    async def _async_save(self, _: datetime | None = None) -> None:
        if self._cancel_save is not None:
            self._cancel_save()
            self._cancel_save = None
        unsaved, self._unsaved = self._unsaved, set()
        try:
            for key in unsaved:
                await self._hass.async_add_executor_job(self._store.save, key, self._pictures[key])
        except OSError as err:
            LOGGER.warning("The last pictures of cameras could not be kept: %s", err)


def _is_enough(units: list[AccessUnit]) -> bool:
    """Return whether a picture can be made of some access units, or no more may be kept."""
    return (
        not 0 <= units[-1].time - units[0].time < _SPAN
        or len(units) >= MAX_FRAMES
        or sum(len(unit.data) for unit in units) > MAX_UNITS_SIZE
    )


def _last_segment(stream: Stream | None) -> bytes | None:
    """Return the last few seconds of what Home Assistant plays, as MP4."""
    output = stream.outputs().get(HLS_PROVIDER) if stream and stream.available else None
    segments = [each for each in output.get_segments() if each.complete] if output else []
    return segments[-1].init + segments[-1].get_data() if segments else None
