"""Has cameras stream on demand, until they show video and for as long as somebody holds them.

A camera sleeps until its stream is read, and then needs up to a minute. `ready` is not the end of
it: a "connecting" picture may come first, in the same stream. That Google has authorized the
stream tells the two apart, and shows only when the camera's row is read.
"""

import asyncio
from contextlib import aclosing, asynccontextmanager, suppress
from functools import partial
import logging
from typing import TYPE_CHECKING

from ..errors import (
    CannotConnect,
    ConnectionLost,
    NestMTXError,
    StartProblem,
    StreamNotStarted,
    StreamUnavailable,
)
from .rtsp import read_rtsp, read_video
from .urls import stream_urls, tag_own_reader

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable
    from datetime import datetime

    from ..connection.fetch import Requester
    from ..data.models import Camera
    from ..state.state import ServerState
    from ..state.sync import StateSync
    from ..timings import Timings
    from .h264 import AccessUnit

_LOGGER = logging.getLogger(__name__)

FLAPPING_LOSSES = 2
"""A stream that was lost this often while it was waited for will not stay."""

type Read = Callable[[Callable[[], None]], Awaitable[None]]
"""Reads a stream until cancelled, and calls what it is given when there is one to be read."""


def shows_new_video(camera: Camera, former: datetime | None) -> bool:
    """Return whether a camera's stream shows video, and is another one than the former one.

    `former` is the end of the authorization of an earlier stream: the server never clears it, and
    it may still lie ahead.
    """
    return camera.shows_video and camera.authorized_until != former


def start_problem(state: ServerState, camera: Camera) -> StartProblem | None:
    """Return why a camera's stream cannot start, whatever is tried."""
    if camera.id in state.missing_cameras:
        return StartProblem.CAMERA_GONE
    if camera.path is None:
        return StartProblem.CAMERA_UNCONFIGURED
    if not camera.is_enabled:
        return StartProblem.CAMERA_OFF
    credential = state.credentials.get(camera.credential_id or 0)
    if credential is not None and not credential.is_authorized and not camera.ready:
        return StartProblem.UNAUTHORIZED
    return None


def timeout_problem(camera: Camera, losses: int, problem: StartProblem | None) -> StartProblem:
    """Return why a camera's stream did not start in time.

    `losses` counts how often it was ready and lost again, `problem` is what reading it met last.
    """
    if camera.extension_failed:
        return StartProblem.EXTENSION_FAILED
    if losses >= FLAPPING_LOSSES:
        return StartProblem.FLAPPING
    if camera.ready:
        return StartProblem.NO_VIDEO
    return problem or StartProblem.ASLEEP


class OnDemandStream:
    """Reads a stream until the task is cancelled, or until it is clear that no video will come.

    `started` is done with the first video, and fails with StreamNotStarted, or with ConnectionLost
    when the stream is given up before.
    """

    def __init__(
        self, camera: Camera, read: Read, requester: Requester, sync: StateSync, timings: Timings
    ) -> None:
        """Begin at once."""
        self.holders = 0
        self.started: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._camera = camera
        self._former = None if camera.ready else camera.expires_at
        self._read = read
        self._requester = requester
        self._sync = sync
        self._timings = timings
        self._is_open = False
        self._losses = 0
        self._problem: StartProblem | None = None
        self._read_row_at = 0.0
        self.task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        reading = asyncio.create_task(self._keep_reading())
        try:
            async with asyncio.timeout(self._timings.start_timeout):
                await self._wait_for_video()
            self.started.set_result(None)
            await reading
        except TimeoutError:
            problem = timeout_problem(self._camera, self._losses, self._problem)
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
                with self._sync.own_readers.reading(self._camera.id) as begin:
                    await self._read(partial(self._opened, begin))
            except CannotConnect as err:
                self._problem = StartProblem.UNREACHABLE
                _LOGGER.debug("Camera %s: %s", self._camera.id, err)
            except StreamUnavailable as err:
                self._problem = StartProblem.NO_SUCH_PATH if err.is_missing else None
                _LOGGER.debug("Camera %s: %s", self._camera.id, err)
            self._is_open = False
            await asyncio.sleep(self._timings.read_again)

    def _opened(self, begin: Callable[[], None]) -> None:
        begin()
        self._is_open = True
        self._problem = None

    async def _wait_for_video(self) -> None:
        """Wait for video. Raises StreamNotStarted as soon as it is clear that none will come."""
        while not self._update():
            if (self._is_open or self._camera.ready) and await self._read_row_if_due():
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(self._timings.look):
                    await self._sync.wait_for_change()

    def _update(self) -> bool:
        """Take over what is known of the camera by now; return whether it shows video."""
        state = self._sync.state
        camera = state.cameras.get(self._camera.id)
        if camera is None:
            raise StreamNotStarted(StartProblem.CAMERA_GONE)
        if problem := start_problem(state, camera):
            raise StreamNotStarted(problem)
        if self._camera.ready and not camera.ready:
            self._losses += 1
        self._camera = camera
        return shows_new_video(camera, self._former)

    async def _read_row_if_due(self) -> bool:
        """Read the camera's row, now and then; return whether it was time for that."""
        now = asyncio.get_running_loop().time()
        if now < self._read_row_at:
            return False
        self._read_row_at = now + self._timings.look
        try:
            await self._sync.read_camera(self._requester, self._camera.id)
        except NestMTXError as err:
            _LOGGER.debug("Camera %s could not be read: %s", self._camera.id, err)
        return True


class OnDemandStreams:
    """The streams that are held; all who hold one camera share one reader."""

    def __init__(
        self,
        requester: Requester,
        sync: StateSync,
        timings: Timings,
        host: str,
    ) -> None:
        """Nothing is held yet; `host` is that of MediaMTX."""
        self._requester = requester
        self._sync = sync
        self._timings = timings
        self._host = host
        self._streams: dict[int, OnDemandStream] = {}
        self._hand_overs: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def hold(self, camera_id: int) -> AsyncGenerator[None]:
        """Have a camera stream for as long as this is held; entering waits for its video.

        Raises StreamNotStarted, and ConnectionLost.
        """
        stream = self._streams.get(camera_id)
        if stream is None:
            stream = self._streams[camera_id] = self._begin(camera_id)
        stream.holders += 1
        try:
            await asyncio.shield(stream.started)
            yield
        finally:
            stream.holders -= 1
            if not stream.holders:
                if self._streams.get(camera_id) is stream:
                    del self._streams[camera_id]
                stream.task.cancel()

    async def start(self, camera_id: int) -> None:
        """Wait until a camera streams its video. Raises as `hold` does.

        It is held on until somebody reads it, or until it is clear that nobody will.
        """
        camera = self._sync.state.cameras.get(camera_id)
        if camera is not None and camera.watched and camera.shows_video:
            return
        started = asyncio.get_running_loop().create_future()
        hand_over = asyncio.create_task(self._hand_over(camera_id, started))
        self._hand_overs.add(hand_over)
        hand_over.add_done_callback(self._hand_overs.discard)
        try:
            await started
        except asyncio.CancelledError:
            hand_over.cancel()
            raise

    async def read_video(self, camera_id: int) -> AsyncGenerator[AccessUnit]:
        """Read the H.264 of a stream that runs anyhow; see `rtsp.read_video`.

        Our reader is no viewer. Raises StreamNotStarted where the camera has no stream.
        """
        url = self._rtsp_url(camera_id)
        with self._sync.own_readers.reading(camera_id) as begin:
            begin()
            async with aclosing(read_video(url)) as units:
                async for unit in units:
                    yield unit

    async def stop(self) -> None:
        """Let go of everything."""
        tasks = [*self._hand_overs, *(stream.task for stream in self._streams.values())]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _hand_over(self, camera_id: int, started: asyncio.Future[None]) -> None:
        try:
            async with self.hold(camera_id):
                if not started.done():
                    started.set_result(None)
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._timings.hand_over):
                        await self._wait_until_watched(camera_id)
        except NestMTXError as err:
            if not started.done():
                started.set_exception(err)
        finally:
            if not started.done():
                started.set_exception(ConnectionLost("The session has ended"))

    async def _wait_until_watched(self, camera_id: int) -> None:
        while (camera := self._sync.state.cameras.get(camera_id)) and not camera.watched:
            await self._sync.wait_for_change()

    def _begin(self, camera_id: int) -> OnDemandStream:
        """Begin to read a stream, unless it is clear that nothing will come."""
        state = self._sync.state
        if not state.synced:
            raise ConnectionLost("There is no connection to the server")
        camera = state.cameras.get(camera_id)
        if camera is None:
            raise StreamNotStarted(StartProblem.CAMERA_GONE)
        if problem := start_problem(state, camera):
            raise StreamNotStarted(problem)
        read = partial(read_rtsp, self._rtsp_url(camera_id))
        return OnDemandStream(camera, read, self._requester, self._sync, self._timings)

    def _rtsp_url(self, camera_id: int) -> str:
        """Return the tagged URL of a stream. Raises StreamNotStarted where there is none."""
        state = self._sync.state
        camera = state.cameras.get(camera_id)
        if camera is None:
            raise StreamNotStarted(StartProblem.CAMERA_GONE)
        urls = stream_urls(camera, self._host)
        if urls.rtsp is None:
            refused = bool(urls.refused)
            raise StreamNotStarted(StartProblem.REFUSED if refused else StartProblem.NO_STREAM)
        return tag_own_reader(urls.rtsp, state.nonce)
