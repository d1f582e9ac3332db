"""What NestMTX runs for a path that is demanded: it publishes what Google sends."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Protocol

from .devices import Json
from .faults import Trouble
from .records import Camera, Process, Stream, utc_now
from .rows import iso
from .streams import Picture
from .times import Times
from .world import World

type Announce = Callable[[str, int | None, Json], Awaitable[None]]
"""Sends a camera's event: name, entity, details."""


class Publication(Protocol):
    """A path, as its streamer knows it."""

    async def publish(self, picture: Picture) -> None:
        """There is a stream from now on."""

    def show(self, picture: Picture) -> None:
        """The stream goes on with another picture."""

    async def lose(self) -> None:
        """The streamer is gone."""


class Streamer:
    """A camera's process; it is started over whenever it fails."""

    def __init__(
        self,
        camera: Camera | None,
        world: World,
        times: Times,
        announce: Announce,
        publication: Publication,
    ) -> None:
        """Not started; without a camera it publishes a placeholder."""
        self._camera = camera
        self._world = world
        self._usual_times = times
        self._send = announce
        self._publication = publication

    async def run(self, *, listed: bool = True) -> None:
        """Start the process, publish what there is, and start over when it fails.

        A process that is not listed is one that the server has lost.
        """
        while True:
            if listed:
                self.start_process()
            await asyncio.sleep(self._times.process_start)
            if self._authorized or not self._shows_video:
                await self._publication.publish(self._first_picture())
                await self._go_on()
                await self._publication.lose()
            await asyncio.sleep(self._times.process_restart)

    def start_process(self) -> None:
        """Only have the process be there."""
        if self._camera:
            self._camera.process = Process(self._camera.process_name, self._world.next_pid())
            self._camera.stream = Stream(present=True)

    def authorize(self) -> None:
        """Google lets the stream run, for a while."""
        if self._camera:
            self._camera.expires_at = utc_now() + timedelta(seconds=self._times.authorization)

    async def _go_on(self) -> None:
        """Until the process crashes, or Google refuses to extend the stream."""
        try:
            async with asyncio.timeout(self._trouble.crashes_after):
                await self._serve()
        except TimeoutError:
            return

    async def _serve(self) -> None:
        """Publish video until Google refuses to go on; a placeholder for ever."""
        if self._camera is None or not self._shows_video:
            await asyncio.Event().wait()
            return
        if self._first_picture() is Picture.CONNECTING:
            await asyncio.sleep(self._times.connecting)
            self._publication.show(Picture.VIDEO)
        self.authorize()
        while await self._extended(self._camera):
            pass

    async def _extended(self, camera: Camera) -> bool:
        """Whether the stream's authorization could be extended, when it was time to."""
        await asyncio.sleep(self._times.authorization - self._times.extend_before)
        if self._authorized:
            self.authorize()
            details: Json = {"name": camera.name, "expiresAt": iso(camera.expires_at)}
            await self._send("extended", camera.id, details)
            return True
        error = {"message": "No access, refresh token, API key or refresh handler callback is set."}
        await self._send("failed-extension", camera.id, {"name": camera.name, "error": error})
        await asyncio.sleep(self._times.extend_before)
        return False

    def _first_picture(self) -> Picture:
        if self._camera is None:
            return Picture.UNKNOWN
        if not self._camera.enabled:
            return Picture.DISABLED
        return Picture.CONNECTING if self._camera.kind.connects_first else Picture.VIDEO

    @property
    def _shows_video(self) -> bool:
        return bool(self._camera and self._camera.enabled)

    @property
    def _authorized(self) -> bool:
        return bool(self._camera and self._world.authorized(self._camera))

    @property
    def _trouble(self) -> Trouble:
        return self._camera.trouble if self._camera else Trouble()

    @property
    def _times(self) -> Times:
        return self._trouble.applied(self._usual_times)
