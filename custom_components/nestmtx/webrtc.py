"""Live views over WebRTC: straight from MediaMTX, or by another provider such as go2rtc."""

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
from .coordinator import CONNECTED, ListenerScope, NestMTXCoordinator
from .device_key import SERVER_KEY
from .live_view import LivePhase, LiveView

MAX_VIEWS = 16
"""Live views of one camera: browsers offer again, and forget what they had."""
MAX_CLOSING = 16
"""Views that were closed before their answer, and still wait for it."""
MAX_CANDIDATES = 64
"""Candidates that wait while the camera is woken."""
MAX_MID_LENGTH = 3
"""Digits that number a medium of an offer: browsers count from 0, and offer two or three."""
MAX_START_TIMES = 5
"""Starts of a camera that the next one is estimated by."""
_PAIR = 1.0
"""Seconds within which a page requests both kinds of stream of a camera that it opens."""
_OFFER = 0.3
"""Seconds for which a page's offer is waited for after its request for the other kind of stream."""
_EXPECTED_OFFER = 3.0
"""Seconds for that of a page that has asked how to connect: it may be far away."""
_LOOK = 0.05
_WITHOUT_WEBRTC = 300.0
"""Seconds for which a page is not kept waiting again whose WebRTC did not connect."""
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
        self._closing: dict[asyncio.Task[None], LiveView] = {}
        self._followers: dict[str, CALLBACK_TYPE] = {}
        self._start_times: defaultdict[str, deque[float]] = defaultdict(
            lambda: deque(maxlen=MAX_START_TIMES)
        )
        self._without_webrtc: dict[str, float] = {}
        """Until when pages, by their refresh token, are not kept waiting for WebRTC."""
        self._expected: dict[str, tuple[ActiveConnection | None, float]] = {}
        """Which page has asked last how to connect to a camera, and when."""
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
        """Close the live views of a camera, without waiting for that.

        Home Assistant removes one camera after the other: `async_stop` waits for all together.
        """
        for session_id in self._sessions(key):
            self.async_close_session(session_id)

    # What the camera shows of its views

    @callback
    def async_follow(self, key: str, follower: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call when `view_of` returns something else, until the returned function is called."""
        self._followers[key] = follower
        return lambda: self._followers.pop(key, None) and None

    def view_of(self, key: str) -> LiveView | None:
        """Return the latest live view of a camera that is not over."""
        views = (self._views[session_id] for session_id in reversed(self._sessions(key)))
        return next((view for view in views if not view.is_over), None)

    def usual_start(self, key: str) -> float | None:
        """Return how many seconds it took a sleeping camera the last times to be seen."""
        start_times = self._start_times.get(key)
        return median(start_times) if start_times else None

    @callback
    def async_picture_taken(self, key: str, taken: datetime) -> None:
        """Note when the stream of a camera had a key frame."""
        for session_id in self._sessions(key):
            self._views[session_id].saw_picture(taken)

    @callback
    def _count_views(self) -> None:
        """Count all views again with a new connection: nothing is known of them then."""
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
        """Return whether the page that requests a stream of a camera receives it over WebRTC.

        A page requests both kinds of stream at once, and drops the other one when WebRTC plays.
        Raises HomeAssistantError where the camera cannot be shown either way.
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
        """Note that a page has asked how to connect to a camera: its offer follows."""
        self._expected[key] = current_connection.get(), self._now

    async def _offered(self, key: str, page: ActiveConnection) -> LiveView | None:
        """Return the view that a page opens, for which its offer may still be on its way."""
        begun = self._now
        while (view := self._opening(key, page)) is None:
            asker, asked_at = self._expected.get(key, (None, 0.0))
            is_expected = asker is page and begun - asked_at < _PAIR
            if self._now - begun >= (_EXPECTED_OFFER if is_expected else _OFFER):
                return None
            await asyncio.sleep(_LOOK)
        return view

    def _opening(self, key: str, page: ActiveConnection) -> LiveView | None:
        """Return the view that a page has begun to open just now, and may have closed since."""
        return next(
            (
                view
                for view in (*reversed(self._views.values()), *self._closing.values())
                if (view.key, view.page) == (key, page) and self._now - view.began_at < _PAIR
            ),
            None,
        )

    async def async_stop(self, _: Event | None = None) -> None:
        """Close all live views, and wait for it for a moment."""
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
        """Wake the camera and forward the offer, unless the view was closed meanwhile."""
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
        if (start := self._starts.get(session_id)) is not None:
            # Nobody waits for the camera any more.
            start.cancel()
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


def _browser(page: ActiveConnection) -> str:
    """Return what identifies the browser of a page: the same after it was loaded again."""
    return page.refresh_token_id or page.user.id


def _whep_camera(camera: CameraEntity) -> WhepCamera:
    """Return a camera as what it is: only ours choose WhepProvider."""
    return cast("WhepCamera", camera)


def _media(candidate: RTCIceCandidateInit) -> int:
    """Return which of the offer's media a candidate belongs to."""
    if candidate.sdp_m_line_index is not None:
        return candidate.sdp_m_line_index
    mid = candidate.sdp_mid or ""
    return int(mid) if mid.isdecimal() and len(mid) <= MAX_MID_LENGTH else 0
