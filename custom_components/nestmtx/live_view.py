"""A live view over WebRTC: one browser's session with MediaMTX, from its offer to its end."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
import math
import re
from typing import Final

from homeassistant.components.camera.webrtc import WebRTCAnswer, WebRTCError, WebRTCSendMessage
from homeassistant.components.websocket_api import ActiveConnection, current_connection
from homeassistant.core import callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from .client import CannotConnect, Event, StartProblem, StreamNotStarted, WhepSession
from .const import DOMAIN, LOGGER
from .coordinator import NestMTXCoordinator
from .device_key import DeviceKey
from .errors import HOPELESS

MAX_FAILURES = 2
"""Consecutive checks without an answer, after which MediaMTX counts as gone."""
NOT_CONNECTED: Final = "view_not_connected"
STALLED: Final = "camera_stalls"
"""Also the code of a message that doesn't end the view, because the camera recovers within a
minute."""
_OF_THE_WAY: Final = frozenset(
    {
        NOT_CONNECTED,
        StartProblem.NO_SUCH_PATH,
        StartProblem.REFUSED,
        StartProblem.UNREACHABLE,
        "signaling_failed",
    }
)
"""Failures between MediaMTX and the browser, for which HLS may still work."""
_PEER_CONNECTION: Final = re.compile(r"^o=\S+ (\S+) ", re.MULTILINE)


class LivePhase(StrEnum):
    """The phase of a live view."""

    STARTING = "starting"
    """The camera is being started; there is no answer yet."""
    WAITING = "waiting"
    """The camera streams; the browser waits for the next key frame."""
    LIVE = "live"


def end_of_view(*, is_connected: bool, is_young: bool, was_asleep: bool) -> str:
    """Return the translation key of why MediaMTX ended a view of a camera that can stream.

    A stream that Google refuses ends shortly after it starts (`is_young`), with or without a `read`
    event.
    """
    if is_young and was_asleep:
        return StartProblem.FLAPPING.value
    return "stream_ended" if is_connected or is_young else NOT_CONNECTED


class LiveView:
    """One browser's view of a camera, ended by `close`.

    `connected` is done when it is known whether the browser receives the stream: true; false
    if only HLS may work; or a HomeAssistantError if neither would.
    """

    def __init__(
        self,
        coordinator: NestMTXCoordinator,
        key: str,
        url: str,
        offer: str,
        send: WebRTCSendMessage,
        changed: Callable[[LiveView], None],
    ) -> None:
        """Prepare the view; `changed` is called when the phase changes."""
        self.key = key
        self.page: ActiveConnection | None = current_connection.get()
        self.phase = LivePhase.STARTING
        self.phase_since: datetime = dt_util.utcnow()
        self.began_at = coordinator.hass.loop.time()
        camera = coordinator.camera(key)
        self.was_asleep = camera is not None and not camera.ready
        self.is_over = False
        self.is_verified = False
        """The stream, which began with this view, has shown video since before its first frame."""
        self.was_unreached = False
        """The offer was answered, but the browser did not connect."""
        self.connected: asyncio.Future[bool] = coordinator.hass.loop.create_future()
        self.whep = WhepSession(coordinator.http, url)
        self._coordinator = coordinator
        self._offer = offer
        self._send = send
        self._changed = changed
        self._is_silent = False
        self._video_since: float | None = None
        """When Google's authorization became known; infinite after the camera has stalled."""
        self._answered_at = 0.0
        self._is_closed = self._is_offered = False
        self._to_be_checked = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._unsubscribe = coordinator.async_add_event_listener(
            DeviceKey("camera", key), self._handle_event
        )

    def begin(self) -> None:
        """Start to answer the browser's offer, in a task."""
        self._task = self._coordinator.config_entry.async_create_background_task(
            self._coordinator.hass, self._run(), f"{DOMAIN} live view"
        )

    def is_of_same_player(self, offer: str) -> bool:
        """Return whether an offer is from the same player, which reconnects.

        An RTCPeerConnection keeps the session id of its offers (RFC 9429, section 5.2.2).
        """
        own, other = _PEER_CONNECTION.search(self._offer), _PEER_CONNECTION.search(offer)
        return own is not None and other is not None and own[1] == other[1]

    @callback
    def saw_picture(self, taken: datetime) -> None:
        """Handle a key frame; a browser that was connected at that time has received it."""
        if self.phase is LivePhase.WAITING and self._is_connected and taken > self.phase_since:
            self._enter(LivePhase.LIVE)

    def count(self) -> None:
        """Count the session as a viewer, if it has been answered."""
        if self.whep.is_open:
            self._coordinator.async_viewer_came(self.key, self.whep.reader_id, self.began_at)

    async def close(self) -> None:
        """End the session with MediaMTX, in any state.

        An offer cannot be withdrawn: MediaMTX would create a session that is never ended. So wait
        for the answer to a pending offer.
        """
        self._is_closed = True
        self._unsubscribe()
        # A page that has closed the view wants no HLS stream, either.
        self._refuse(_sentence("view_closed"))
        if self._task is not None:
            if self.whep.is_open or not self._is_offered:
                self._task.cancel()
            await asyncio.wait({self._task})
        await self._close_session()

    def abandon(self) -> None:
        """Stop waiting for the answer to an offer."""
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        try:
            with self._coordinator.translated(self._coordinator.video_host):
                await self._open()
                if not self._is_closed:
                    await self._watch()
        except HomeAssistantError as err:
            LOGGER.debug("A live view has ended: %s", err)
            self.was_unreached = err.translation_key == NOT_CONNECTED
            if err.translation_key not in _OF_THE_WAY:
                self._refuse(err)
            code = "cannot_start" if err.translation_key in HOPELESS else "webrtc_offer_failed"
            self._send(WebRTCError(code, str(err)))
            await self._close_session()
        finally:
            self.is_over = True
            self._decide(connected=False)
            self._changed(self)

    async def _open(self) -> None:
        """Send the offer, which MediaMTX holds until the camera streams, and forward the answer."""
        if error := self._coordinator.start_error(self.key):
            raise error
        await self._coordinator.async_wait_for_restart(self.key)
        self._is_offered = True
        try:
            answer = await self.whep.offer(self._offer)
        except CannotConnect as err:
            raise StreamNotStarted(StartProblem.UNREACHABLE) from err
        self.count()
        if self._is_closed:
            return
        self._answered_at = self._now
        self._enter(LivePhase.WAITING)
        self._send(WebRTCAnswer(answer))
        await self.whep.add_waiting()

    async def _watch(self) -> None:
        """Check periodically whether MediaMTX still has the session. Raises HomeAssistantError.

        The browser doesn't notice the session's end, and would show a frozen picture.
        """
        timings, failures = self._coordinator.timings, 0
        while True:
            await self._pause(timings.check_view / 3 if failures else timings.check_view)
            exists = await self.whep.exists()
            age = self._now - self._answered_at
            failures = failures + 1 if exists is None else 0
            if failures == MAX_FAILURES:
                raise _sentence(StartProblem.UNREACHABLE)
            if exists is False:
                if error := self._coordinator.start_error(self.key):
                    raise error
                reason = end_of_view(
                    is_connected=self._is_connected,
                    is_young=age < timings.refused_view,
                    was_asleep=self.was_asleep,
                )
                raise _sentence(reason)
            self._report_silence()
            self._verify()
            if age >= timings.connect_view:
                self._decide(connected=True)
            if age >= timings.first_picture and self._shows_video:
                self.saw_picture(dt_util.utcnow())

    def _report_silence(self) -> None:
        """Report once that the camera stalls; the session goes on without any other sign of it.

        Home Assistant's own player closes the view; the camera card waits.
        """
        was_silent, coordinator = self._is_silent, self._coordinator
        self._is_silent = coordinator.silent_for(self.key) >= coordinator.timings.silence
        if self._is_silent and not was_silent:
            # A "connecting" picture may follow.
            self.is_verified, self._video_since = False, math.inf
            self._changed(self)
            self._send(WebRTCError(STALLED, str(_sentence(STALLED))))

    def _verify(self) -> None:
        """Verify that a stream which has just been started shows video before a browser gets any.

        Viewers miss the first key frame: their first picture is 20 s after the authorization.
        """
        if not self._shows_video:
            self._video_since = None
        elif self._video_since is None:
            self._video_since = self._now
        elif not self.was_asleep or self.is_verified:
            return
        elif self._now - self._video_since >= self._coordinator.timings.verify_view:
            self.is_verified = True
            self._changed(self)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._to_be_checked.wait()
        # Events during a check cause another check.
        self._to_be_checked.clear()

    @callback
    def _handle_event(self, event: Event) -> None:
        """Check the session at once on an event of the session or its stream."""
        is_own = bool(event.reader) and event.reader == self.whep.reader_id
        if is_own and event.type == "read":
            self._decide(connected=True)
        elif is_own or event.type == "notready":
            self._to_be_checked.set()

    def _decide(self, *, connected: bool) -> None:
        if not self.connected.done():
            self.connected.set_result(connected)

    def _refuse(self, reason: HomeAssistantError) -> None:
        if not self.connected.done():
            self.connected.set_exception(reason)
            # Retrieve the exception, as usually nothing awaits it.
            self.connected.exception()

    def _enter(self, phase: LivePhase) -> None:
        self.phase, self.phase_since = phase, dt_util.utcnow()
        self._changed(self)

    async def _close_session(self) -> None:
        # The event comes late or gets lost: don't wait for it to stop counting the viewer.
        self._coordinator.async_viewer_went(self.key, self.whep.reader_id)
        await self.whep.close()

    @property
    def _is_connected(self) -> bool:
        connected = self.connected
        return connected.done() and connected.exception() is None and connected.result()

    @property
    def _shows_video(self) -> bool:
        camera = self._coordinator.camera(self.key)
        return camera is not None and camera.shows_video

    @property
    def _now(self) -> float:
        return self._coordinator.hass.loop.time()


def _sentence(translation_key: str) -> HomeAssistantError:
    return HomeAssistantError(translation_domain=DOMAIN, translation_key=translation_key)
