"""NestMTX's process for a demanded path, which publishes Google's video."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Final, Protocol

from .devices import Json
from .faults import Trouble
from .google import failed_extension
from .records import Camera, GoogleCall, Process, Stream, elapsed, utc_now, wall_clock
from .rows import iso
from .streams import Picture
from .times import Times
from .world import World

type Announce = Callable[[str, int | None, Json], Awaitable[None]]
"""Sends a camera's event: name, entity, details."""

_LOOK: Final = 0.05
"""Seconds between two checks of whether a stream continues."""
_NO_TOKENS: Final = "No access, refresh token, API key or refresh handler callback is set."


class Publication(Protocol):
    """The interface of a path for its streamer."""

    async def publish(self, picture: Picture) -> None:
        """Start the stream."""

    def show(self, picture: Picture) -> None:
        """Continue the stream with another picture."""

    def flow(self, *, flows: bool) -> None:
        """Start or stop the flow of video."""

    async def lose(self) -> None:
        """End the stream, as its streamer has ended."""

    async def asked(self) -> None:
        """Wait until a reader waits for the stream."""


class Streamer:
    """A camera's process, which is restarted whenever it fails."""

    def __init__(
        self,
        camera: Camera | None,
        world: World,
        times: Times,
        announce: Announce,
        publication: Publication,
    ) -> None:
        """Initialize; without a camera it publishes a placeholder."""
        self._camera = camera
        self._world = world
        self._usual_times = times
        self._send = announce
        self._publication = publication
        self._authorized_until = 0.0

    async def run(self, *, listed: bool = True) -> None:
        """Start the process, publish its stream, and restart when it fails.

        The server has lost a process that is not listed.
        """
        camera = self._camera
        while True:
            if listed:
                self.start_process()
            await asyncio.sleep(self._start)
            if camera is None or not camera.enabled:
                await self._publication.publish(Picture.DISABLED if camera else Picture.UNKNOWN)
                await asyncio.Event().wait()
            elif not self._world.authorized(camera):
                await self._send_nothing(camera)
            elif self._trouble.rate_limited:
                await self._be_rate_limited(camera)
            elif self._trouble.refused:
                await self._be_refused(camera)
            else:
                await self._stream(camera)

    def start_process(self) -> None:
        """Start the process without publishing."""
        if self._camera:
            self._camera.process = Process(self._camera.process_name, self._world.next_pid())
            self._camera.stream = Stream(present=True)

    async def _send_nothing(self, camera: Camera) -> None:
        """Publish nothing; without tokens, there is no call to Google."""
        while not self._world.authorized(camera):
            await asyncio.sleep(_LOOK)

    async def _be_rate_limited(self, camera: Camera) -> None:
        """Call Google repeatedly (429), and publish nothing."""
        while self._trouble.rate_limited:
            self._ask_google(camera)
            await asyncio.sleep(self._times.rate_limited[camera.kind.connects_first])

    async def _be_refused(self, camera: Camera) -> None:
        """Become ready, be refused (400), and end: for each reader, or repeatedly."""
        while self._trouble.refused:
            self._ask_google(camera, times=1 if camera.kind.connects_first else 2)
            if not camera.kind.connects_first:
                self._authorize(camera)
            await self._publication.publish(Picture.CONNECTING)
            await asyncio.sleep(self._times.refusal)
            await self._publication.lose()
            if camera.kind.connects_first:
                camera.process = None
                await self._publication.asked()
                return
            await asyncio.sleep(self._times.refused_again - self._times.refusal)

    async def _stream(self, camera: Camera) -> None:
        """Publish until the process crashes, or Google refuses to continue."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._trouble.crashes_after):
                await self._serve(camera)
        await self._publication.lose()
        await asyncio.sleep(self._times.process_restart)

    async def _serve(self, camera: Camera) -> None:
        self._ask_google(camera)
        if camera.kind.connects_first:
            await self._publication.publish(Picture.CONNECTING)
            await asyncio.sleep(self._times.connecting)
            self._publication.show(Picture.VIDEO)
        else:
            await self._publication.publish(Picture.VIDEO)
        self._authorize(camera)
        while await self._reconnected(camera, pause=await self._until_break(camera)):
            pass

    async def _until_break(self, camera: Camera) -> float:
        """Extend the stream at Google until it breaks off; return the pause after that."""
        minute, refused = self._minute, False
        while True:
            await asyncio.sleep(_LOOK)
            left = self._authorized_until - elapsed()
            self._publication.flow(flows=not self._stalled)
            if self._stalled > self._times.stall:
                camera.trouble = replace(camera.trouble, stalled_since=None)
                return self._times.stall_pause
            if left <= 0:
                return self._times.expiry_pause
            is_due = self._minute != minute and left <= self._times.extend_before
            minute = self._minute
            if is_due and not refused:
                refused = not await self._extended(camera)

    async def _reconnected(self, camera: Camera, pause: float) -> bool:
        """Reconnect to Google; return whether the stream continues with a new session."""
        self._publication.show(Picture.CONNECTING)
        self._publication.flow(flows=True)
        await asyncio.sleep(pause)
        trouble = self._trouble
        if not self._world.authorized(camera) or trouble.refused or trouble.rate_limited:
            return False
        self._ask_google(camera)
        await asyncio.sleep(self._times.connecting)
        self._publication.show(Picture.VIDEO)
        self._authorize(camera)
        return True

    async def _extended(self, camera: Camera) -> bool:
        """Extend the stream at Google, send the event of the result, and return it."""
        authorized = self._world.authorized(camera)
        if authorized:
            self._ask_google(camera, "extend")
        if authorized and not self._trouble.extension_refused:
            self._authorize(camera)
            details: Json = {"name": camera.name, "expiresAt": iso(camera.expires_at)}
            await self._send("extended", camera.id, details)
            return True
        error = failed_extension(camera.uid) if authorized else {"message": _NO_TOKENS}
        await self._send("failed-extension", camera.id, {"name": camera.name, "error": error})
        return False

    def _ask_google(self, camera: Camera, command: str = "generate", times: int = 1) -> None:
        call = GoogleCall(camera.path or "", command, elapsed())
        self._world.google_calls += [call] * times

    def _authorize(self, camera: Camera) -> None:
        """Set the end of the authorization in the row, refused or not."""
        self._authorized_until = elapsed() + self._times.authorization
        camera.expires_at = utc_now() + timedelta(seconds=self._times.authorization)

    @property
    def _stalled(self) -> float:
        """Seconds without video."""
        since = self._trouble.stalled_since
        return 0.0 if since is None else max(0.0, wall_clock() - since)

    @property
    def _minute(self) -> int:
        return int(wall_clock() / self._times.extension_job)

    @property
    def _start(self) -> float:
        """Seconds from the process's start to what it publishes."""
        waits = self._camera and self._camera.enabled and not self._camera.kind.connects_first
        return self._times.rtsp_start if waits else self._times.process_start

    @property
    def _trouble(self) -> Trouble:
        return self._camera.trouble if self._camera else Trouble()

    @property
    def _times(self) -> Times:
        return self._trouble.applied(self._usual_times)
