"""Still pictures that never wake a camera, and never keep one awake.

Dashboards ask for a picture every ten seconds. A frame is taken only from a stream that is there
anyhow: one that somebody watches, or that runs all the time.
"""

import asyncio
from collections import defaultdict
from datetime import datetime, timedelta
from enum import StrEnum
import io
from pathlib import Path
from threading import Event
from typing import Final

from homeassistant.components.stream import HLS_PROVIDER, Stream
from homeassistant.core import CALLBACK_TYPE, Event as HomeAssistantEvent, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from .client import Camera, StreamUrls, stream_urls, tag_own_reader
from .const import CONF_STILLS, DOMAIN, LOGGER
from .coordinator import ListenerScope, NestMTXCoordinator
from .device_key import DeviceKey
from .frames import grab_frame
from .picture_store import Picture, PictureStore


class StillsPolicy(StrEnum):
    """Where new pictures come from, beside those that are taken on purpose."""

    RUNNING = "running"
    """Streams that run anyhow: what somebody watches, or what is persistent."""
    OWN_VIEW = "own_view"
    """What Home Assistant itself plays; nothing is read from the server for a picture."""
    ON_REQUEST = "on_request"
    """Nowhere else."""


INTERVAL: Final = timedelta(seconds=30)
"""A picture is new for so long; so long is waited after an attempt."""
_WAIT: Final = 5.0
"""Seconds for which somebody who asks waits for a new picture, before he gets the last one."""
MAX_GRAB_TIME: Final = 10.0
"""Seconds that it may take to get a frame."""
MAX_TAKE_TIME: Final = 20.0
"""The same, for a picture that is taken on purpose."""
MAX_GRABS: Final = 2
"""Frames that are grabbed at the same time."""
_SAVE_DELAY: Final = 300.0
"""Seconds from a new picture to its file: a memory card is not to be written all the time."""


def store_of(hass: HomeAssistant, entry_id: str) -> PictureStore:
    """Return where an entry's pictures are kept: in the cache, which is in no backup."""
    return PictureStore(Path(hass.config.cache_path(DOMAIN, entry_id)))


def has_video(camera: Camera, now: datetime) -> bool:
    """Return whether a camera streams video, and not a picture that says why there is none."""
    return camera.ready and camera.shows_video and not camera.lacks_authorization(now)


def still_source(camera: Camera, urls: StreamUrls, nonce: str) -> str | None:
    """Return what a frame may be taken from without waking the camera or keeping it awake."""
    if camera.is_persistent and camera.is_enabled and urls.source:
        return tag_own_reader(urls.source, nonce)
    # A reader of HLS keeps a stream for a minute after the viewer has gone.
    return tag_own_reader(urls.rtsp, nonce) if camera.watched and urls.rtsp else None


class Stills:
    """The last picture of each camera of an entry."""

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
        self._attempts: dict[str, float] = {}
        self._grabs: dict[str, asyncio.Task[None]] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._slots = asyncio.Semaphore(MAX_GRABS)
        self._listeners: dict[str, CALLBACK_TYPE] = {}

    @callback
    def async_add_listener(self, key: str, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call a listener for each new picture of a camera; returns what ends that."""
        self._listeners[key] = listener

        @callback
        def remove() -> None:
            if self._listeners.get(key) is listener:
                del self._listeners[key]

        return remove

    def last(self, key: str) -> Picture | None:
        """Return a camera's last picture."""
        return self._pictures.get(key)

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

    async def async_picture(self, key: str, stream: Stream | None) -> Picture | None:
        """Return a camera's picture: a new one where that costs the camera nothing.

        `stream` is what Home Assistant reads of the camera. Takes a few seconds at most.
        """
        last = self.last(key)
        if last is not None and dt_util.utcnow() - last.taken < INTERVAL:
            return last
        grab = self._grabs.get(key) or self._begin(key, stream)
        if grab is not None:
            await asyncio.wait({grab}, timeout=_WAIT)
        return self.last(key)

    async def async_take(self, key: str) -> None:
        """Wake a camera, take a picture, and let go. Raises HomeAssistantError."""
        async with self._coordinator.async_hold_stream(key):
            camera = self._coordinator.camera(key)
            url = self._urls(camera).source if camera is not None else None
            jpeg = None
            if url is not None:
                url = tag_own_reader(url, self._coordinator.data.nonce)
                async with self._locks[key], self._slots:
                    jpeg = await self._frame(url, Event(), MAX_TAKE_TIME)
        if jpeg is None:
            raise HomeAssistantError(translation_domain=DOMAIN, translation_key="no_picture")
        self._keep(key, jpeg)

    async def async_stop(self, _: HomeAssistantEvent | None = None) -> None:
        """Take no more pictures, and keep what there is."""
        for grab in self._grabs.values():
            grab.cancel()
        if self._cancel_save is not None:
            self._cancel_save()
        await self._async_save()

    def _urls(self, camera: Camera) -> StreamUrls:
        return stream_urls(camera, self._coordinator.video_host)

    def _camera_with_video(self, key: str) -> Camera | None:
        camera = self._coordinator.camera(key)
        if camera is None or not self._coordinator.last_update_success:
            return None
        return camera if has_video(camera, dt_util.utcnow()) else None

    def _still_source(self, key: str) -> str | None:
        camera = self._camera_with_video(key)
        if camera is None or self._policy is not StillsPolicy.RUNNING:
            return None
        return still_source(camera, self._urls(camera), self._coordinator.data.nonce)

    def _begin(self, key: str, stream: Stream | None) -> asyncio.Task[None] | None:
        """Begin to get a new picture, where it is time and the camera allows it."""
        if self._policy is StillsPolicy.ON_REQUEST:
            return None
        now = self._hass.loop.time()
        if now - self._attempts.get(key, float("-inf")) < INTERVAL.total_seconds():
            return None
        if stream is not None and not (stream.available and HLS_PROVIDER in stream.outputs()):
            stream = None
        if self._camera_with_video(key) is None or not (stream or self._still_source(key)):
            return None
        self._attempts[key] = now
        grab = self._grabs[key] = self._coordinator.config_entry.async_create_background_task(
            self._hass, self._grab(key, stream), f"{DOMAIN} still picture"
        )
        grab.add_done_callback(lambda _: self._grabs.pop(key, None))
        return grab

    async def _grab(self, key: str, stream: Stream | None) -> None:
        async with self._locks[key], self._slots:
            jpeg = None
            if stream is not None and (film := _last_segment(stream)) is not None:
                jpeg = await self._frame(io.BytesIO(film), Event(), MAX_GRAB_TIME)
            if jpeg is None and (url := self._still_source(key)):
                jpeg = await self._frame_while_allowed(key, url)
        if jpeg is not None:
            self._keep(key, jpeg)

    async def _frame_while_allowed(self, key: str, url: str) -> bytes | None:
        """Return a frame of a stream, unless nobody else reads it any more."""
        stop = Event()

        @callback
        def stop_when_alone() -> None:
            if self._still_source(key) is None:
                stop.set()

        end = self._coordinator.async_add_listener(
            stop_when_alone, ListenerScope(DeviceKey("camera", key))
        )
        try:
            return await self._frame(url, stop, MAX_GRAB_TIME)
        finally:
            end()

    async def _frame(self, source: str | io.BytesIO, stop: Event, longest: float) -> bytes | None:
        try:
            return await self._hass.async_add_executor_job(grab_frame, source, stop, longest)
        finally:
            stop.set()

    @callback
    def _keep(self, key: str, jpeg: bytes) -> None:
        self._pictures[key] = Picture(jpeg, dt_util.utcnow())
        self._unsaved.add(key)
        if self._cancel_save is None:
            self._cancel_save = async_call_later(self._hass, _SAVE_DELAY, self._async_save)
        if (listener := self._listeners.get(key)) is not None:
            listener()

    async def _async_save(self, _: datetime | None = None) -> None:
        self._cancel_save = None
        unsaved, self._unsaved = self._unsaved, set()
        try:
            for key in unsaved:
                await self._hass.async_add_executor_job(self._store.save, key, self._pictures[key])
        except OSError as err:
            LOGGER.warning("The last pictures of cameras could not be kept: %s", err)


def _last_segment(stream: Stream) -> bytes | None:
    """Return the last few seconds of what Home Assistant reads anyhow, as MP4."""
    output = stream.outputs().get(HLS_PROVIDER)
    segments = [each for each in output.get_segments() if each.complete] if output else []
    return segments[-1].init + segments[-1].get_data() if segments else None
