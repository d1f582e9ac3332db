"""Snapshots that never wake a camera or keep it awake.

Dashboards request a picture every ten seconds. Each request is answered at once with the last
picture. New pictures come from running streams: while a camera has a viewer or streams all the
time, one reader makes pictures of each key frame and the frames that follow. The reader ends with
the last viewer, and its last frame becomes the picture of the sleeping camera.
"""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import partial
from threading import Event
from typing import Final, Protocol

from homeassistant.components.camera import get_dynamic_camera_stream_settings
from homeassistant.components.stream import Stream
from homeassistant.core import CALLBACK_TYPE, Event as HomeAssistantEvent, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from .album import Album
from .client import MAX_GAP, Budget, Camera, GroupOfPictures, NestMTXError
from .const import CONF_STILLS, DOMAIN, LOGGER
from .coordinator import NestMTXCoordinator
from .device_key import SERVER_KEY, DeviceKey
from .frames import Pixels, Shot, last_segment, shot_of_segment, shot_of_units, turned
from .keep_awake import KeepAwake
from .listeners import CONNECTED, ListenerScope
from .picture_store import Picture, picture_store_of


class StillsPolicy(StrEnum):
    """The source of new pictures, besides those taken on request."""

    RUNNING = "running"
    """Running streams: cameras that are watched, persistent, or kept awake."""
    OWN_VIEW = "own_view"
    """Streams that Home Assistant itself plays; nothing is read from the server for a picture."""
    ON_REQUEST = "on_request"
    """No other source."""


INTERVAL: Final = timedelta(seconds=12)
"""The least time between two pictures of a camera. As key frames come at least every 25 s, no
picture gets older than that while the camera is watched."""
MAX_TAKE_TIME: Final = 30.0
"""Seconds for a picture taken on request, as a key frame comes every 25 s."""
MAX_DECODERS: Final = 1
"""Pictures decoded at the same time, so that no server keeps all cores busy."""
_TRY_AGAIN: Final = 1.5
"""Seconds after video that may be a "connecting" picture, before it is decoded again."""
_READ_AGAIN: Final = 10.0
"""Seconds before a stream that broke off is read again."""

_READER_FIELDS: Final = frozenset(
    {"authorized_until", "extension_failed", "is_enabled", "is_persistent", "ready", "watched"}
)
"""The fields of a camera that decide whether its stream is read."""


def has_video(camera: Camera) -> bool:
    """Return whether a camera streams video, according to the server.

    The authorization's end is ignored, as the server's clock or ours may be wrong.
    """
    return camera.ready and camera.shows_video and camera.is_enabled


def runs_anyhow(camera: Camera) -> bool:
    """Return whether reading a camera neither wakes it nor keeps it awake."""
    return camera.watched or (camera.is_persistent and camera.is_enabled)


class PictureListener(Protocol):
    """A callback for new pictures of a camera."""

    def __call__(self, picture: Picture, *, is_final: bool) -> None:
        """Handle a picture; it `is_final` if taken on request, or if it's the stream's last one."""


@dataclass(frozen=True, slots=True, eq=False)
class _Taker:
    """A request for a picture no older than `asked_at`, by the loop's clock."""

    asked_at: float
    picture: asyncio.Future[Picture]


class Stills:
    """The last picture of each camera of an entry, and the readers that make new ones."""

    def __init__(self, coordinator: NestMTXCoordinator, keep_awake: KeepAwake) -> None:
        """Start without pictures."""
        self._coordinator = coordinator
        self._keep_awake = keep_awake
        self._hass = coordinator.hass
        entry = coordinator.config_entry
        self._policy = StillsPolicy(entry.options.get(CONF_STILLS, StillsPolicy.RUNNING))
        self._album = Album(self._hass, picture_store_of(self._hass, entry.entry_id))
        self._listeners: dict[str, list[PictureListener]] = {}
        self._takers: dict[str, set[_Taker]] = {}
        """Requests for a camera's next picture, for which its stream is read."""
        self._asked: set[str] = set()
        """The cameras whose next frame is to become a picture, even if one was just made."""
        self._readers: dict[str, asyncio.Task[None]] = {}
        self._groups: dict[str, GroupOfPictures] = {}
        """The latest frames of the streams being read."""
        self._budget = Budget()
        self._decodings: dict[str, asyncio.Task[None]] = {}
        self._due_at: dict[str, float] = {}
        """When each camera's next picture is due, by the loop's clock, which is monotonic."""
        self._decoders = asyncio.Semaphore(MAX_DECODERS)
        self._stop = Event()

    # For entities

    def last(self, key: str) -> Picture | None:
        """Return a camera's last picture."""
        return self._album.last(key)

    @callback
    def async_follow(self, key: str, listener: PictureListener) -> CALLBACK_TYPE:
        """Make new pictures of a camera, and call `listener` with each, until unsubscribed.

        A camera without listeners costs nothing.
        """
        self._listeners.setdefault(key, []).append(listener)
        update = partial(self._update_reader, key)
        unsubscribes = [
            self._coordinator.async_add_listener(update, scope)
            for scope in (
                ListenerScope(DeviceKey("camera", key), _READER_FIELDS),
                ListenerScope(SERVER_KEY, frozenset({CONNECTED})),
            )
        ]
        unsubscribes.append(self._keep_awake.async_follow(key, update))
        update()

        @callback
        def end() -> None:
            for unsubscribe in unsubscribes:
                unsubscribe()
            self._listeners[key].remove(listener)
            if not self._listeners[key]:
                del self._listeners[key]
            update()

        return end

    async def async_load(self, key: str) -> None:
        """Load a camera's picture from before the restart."""
        await self._album.async_load(key)

    async def async_tidy(self) -> None:
        """List the stored pictures, and remove those of cameras that are gone."""
        await self._album.async_tidy({camera.key for camera in self._coordinator.cameras})

    async def async_look_at(self, key: str, stream: Stream | None) -> None:
        """Make a picture of the stream that Home Assistant plays, if there is no other source.

        It is for the next request; this one is not delayed.
        """
        is_wanted = self._policy is not StillsPolicy.ON_REQUEST and key not in self._readers
        if not is_wanted or not self._may_decode(key):
            return
        segment, camera = last_segment(stream), self._known_camera(key)
        if segment is not None and camera is not None and has_video(camera):
            self._decode(key, partial(shot_of_segment, segment), self._hass.loop.time())

    def is_steady(self, key: str) -> bool:
        """Return whether a camera's stream certainly shows no "connecting" picture now."""
        group, now = self._groups.get(key), self._hass.loop.time()
        return group is not None and group.is_steady and now - group.received_at <= MAX_GAP

    async def async_take(self, key: str) -> Picture:
        """Wake a camera, take a new picture, and release it. Raises HomeAssistantError."""
        async with self._coordinator.async_hold_stream(key):
            try:
                async with asyncio.timeout(MAX_TAKE_TIME):
                    return await self._next_picture(key)
            except TimeoutError as err:
                raise _no_picture() from err

    async def async_stop(self, _: HomeAssistantEvent | None = None) -> None:
        """Stop taking pictures, and save the existing ones."""
        self._stop.set()
        for key in tuple(self._readers):
            self._end_reader(key)
        for taker in self._waiting(*self._takers):
            taker.picture.set_exception(_no_picture())
        await self._album.async_save()

    # Readers

    @callback
    def _update_reader(self, key: str) -> None:
        """Start or stop reading a camera's stream, by the camera's current state."""
        reader = self._readers.get(key)
        if not self._may_read(key):
            self._end_reader(key)
        elif reader is None or reader.done():
            entry = self._coordinator.config_entry
            self._readers[key] = entry.async_create_background_task(
                self._hass, self._read(key), f"{DOMAIN} snapshots"
            )

    def _end_reader(self, key: str) -> None:
        if (reader := self._readers.pop(key, None)) is not None:
            reader.cancel()

    def _may_read(self, key: str) -> bool:
        if self._stop.is_set():
            return False
        if key in self._takers:
            # The request keeps the camera awake.
            return True
        camera = self._known_camera(key)
        return (
            self._policy is StillsPolicy.RUNNING
            and key in self._listeners
            # Without the server's events, our own reader would count as a viewer.
            and self._coordinator.connected
            and camera is not None
            and (runs_anyhow(camera) or self._keep_awake.until(key) is not None)
            and has_video(camera)
        )

    def _known_camera(self, key: str) -> Camera | None:
        """Return a camera; None if its state isn't certain."""
        return self._coordinator.camera(key) if self._coordinator.last_update_success else None

    async def _read(self, key: str) -> None:
        """Make pictures of a camera's stream until cancelled."""
        while True:
            group = GroupOfPictures(self._budget)
            steady_since, received_at = self._hass.loop.time(), 0.0
            try:
                async with aclosing(self._coordinator.read_video(key)) as units:
                    async for unit in units:
                        former, received_at = received_at, self._hass.loop.time()
                        if received_at - former > MAX_GAP:
                            steady_since = received_at
                        if unit.is_key_frame:
                            group = self._next_group(key, group)
                        group.steady_since = steady_since
                        group.add(unit, received_at)
                        if group.is_ripe or (group.is_refined and self._is_asked(key)):
                            self._try_group(key, group)
            except NestMTXError as err:
                LOGGER.debug("The stream for snapshots has ended: %s", err)
            finally:
                # The connection is closed by now, so that decoding keeps nothing awake.
                self._finish(key, group)
            await asyncio.sleep(_READ_AGAIN)

    def _next_group(self, key: str, former: GroupOfPictures) -> GroupOfPictures:
        """Return a new group for a key frame, and try the previous one if it had been too short."""
        if not former.is_tried:
            self._try_group(key, former)
        former.clear()
        group = self._groups[key] = GroupOfPictures(self._budget)
        return group

    def _try_group(self, key: str, group: GroupOfPictures) -> None:
        """Make a picture of a group's newest frame, unless the group has one or none is due."""
        is_wanted = key in self._takers or not group.is_pictured
        if is_wanted and group.units and self._may_decode(key):
            self._decode_group(key, group)

    def _finish(self, key: str, group: GroupOfPictures) -> None:
        """Make a picture of the last frame, if the camera still has listeners."""
        if self._groups.get(key) is group:
            del self._groups[key]
        if group.units and key in self._listeners and not self._stop.is_set():
            decoding = self._decode_group(key, group, is_last=True)
            decoding.add_done_callback(lambda _: group.clear())
        else:
            group.clear()

    async def _next_picture(self, key: str) -> Picture:
        """Wait for a camera's next picture, which may be that of its next frame."""
        taker = _Taker(self._hass.loop.time(), self._hass.loop.create_future())
        takers = self._takers.setdefault(key, set())
        takers.add(taker)
        self._asked.add(key)
        self._update_reader(key)
        try:
            return await taker.picture
        finally:
            takers.discard(taker)
            if not takers:
                del self._takers[key]
                self._asked.discard(key)
            group = self._groups.get(key)
            if group is not None and taker.picture.done() and not self._may_read(key):
                # Its last frame would give the same picture again.
                group.clear()
            self._update_reader(key)

    def _is_asked(self, key: str) -> bool:
        """Return whether the next frame is to become a picture, once the decoder is free."""
        if key not in self._asked or not self._may_decode(key):
            return False
        self._asked.discard(key)
        return True

    def _waiting(self, *keys: str) -> list[_Taker]:
        """Return the pending requests for a picture of some cameras."""
        takers = (each for key in keys for each in self._takers.get(key, ()))
        return [each for each in takers if not each.picture.done()]

    # Decoding

    def _may_decode(self, key: str) -> bool:
        is_due = self._hass.loop.time() >= self._due_at.get(key, float("-inf"))
        return key not in self._decodings and (is_due or key in self._takers)

    def _decode_group(
        self, key: str, group: GroupOfPictures, *, is_last: bool = False
    ) -> asyncio.Task[None]:
        group.is_tried = True
        decode = partial(shot_of_units, tuple(group.units), is_certain=group.is_steady)

        def keep() -> None:
            group.is_pictured = True

        return self._decode(key, decode, group.received_at, keep, is_last=is_last)

    def _decode(
        self,
        key: str,
        decode: Callable[[Pixels | None, Event], Shot | None],
        received_at: float,
        kept: Callable[[], None] = lambda: None,
        *,
        is_last: bool = False,
    ) -> asyncio.Task[None]:
        """Start making a picture of some video, which is kept if it shows the camera's scene."""
        decoding = self._decodings[key] = (
            self._coordinator.config_entry.async_create_background_task(
                self._hass,
                self._develop(key, decode, received_at, kept, is_last=is_last),
                f"{DOMAIN} decoding",
            )
        )

        def end(_: object) -> None:
            if self._decodings.get(key) is decoding:
                del self._decodings[key]

        decoding.add_done_callback(end)
        return decoding

    async def _develop(
        self,
        key: str,
        decode: Callable[[Pixels | None, Event], Shot | None],
        received_at: float,
        kept: Callable[[], None],
        *,
        is_last: bool,
    ) -> None:
        taken = dt_util.utcnow() - timedelta(seconds=self._hass.loop.time() - received_at)
        async with self._decoders:
            former = self._album.look(key)
            shot = await self._hass.async_add_executor_job(decode, former, self._stop)
        pause = _TRY_AGAIN if shot is None else INTERVAL.total_seconds()
        self._due_at[key] = self._hass.loop.time() + pause
        # With the entry, its folder is removed.
        if shot is not None and not self._stop.is_set():
            kept()
            picture = self._album.async_keep(key, shot, taken)
            self._hand_out(key, picture, received_at, is_last=is_last)

    @callback
    def _hand_out(self, key: str, picture: Picture, received_at: float, *, is_last: bool) -> None:
        """Call a camera's listeners, and fulfil the requests from before the video was received."""
        takers = [each for each in self._waiting(key) if each.asked_at <= received_at]
        for listener in tuple(self._listeners.get(key, ())):
            listener(picture, is_final=is_last or bool(takers))
        for taker in takers:
            taker.picture.set_result(picture)


async def async_turned(hass: HomeAssistant, entity_id: str | None, picture: Picture) -> bytes:
    """Return a picture as JPEG, in the orientation set for the camera's entity."""
    if entity_id is None:
        return picture.jpeg
    settings = await get_dynamic_camera_stream_settings(hass, entity_id)
    return await hass.async_add_executor_job(turned, picture.jpeg, settings.orientation)


def _no_picture() -> HomeAssistantError:
    return HomeAssistantError(translation_domain=DOMAIN, translation_key="no_picture")
