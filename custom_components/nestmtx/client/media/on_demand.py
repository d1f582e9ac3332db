"""Starts camera streams on demand, waits for their video, and holds them while they are needed.

A camera sleeps until its stream is read, and then takes up to a minute; see `attempt`.
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
from .attempt import COSTLY_PROBLEMS, Attempt, start_error
from .rtsp import read_rtsp, read_video
from .urls import stream_urls, tag_own_reader

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from ..connection.fetch import Requester
    from ..data.models import Camera
    from ..state.sync import StateSync
    from ..timings import Timings
    from .h264 import AccessUnit

_LOGGER = logging.getLogger(__name__)

type Read = Callable[[Callable[[], None]], Awaitable[None]]
"""Reads a stream until cancelled; calls its argument once the stream exists."""


class OnDemandStream:
    """Reads a stream until the task is cancelled, or until it is certain that no video will come.

    `started` is done with the first video, and fails with StreamNotStarted, or with ConnectionLost
    if the task is cancelled before. A stream that breaks off later is not requested again.
    """

    def __init__(
        self, camera: Camera, read: Read, requester: Requester, sync: StateSync, timings: Timings
    ) -> None:
        """Start reading at once."""
        self.holders = 0
        self.started: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.problem: StartProblem | None = None
        """Why the stream has not started, if it failed."""
        self._camera_id = camera.id
        self._read = read
        self._requester = requester
        self._sync = sync
        self._timings = timings
        self._attempt = Attempt.begin(timings, camera, self._now)
        self._read_row_at = 0.0
        self._reading = asyncio.create_task(self._keep_reading())
        self.task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        try:
            async with asyncio.timeout(self._timings.start_timeout):
                await self._wait_for_video()
            self.started.set_result(None)
            await self._reading
        except TimeoutError:
            self._fail(self._attempt.failure)
        except StreamNotStarted as err:
            self._fail(err.problem)
        finally:
            self._reading.cancel()
            self._end()

    def _fail(self, problem: StartProblem) -> None:
        self.problem = problem
        self.started.set_exception(StreamNotStarted(problem))
        # Mark it as retrieved: no one may be waiting.
        self.started.exception()

    def _end(self) -> None:
        if self.started.done():
            return
        if self.holders:
            self.started.set_exception(ConnectionLost("The session has ended"))
            self.started.exception()
        else:
            self.started.cancel()

    async def _keep_reading(self) -> None:
        """Read the stream; retry while it does not exist yet, or was lost before its video."""
        while True:
            self._attempt = self._attempt.asked(self._now)
            problem = None
            try:
                with self._sync.own_readers.reading(self._camera_id) as begin:
                    await self._read(partial(self._opened, begin))
            except CannotConnect as err:
                problem = StartProblem.UNREACHABLE
                _LOGGER.debug("Camera %s: %s", self._camera_id, err)
            except StreamUnavailable as err:
                problem = StartProblem.NO_SUCH_PATH if err.is_missing else None
                _LOGGER.debug("Camera %s: %s", self._camera_id, err)
            self._attempt = self._attempt.closed(self._now, problem)
            if self.started.done() or self._attempt.is_futile():
                return
            await asyncio.sleep(self._timings.read_again)

    def _opened(self, begin: Callable[[], None]) -> None:
        begin()
        self._attempt = self._attempt.opened(self._now)

    async def _ask_again(self) -> None:
        """Release the stream, and request it again."""
        self._reading.cancel()
        await asyncio.wait({self._reading})
        self._reading = asyncio.create_task(self._keep_reading())

    async def _wait_for_video(self) -> None:
        """Wait for video. Raises StreamNotStarted as soon as it is certain that none will come."""
        while not self._update():
            if self._attempt.is_stuck(self._now):
                _LOGGER.debug("Camera %s has no process: requesting again", self._camera_id)
                await self._ask_again()
            if self._attempt.needs_row(self._now) and await self._read_row_if_due():
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(self._timings.look):
                    await self._sync.wait_for_change()

    def _update(self) -> bool:
        """Update the attempt with the current state; return whether the stream has started."""
        state = self._sync.state
        if error := start_error(state, state.cameras.get(self._camera_id)):
            raise error
        self._attempt = self._attempt.seen(state.cameras[self._camera_id], self._now)
        if self._attempt.is_futile():
            raise StreamNotStarted(self._attempt.failure)
        return self._attempt.has_started(self._now)

    async def _read_row_if_due(self) -> bool:
        """Read the camera's row if it is due; return whether it was."""
        if self._now < self._read_row_at:
            return False
        self._read_row_at = self._now + self._timings.look
        try:
            row = await self._sync.read_camera(self._requester, self._camera_id)
        except NestMTXError as err:
            _LOGGER.debug("Camera %s could not be read: %s", self._camera_id, err)
        else:
            if row is not None:
                self._attempt = self._attempt.read(row, self._now)
        return True

    @property
    def _now(self) -> float:
        return asyncio.get_running_loop().time()


class OnDemandStreams:
    """The streams that are held; all holders of a camera share one reader."""

    def __init__(
        self,
        requester: Requester,
        sync: StateSync,
        timings: Timings,
        host: str,
    ) -> None:
        """Initialize; `host` is the host of MediaMTX."""
        self._requester = requester
        self._sync = sync
        self._timings = timings
        self._host = host
        self._streams: dict[int, OnDemandStream] = {}
        self._refusals: dict[int, tuple[StartProblem, float]] = {}
        """Why a camera did not start last time, and until when unattended starts are refused."""
        self._received_at: dict[int, float] = {}
        """When a camera's video was last received, while it is read."""
        self._hand_overs: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def hold(self, camera_id: int) -> AsyncGenerator[asyncio.Task[None]]:
        """Keep a camera streaming within the context; entering waits for its video.

        The task is done when the stream breaks off. Raises StreamNotStarted, and ConnectionLost.
        """
        stream = self._streams.get(camera_id)
        if stream is None:
            stream = self._streams[camera_id] = self._begin(camera_id)
        stream.holders += 1
        try:
            await asyncio.wait({stream.started})
            stream.started.result()
            self._refusals.pop(camera_id, None)
            yield stream.task
        finally:
            stream.holders -= 1
            if not stream.holders:
                if self._streams.get(camera_id) is stream:
                    del self._streams[camera_id]
                stream.task.cancel()

    async def start(self, camera_id: int, *, unattended: bool = False) -> None:
        """Start a camera's stream, and wait for its video. Raises the same errors as `hold`.

        The stream is then held until it has a viewer, or until `Timings.hand_over` has passed.
        `unattended` means that no user requested it: after a refusal, it fails for some minutes.
        """
        camera = self._sync.state.cameras.get(camera_id)
        if camera is not None and camera.watched and camera.shows_video:
            return
        if unattended and (problem := self.refusal(camera_id)):
            raise StreamNotStarted(problem)
        started = asyncio.get_running_loop().create_future()
        hand_over = asyncio.create_task(self._hand_over(camera_id, started))
        self._hand_overs.add(hand_over)
        hand_over.add_done_callback(self._hand_overs.discard)
        try:
            await started
        except asyncio.CancelledError:
            hand_over.cancel()
            raise

    async def keep(self, camera_id: int, *, unattended: bool = False) -> None:
        """Keep a camera streaming until cancelled; return when its stream breaks off.

        Raises the same errors as `hold`; `unattended` is as in `start`.
        """
        if unattended and (problem := self.refusal(camera_id)):
            raise StreamNotStarted(problem)
        async with self.hold(camera_id) as reading:
            await asyncio.wait({reading})

    def refusal(self, camera_id: int) -> StartProblem | None:
        """Return why a camera recently failed to start: only the user may try it again now."""
        problem, until = self._refusals.get(camera_id, (None, 0.0))
        return problem if asyncio.get_running_loop().time() < until else None

    async def read_video(self, camera_id: int) -> AsyncGenerator[AccessUnit]:
        """Read the H.264 of a stream that is already running; see `rtsp.read_video`.

        The reader does not count as a viewer. Raises StreamNotStarted if the camera has no stream.
        """
        url = self._rtsp_url(camera_id)
        with self._sync.own_readers.reading(camera_id) as begin:
            begin()
            async with aclosing(read_video(url)) as units:
                try:
                    async for unit in units:
                        self._received_at[camera_id] = asyncio.get_running_loop().time()
                        yield unit
                finally:
                    self._received_at.pop(camera_id, None)

    def silent_for(self, camera_id: int) -> float:
        """Return for how many seconds a stream being read has sent no video; 0 if it is not read.

        This is the only sign of a stalled camera: its path stays ready, its sessions connected.
        """
        now = asyncio.get_running_loop().time()
        return now - self._received_at.get(camera_id, now)

    async def stop(self) -> None:
        """Release all streams."""
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
        """Start reading a stream. Raises an error if it is certain that it cannot start."""
        state = self._sync.state
        if not state.synced:
            raise ConnectionLost("There is no connection to the server")
        if error := start_error(state, state.cameras.get(camera_id)):
            raise error
        read = partial(read_rtsp, self._rtsp_url(camera_id))
        camera = state.cameras[camera_id]
        stream = OnDemandStream(camera, read, self._requester, self._sync, self._timings)
        stream.task.add_done_callback(partial(self._ended, camera_id, stream))
        return stream

    def _ended(self, camera_id: int, stream: OnDemandStream, _: asyncio.Task[None]) -> None:
        if self._streams.get(camera_id) is stream:
            del self._streams[camera_id]
        if stream.problem in COSTLY_PROBLEMS:
            until = asyncio.get_running_loop().time() + self._timings.refusal_pause
            self._refusals[camera_id] = stream.problem, until

    def _rtsp_url(self, camera_id: int) -> str:
        """Return the tagged URL of a stream. Raises StreamNotStarted if there is none."""
        state = self._sync.state
        camera = state.cameras.get(camera_id)
        if camera is None:
            raise StreamNotStarted(StartProblem.CAMERA_GONE)
        urls = stream_urls(camera, self._host)
        if urls.rtsp is None:
            refused = bool(urls.refused)
            raise StreamNotStarted(StartProblem.REFUSED if refused else StartProblem.NO_STREAM)
        return tag_own_reader(urls.rtsp, state.nonce)
