"""Live views over WebRTC: directly from MediaMTX, or from another provider such as go2rtc."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from datetime import datetime
from statistics import median
from typing import Protocol, cast, override

from homeassistant.components.camera import Camera as CameraEntity
from homeassistant.components.camera.webrtc import CameraWebRTCProvider, WebRTCSendMessage
from homeassistant.components.websocket_api import ActiveConnection, current_connection
from homeassistant.core import CALLBACK_TYPE, Event, callback
from homeassistant.exceptions import HomeAssistantError
from webrtc_models import RTCIceCandidateInit, RTCIceServer

from .client import Candidate, NestMTXError, ice_servers
from .const import DOMAIN, LOGGER
from .coordinator import NestMTXCoordinator
from .device_key import SERVER_KEY
from .listeners import CONNECTED, ListenerScope
from .live_view import LivePhase, LiveView

MAX_VIEWS = 16
"""Live views of one camera, as browsers offer again without closing the previous view."""
MAX_CLOSING = 16
"""Views closed before their answer, which still wait for it."""
MAX_CANDIDATES = 64
"""Candidates queued while the camera is woken."""
MAX_MID_LENGTH = 3
"""Digits of a media index: browsers number the two or three media of an offer from 0."""
MAX_START_TIMES = 5
"""Starts of a camera from which the next one is estimated."""
_PAIR = 1.0
"""Seconds within which a page requests both HLS and WebRTC of a camera."""
_OFFER = 0.3
"""Seconds to wait for a page's WebRTC offer after its request for HLS."""
_EXPECTED_OFFER = 3.0
"""The same for a page that has requested the client configuration, as it may be far away."""
_LOOK = 0.05
_WITHOUT_WEBRTC = 300.0
"""Seconds during which a page whose WebRTC did not connect gets HLS without waiting."""
_CLOSE_TIMEOUT = 0.4
"""Seconds to close all live views together. MediaMTX also ends those that are not closed."""


class WhepCamera(Protocol):
    """The part of our camera entity that WhepProvider uses."""

    @property
    def key(self) -> str:
        """The key of the camera."""

    @property
    def whep_url(self) -> str | None:
        """The WHEP endpoint of the camera's stream."""


class WhepProvider(CameraWebRTCProvider):
    """Signals live views with MediaMTX; one provider for all cameras of an entry.

    It is not registered with Home Assistant, which would offer it for other cameras, but chosen by
    the camera entities.
    """

    def __init__(self, coordinator: NestMTXCoordinator) -> None:
        """Start without views."""
        self.ice_servers: list[RTCIceServer] = []
        self._coordinator = coordinator
        self._views: dict[str, LiveView] = {}
        self._closing: dict[asyncio.Task[None], LiveView] = {}
        self._followers: dict[str, CALLBACK_TYPE] = {}
        self._start_times: defaultdict[str, deque[float]] = defaultdict(
            lambda: deque(maxlen=MAX_START_TIMES)
        )
        self._without_webrtc: dict[str, float] = {}
        """Until when pages, by refresh token, get HLS without waiting for WebRTC."""
        self._expected: dict[str, tuple[ActiveConnection | None, float]] = {}
        """The last page that requested the client configuration of a camera, and when."""
        coordinator.async_add_goodbye(self.async_stop)
        connected = ListenerScope(SERVER_KEY, frozenset({CONNECTED}))
        coordinator.config_entry.async_on_unload(
            coordinator.async_add_listener(self._count_views, connected)
        )
        self._knows_ice_servers = False

    @property
    @override
    def domain(self) -> str:
        """The integration's domain."""
        return DOMAIN

    @callback
    @override
    def async_is_supported(self, stream_source: str) -> bool:
        """Return false, as only our camera entities choose this provider."""
        return False

    @override
    async def async_handle_async_webrtc_offer(
        self, camera: CameraEntity, offer_sdp: str, session_id: str, send_message: WebRTCSendMessage
    ) -> None:
        """Open a live view; the answer or an error follows by message."""
        key, url = _whep_camera(camera).key, _whep_camera(camera).whep_url
        if url is None:
            raise HomeAssistantError(translation_domain=DOMAIN, translation_key="no_stream")
        for forgotten in self._sessions(key)[: 1 - MAX_VIEWS]:
            self.async_close_session(forgotten)
        for former in self._sessions(key):
            if self._views[former].is_of_same_player(offer_sdp):
                self.async_close_session(former)
        self._views[session_id] = view = LiveView(
            self._coordinator, key, url, offer_sdp, send_message, self._handle_phase
        )
        view.begin()
        self._handle_phase(view)

    @override
    async def async_on_webrtc_candidate(
        self, session_id: str, candidate: RTCIceCandidateInit
    ) -> None:
        """Forward a candidate; ignore it if the view has ended."""
        if view := self._views.get(session_id):
            await view.whep.add_candidate(Candidate(candidate.candidate, _media(candidate)))

    @callback
    @override
    def async_close_session(self, session_id: str) -> None:
        """Close a live view."""
        if view := self._views.pop(session_id, None):
            # In the background, as Home Assistant's stop waits for other tasks.
            task = self._coordinator.hass.async_create_background_task(
                view.close(), f"{DOMAIN} end of a live view"
            )
            while len(self._closing) >= MAX_CLOSING:
                self._closing.pop(next(iter(self._closing))).abandon()
            self._closing[task] = view
            task.add_done_callback(lambda task: self._closing.pop(task, None))
            self._call_follower(view.key)

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
        """Close the live views of a camera without waiting.

        Home Assistant removes cameras one after another; `async_stop` waits for all together.
        """
        for session_id in self._sessions(key):
            self.async_close_session(session_id)

    # Views as shown by the camera entity

    @callback
    def async_follow(self, key: str, follower: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call `follower` on changes of `view_of`, until the returned function is called."""
        self._followers[key] = follower
        return lambda: self._followers.pop(key, None) and None

    def view_of(self, key: str) -> LiveView | None:
        """Return a camera's latest live view that has not ended."""
        views = (self._views[session_id] for session_id in reversed(self._sessions(key)))
        return next((view for view in views if not view.is_over), None)

    def usual_start(self, key: str) -> float | None:
        """Return the median seconds from opening a view to its video, for a sleeping camera."""
        start_times = self._start_times.get(key)
        return median(start_times) if start_times else None

    @callback
    def async_picture_taken(self, key: str, taken: datetime) -> None:
        """Handle a key frame in the stream of a camera."""
        for session_id in self._sessions(key):
            self._views[session_id].saw_picture(taken)

    @callback
    def _count_views(self) -> None:
        """Count all views again after a new connection, with which the counts start over."""
        for view in self._views.values():
            if self._coordinator.connected and not view.is_over:
                view.count()

    @callback
    def _handle_phase(self, view: LiveView) -> None:
        if view.phase is LivePhase.LIVE and view.was_asleep and not view.is_over:
            self._start_times[view.key].append(self._now - view.began_at)
        self._call_follower(view.key)

    def _call_follower(self, key: str) -> None:
        if (follower := self._followers.get(key)) is not None:
            follower()

    # One viewer, one reader

    async def async_plays(self, key: str) -> bool:
        """Return whether the page that requests HLS of a camera receives WebRTC.

        A page requests both at once, and drops HLS when WebRTC plays. Raises HomeAssistantError if
        the camera can be shown by neither.
        """
        page = current_connection.get()
        if page is None or self._now < self._without_webrtc.get(_browser(page), 0.0):
            return False
        view = await self._offered(key, page)
        if view is None:
            return False
        await asyncio.wait({view.connected})
        connected = view.connected.result()
        if connected:
            self._without_webrtc.pop(_browser(page), None)
        elif view.was_unreached:
            self._without_webrtc = {
                browser: until
                for browser, until in self._without_webrtc.items()
                if until > self._now
            } | {_browser(page): self._now + _WITHOUT_WEBRTC}
        return connected

    @callback
    def async_expect_offer(self, key: str) -> None:
        """Note that a page has requested the client configuration: its offer follows."""
        self._expected[key] = current_connection.get(), self._now

    async def _offered(self, key: str, page: ActiveConnection) -> LiveView | None:
        """Return the view that a page opens, after waiting for its offer if necessary."""
        begun = self._now
        while (view := self._opening(key, page)) is None:
            asker, asked_at = self._expected.get(key, (None, 0.0))
            is_expected = asker is page and begun - asked_at < _PAIR
            if self._now - begun >= (_EXPECTED_OFFER if is_expected else _OFFER):
                return None
            await asyncio.sleep(_LOOK)
        return view

    def _opening(self, key: str, page: ActiveConnection) -> LiveView | None:
        """Return the view that a page has just opened, and may have closed since."""
        return next(
            (
                view
                for view in (*reversed(self._views.values()), *self._closing.values())
                if (view.key, view.page) == (key, page) and self._now - view.began_at < _PAIR
            ),
            None,
        )

    async def async_stop(self, _: Event | None = None) -> None:
        """Close all live views, and wait briefly for that."""
        for session_id in tuple(self._views):
            self.async_close_session(session_id)
        if self._closing:
            await asyncio.wait(set(self._closing), timeout=_CLOSE_TIMEOUT)
        for late in tuple(self._closing):
            late.cancel()

    @property
    def _now(self) -> float:
        return self._coordinator.hass.loop.time()

    def _sessions(self, key: str) -> list[str]:
        """Return the ids of a camera's views, oldest first."""
        return [session_id for session_id, view in self._views.items() if view.key == key]

    async def _async_fetch_ice_servers(self, url: str) -> None:
        try:
            servers = await ice_servers(self._coordinator.http, url)
        except NestMTXError as err:
            LOGGER.debug("Failed to get MediaMTX's ICE servers: %s", err)
            self._knows_ice_servers = False
            return
        self.ice_servers = [
            RTCIceServer(server.url, server.username, server.credential) for server in servers
        ]


class WakeFirstProvider(CameraWebRTCProvider):
    """Wakes a camera before another provider, such as go2rtc, opens its stream.

    The provider waits five seconds for a stream, which is too short for a camera to wake up.
    """

    def __init__(
        self, provider: CameraWebRTCProvider, start: Callable[[], Awaitable[None]]
    ) -> None:
        """Wrap a provider; `start` waits until the camera streams, and raises if it does not."""
        self.provider = provider
        self._start = start
        self._starts: dict[str, asyncio.Future[None]] = {}
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
        """Wake the camera and forward the offer, unless the view has been closed."""
        self._waiting[session_id] = []
        start = self._starts[session_id] = asyncio.ensure_future(self._start())
        try:
            await asyncio.wait({start})
        finally:
            start.cancel()
            del self._starts[session_id]
            candidates = self._waiting.pop(session_id, None)
        if candidates is None:
            return
        await start
        await self.provider.async_handle_async_webrtc_offer(
            camera, offer_sdp, session_id, send_message
        )
        for candidate in candidates:
            await self.provider.async_on_webrtc_candidate(session_id, candidate)

    @override
    async def async_on_webrtc_candidate(
        self, session_id: str, candidate: RTCIceCandidateInit
    ) -> None:
        """Forward a candidate after the offer."""
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
        if (start := self._starts.get(session_id)) is not None:
            # The view no longer needs the camera.
            start.cancel()
        self.provider.async_close_session(session_id)

    @override
    async def async_get_image(
        self, camera: CameraEntity, width: int | None = None, height: int | None = None
    ) -> bytes | None:
        """Return None, as the provider would wake the camera."""
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


def _browser(page: ActiveConnection) -> str:
    """Return the id of a page's browser, which stays the same when the page is reloaded."""
    return page.refresh_token_id or page.user.id


def _whep_camera(camera: CameraEntity) -> WhepCamera:
    """Cast a camera entity, as only our own choose WhepProvider."""
    return cast("WhepCamera", camera)


def _media(candidate: RTCIceCandidateInit) -> int:
    """Return the index of the media section that a candidate belongs to."""
    if candidate.sdp_m_line_index is not None:
        return candidate.sdp_m_line_index
    mid = candidate.sdp_mid or ""
    return int(mid) if mid.isdecimal() and len(mid) <= MAX_MID_LENGTH else 0
