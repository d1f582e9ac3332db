"""Live views over WebRTC: straight from MediaMTX, or by another provider such as go2rtc."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol, cast, override

from homeassistant.components.camera import Camera as CameraEntity
from homeassistant.components.camera.webrtc import (
    CameraWebRTCProvider,
    WebRTCAnswer,
    WebRTCError,
    WebRTCSendMessage,
)
from homeassistant.core import Event, callback
from homeassistant.exceptions import HomeAssistantError
from webrtc_models import RTCIceCandidateInit, RTCIceServer

from .client import Candidate, NestMTXError, SignalingError, WhepSession, ice_servers
from .const import DOMAIN, LOGGER
from .coordinator import NestMTXCoordinator

MAX_VIEWS = 16
"""Live views of one camera: browsers offer again, and forget what they had."""
MAX_CANDIDATES = 64
"""Candidates that wait while the camera is woken."""
MAX_MID_LENGTH = 3
"""Digits that number a medium of an offer: browsers count from 0, and offer two or three."""
_AGAIN = 1.0
"""Seconds before an offer is made again, while the camera is still being started."""
_CLOSE_TIMEOUT = 0.4
"""Seconds for all live views together. MediaMTX also ends those that say no goodbye."""


class WhepCamera(Protocol):
    """What this module needs of a camera entity that WhepProvider plays."""

    @property
    def key(self) -> str:
        """What identifies the camera."""

    @property
    def whep_url(self) -> str | None:
        """The WHEP endpoint of the camera's stream."""


class LiveView:
    """One browser's session, from its offer on; it ends by `close`."""

    def __init__(
        self, coordinator: NestMTXCoordinator, key: str, url: str, send: WebRTCSendMessage
    ) -> None:
        """Nothing is sent yet."""
        self.key = key
        self.whep = WhepSession(coordinator.http, url)
        self._coordinator = coordinator
        self._send = send
        self._task: asyncio.Task[None] | None = None
        self._is_checked = False

    def begin(self, offer: str) -> None:
        """Answer the browser's offer as soon as there is an answer."""
        self._task = self._coordinator.config_entry.async_create_background_task(
            self._coordinator.hass, self._run(offer), f"{DOMAIN} live view"
        )

    async def close(self) -> None:
        """End the session at MediaMTX, whatever its state."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
        await self.whep.close()

    async def check(self) -> None:
        """Send an error when the session is over: the browser would go on to show a still."""
        if self._is_checked:
            # One check at a time: a camera may flap faster than MediaMTX answers.
            return
        self._is_checked = True
        try:
            has_ended = await self.whep.has_ended()
        finally:
            self._is_checked = False
        if has_ended:
            ended = HomeAssistantError(translation_domain=DOMAIN, translation_key="stream_ended")
            self._send(WebRTCError("webrtc_offer_failed", str(ended)))

    async def _run(self, offer: str) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                start = group.create_task(self._coordinator.async_start_stream(self.key))
                group.create_task(self._answer(offer, start))
        except* HomeAssistantError as errors:
            reason = str(errors.exceptions[0])
            LOGGER.debug("A live view failed: %s", reason)
            self._send(WebRTCError("webrtc_offer_failed", reason))
            await self.whep.close()

    async def _answer(self, offer: str, start: asyncio.Task[None]) -> None:
        """Offer: MediaMTX holds that, too, while the camera starts."""
        with self._coordinator.translated(self._coordinator.video_host):
            while True:
                has_started = start.done()
                try:
                    answer = await self.whep.offer(offer)
                except SignalingError:
                    if has_started:
                        raise
                    await asyncio.wait({start}, timeout=_AGAIN)
                else:
                    break
        self._send(WebRTCAnswer(answer))
        await self.whep.add_waiting()


class WhepProvider(CameraWebRTCProvider):
    """Signals live views with MediaMTX; one for all cameras of an entry.

    It is not registered with Home Assistant, which would offer it for other cameras: a camera
    chooses it by itself.
    """

    def __init__(self, coordinator: NestMTXCoordinator) -> None:
        """There are no views yet."""
        self.ice_servers: list[RTCIceServer] = []
        self._coordinator = coordinator
        self._views: dict[str, LiveView] = {}
        self._closing: set[asyncio.Task[None]] = set()
        coordinator.async_add_goodbye(self.async_stop)
        self._knows_ice_servers = False

    @property
    @override
    def domain(self) -> str:
        """The integration's domain."""
        return DOMAIN

    @callback
    @override
    def async_is_supported(self, stream_source: str) -> bool:
        """Return false: cameras choose this provider by themselves."""
        return False

    @override
    async def async_handle_async_webrtc_offer(
        self, camera: CameraEntity, offer_sdp: str, session_id: str, send_message: WebRTCSendMessage
    ) -> None:
        """Open a live view; the answer, or what went wrong, follows by message."""
        key, url = _whep_camera(camera).key, _whep_camera(camera).whep_url
        if url is None:
            raise HomeAssistantError(translation_domain=DOMAIN, translation_key="no_stream")
        for forgotten in self._sessions(key)[: 1 - MAX_VIEWS]:
            self.async_close_session(forgotten)
        view = self._views[session_id] = LiveView(self._coordinator, key, url, send_message)
        view.begin(offer_sdp)

    @override
    async def async_on_webrtc_candidate(
        self, session_id: str, candidate: RTCIceCandidateInit
    ) -> None:
        """Pass a candidate on; of a view that has ended, it is of no use."""
        if view := self._views.get(session_id):
            await view.whep.add_candidate(Candidate(candidate.candidate, _media(candidate)))

    @callback
    @override
    def async_close_session(self, session_id: str) -> None:
        """Close a live view."""
        if view := self._views.pop(session_id, None):
            # Home Assistant's stop waits for a task that is not in the background.
            task = self._coordinator.hass.async_create_background_task(
                view.close(), f"{DOMAIN} end of a live view"
            )
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    @override
    async def async_register_camera(self, camera: CameraEntity) -> None:
        """Fetch the ICE servers, which are the same for all cameras."""
        url = _whep_camera(camera).whep_url
        if self._knows_ice_servers or url is None:
            return
        self._knows_ice_servers = True
        self._coordinator.config_entry.async_create_background_task(
            self._coordinator.hass, self._async_fetch_ice_servers(url), f"{DOMAIN} ICE servers"
        )

    @override
    async def async_unregister_camera(self, camera: CameraEntity) -> None:
        """Close the live views of a camera."""
        self.async_close_views(_whep_camera(camera).key)

    @callback
    def async_close_views(self, key: str) -> None:
        """Close the live views of a camera, without waiting for that.

        Home Assistant removes one camera after the other: `async_stop` waits for all together.
        """
        for session_id in self._sessions(key):
            self.async_close_session(session_id)

    @callback
    def async_check_views(self, key: str) -> None:
        """Find out which live views of a camera have ended, and send errors to their browsers."""
        for session_id in self._sessions(key):
            self._coordinator.config_entry.async_create_background_task(
                self._coordinator.hass, self._views[session_id].check(), f"{DOMAIN} live view"
            )

    async def async_stop(self, _: Event | None = None) -> None:
        """Close all live views, and wait for it for a moment."""
        for session_id in tuple(self._views):
            self.async_close_session(session_id)
        if self._closing:
            await asyncio.wait(set(self._closing), timeout=_CLOSE_TIMEOUT)
        for late in self._closing:
            late.cancel()

    def _sessions(self, key: str) -> list[str]:
        """Return the ids of a camera's views, the oldest first."""
        return [session_id for session_id, view in self._views.items() if view.key == key]

    async def _async_fetch_ice_servers(self, url: str) -> None:
        try:
            servers = await ice_servers(self._coordinator.http, url)
        except NestMTXError as err:
            LOGGER.debug("MediaMTX does not name its ICE servers: %s", err)
            self._knows_ice_servers = False
            return
        self.ice_servers = [
            RTCIceServer(server.url, server.username, server.credential) for server in servers
        ]


class WakeFirstProvider(CameraWebRTCProvider):
    """Wakes a camera before another provider, such as go2rtc, opens its stream.

    That one gives a stream five seconds, in which no camera wakes up.
    """

    def __init__(
        self, provider: CameraWebRTCProvider, start: Callable[[], Awaitable[None]]
    ) -> None:
        """Wrap a provider; `start` waits until the camera streams, and raises if it does not."""
        self.provider = provider
        self._start = start
        self._waiting: dict[str, list[RTCIceCandidateInit]] = {}

    @property
    @override
    def domain(self) -> str:
        """The domain of the wrapped provider."""
        return self.provider.domain

    @callback
    @override
    def async_is_supported(self, stream_source: str) -> bool:
        """Forward to the wrapped provider."""
        return self.provider.async_is_supported(stream_source)

    @override
    async def async_handle_async_webrtc_offer(
        self, camera: CameraEntity, offer_sdp: str, session_id: str, send_message: WebRTCSendMessage
    ) -> None:
        """Wake the camera and forward the offer, unless the view was closed meanwhile."""
        self._waiting[session_id] = []
        try:
            await self._start()
        finally:
            candidates = self._waiting.pop(session_id, None)
        if candidates is None:
            return
        await self.provider.async_handle_async_webrtc_offer(
            camera, offer_sdp, session_id, send_message
        )
        for candidate in candidates:
            await self.provider.async_on_webrtc_candidate(session_id, candidate)

    @override
    async def async_on_webrtc_candidate(
        self, session_id: str, candidate: RTCIceCandidateInit
    ) -> None:
        """Forward a candidate, after the offer."""
        waiting = self._waiting.get(session_id)
        if waiting is None:
            await self.provider.async_on_webrtc_candidate(session_id, candidate)
        elif len(waiting) < MAX_CANDIDATES:
            waiting.append(candidate)

    @callback
    @override
    def async_close_session(self, session_id: str) -> None:
        """Close a live view."""
        self._waiting.pop(session_id, None)
        self.provider.async_close_session(session_id)

    @override
    async def async_get_image(
        self, camera: CameraEntity, width: int | None = None, height: int | None = None
    ) -> bytes | None:
        """Return none: the provider would wake the camera."""
        return None

    @override
    async def async_register_camera(self, camera: CameraEntity) -> None:
        """Forward to the wrapped provider."""
        await self.provider.async_register_camera(camera)

    @override
    async def async_unregister_camera(self, camera: CameraEntity) -> None:
        """Forward to the wrapped provider."""
        await self.provider.async_unregister_camera(camera)

    @override
    async def async_on_camera_prefs_update(self, camera: CameraEntity) -> None:
        """Forward to the wrapped provider."""
        await self.provider.async_on_camera_prefs_update(camera)


def _whep_camera(camera: CameraEntity) -> WhepCamera:
    """Return a camera as what it is: only ours choose WhepProvider."""
    return cast("WhepCamera", camera)


def _media(candidate: RTCIceCandidateInit) -> int:
    """Return which of the offer's media a candidate belongs to."""
    if candidate.sdp_m_line_index is not None:
        return candidate.sdp_m_line_index
    mid = candidate.sdp_mid or ""
    return int(mid) if mid.isdecimal() and len(mid) <= MAX_MID_LENGTH else 0
