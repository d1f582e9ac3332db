"""One camera's stream, demanded until it shows video, and for as long as it is held.

A camera sleeps until its stream is read, and then needs up to a minute. `ready` is not the end of
it: a "connecting" picture may come first, in the same stream. That Google has authorized the
stream tells the two apart, and shows only when the camera's row is read.
"""

import asyncio
from contextlib import suppress
import logging
from typing import TYPE_CHECKING

from .errors import (
    CannotConnect,
    ConnectionLost,
    NestMTXError,
    StartProblem,
    StreamNotStarted,
    StreamUnavailable,
)
from .starting import refusal, shows_video, why_not_started

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from .mirror import Mirror
    from .models import Camera
    from .modules import Requester
    from .timings import Timings

_LOGGER = logging.getLogger(__name__)

type Read = Callable[[Callable[[], None]], Awaitable[None]]
"""Reads a stream until cancelled, and calls what it is given when there is one to be read."""


class Demand:
    """Reads a stream until the task is cancelled, or until it is clear that no video will come.

    `started` is done with the first video, and fails with StreamNotStarted, or with ConnectionLost
    when the demand is ended before.
    """

    def __init__(
        self, camera: Camera, read: Read, requester: Requester, mirror: Mirror, timings: Timings
    ) -> None:
        """Begin at once."""
        self.holders = 0
        self.started: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._camera = camera
        # Of an earlier stream.
        self._former = None if camera.ready else camera.expires_at
        self._read = read
        self._requester = requester
        self._mirror = mirror
        self._timings = timings
        self._is_open = False
        self._losses = 0
        self._problem: StartProblem | None = None
        self._look_at = 0.0
        self.task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        reading = asyncio.create_task(self._keep_reading())
        try:
            async with asyncio.timeout(self._timings.start_timeout):
                await self._video()
            self.started.set_result(None)
            await reading
        except TimeoutError:
            problem = why_not_started(self._camera, self._losses, self._problem)
            self.started.set_exception(StreamNotStarted(problem))
        except StreamNotStarted as err:
            self.started.set_exception(err)
        finally:
            reading.cancel()
            self._end()

    def _end(self) -> None:
        if self.started.done():
            return
        if self.holders:
            self.started.set_exception(ConnectionLost("The session has ended"))
        else:
            self.started.cancel()

    async def _keep_reading(self) -> None:
        """Read, and begin again where a stream is not there yet or was lost."""
        while True:
            try:
                await self._read(self._opened)
            except CannotConnect as err:
                self._problem = StartProblem.UNREACHABLE
                _LOGGER.debug("Camera %s: %s", self._camera.id, err)
            except StreamUnavailable as err:
                self._problem = StartProblem.NO_SUCH_PATH if err.is_missing else None
                _LOGGER.debug("Camera %s: %s", self._camera.id, err)
            self._is_open = False
            await asyncio.sleep(self._timings.read_again)

    def _opened(self) -> None:
        self._is_open = True
        self._problem = None

    async def _video(self) -> None:
        """Wait for video. Raises StreamNotStarted as soon as it is clear that none will come."""
        while not self._follow():
            if (self._is_open or self._camera.ready) and await self._look():
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(self._timings.look):
                    await self._mirror.changed()

    def _follow(self) -> bool:
        """Take over what is known of the camera by now; return whether it shows video."""
        state = self._mirror.state
        camera = state.cameras.get(self._camera.id)
        if camera is None:
            raise StreamNotStarted(StartProblem.CAMERA_GONE)
        if problem := refusal(state, camera):
            raise StreamNotStarted(problem)
        if self._camera.ready and not camera.ready:
            self._losses += 1
        self._camera = camera
        return shows_video(camera, self._former)

    async def _look(self) -> bool:
        """Read the camera's row, now and then; return whether it was time for that."""
        now = asyncio.get_running_loop().time()
        if now < self._look_at:
            return False
        self._look_at = now + self._timings.look
        try:
            await self._mirror.read(self._requester, self._camera.id)
        except NestMTXError as err:
            _LOGGER.debug("Camera %s could not be read: %s", self._camera.id, err)
        return True
