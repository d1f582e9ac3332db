"""Restarts and ends the processes of camera streams.

The server has no reliable request for either. Its `restart` starts two processes and loses track of
one, which streams forever, so only `stop` is sent. The server starts a stopped process again, and
what happens to the new one depends on MediaMTX: when a stream ends that MediaMTX had demanded, it
sends a late `undemand`, which ends the new process. A stream that it had not demanded, such as that
of a persistent camera, gets no `undemand`. To cause one, a single DESCRIBE demands the stream once
its path is gone; as it has no reader, the server ends it.
"""

import asyncio
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, replace
import logging
from typing import TYPE_CHECKING, Any

from ..connection import fetch
from ..data.models import CameraStatus
from ..data.parsing import parse_camera
from ..errors import (
    ChangeProblem,
    ConnectionLost,
    NestMTXError,
    RefusedChange,
    StartProblem,
    StreamNotStarted,
    StreamUnavailable,
)
from ..media.rtsp import describe, read_rtsp
from ..media.urls import stream_urls, tag_own_reader

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping

    from ..data.models import Camera
    from ..state.sync import StateSync
    from ..timings import Timings

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Settling:
    """Observations of a camera's row since its process was stopped."""

    former: int
    """PID of the stopped process."""
    began_at: float
    """When the row last changed."""
    process_id: int | None = None
    is_dead: bool = False
    successor: int | None = None
    """PID of the first new process."""

    def after(self, row: Camera, now: float) -> Settling:
        """Return the observations after reading the row once more."""
        is_dead = row.process_id is None and row.status is CameraStatus.DEAD
        same = (row.process_id, is_dead) == (self.process_id, self.is_dead)
        is_new = row.process_id not in {None, self.former}
        return replace(
            self,
            began_at=self.began_at if same else now,
            process_id=row.process_id,
            is_dead=is_dead,
            successor=self.successor or (row.process_id if is_new else None),
        )

    def is_settled(self, now: float, late_undemand: float, *, keeps_successor: bool) -> bool:
        """Return whether the stop has no further effects to wait for.

        `keeps_successor`: no late `undemand` will end the new process.
        """
        has_successor = self.process_id is not None and self.process_id == self.successor
        if has_successor and keeps_successor:
            return True
        if has_successor or (self.is_dead and self.successor is None):
            return now - self.began_at >= late_undemand
        # Dead, or already requested again.
        return self.successor is not None and (self.is_dead or self.process_id is not None)


def is_left_over(camera: Camera | None) -> bool:
    """Return whether a stream seems to run without a reader, as after a camera was persistent."""
    return (
        camera is not None
        and camera.ready
        and camera.process_id is not None
        and camera.is_enabled
        and not camera.is_persistent
        and not camera.watched
    )


class StreamProcesses:
    """Restarts and ends processes, in tasks that end with `stop` at the latest."""

    def __init__(
        self,
        requester: fetch.Requester,
        sync: StateSync,
        timings: Timings,
        host: str,
        read_row: Callable[[int], Awaitable[Mapping[str, Any]]],
    ) -> None:
        """Initialize; `host` is the host of MediaMTX, `read_row` fetches a camera's row."""
        self._requester = requester
        self._read_row = read_row
        self._sync = sync
        self._timings = timings
        self._host = host
        self._restarts: dict[int, asyncio.Task[None]] = {}
        self._endings: dict[int, asyncio.Task[None]] = {}
        self._pauses: dict[int, float] = {}
        """Until when a camera's left-over stream is not ended again."""
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def restart(self, camera_id: int) -> None:
        """Replace a camera's process, or end it until the stream is requested again.

        Concurrent calls wait for the same restart. Raises RefusedChange, and the errors of a
        request.
        """
        task = self._restarts.get(camera_id)
        if task is None:
            task = self._begin(self._restarts, camera_id, self._restart(camera_id))
        await asyncio.wait([task])
        if task.cancelled():
            raise ConnectionLost("The session has ended")
        task.result()

    async def wait_for_restart(self, camera_id: int) -> None:
        """Wait until a restart has finished: no process serves the stream before that."""
        if task := self._restarts.get(camera_id):
            await asyncio.wait([task])

    async def end(self, camera_id: int) -> None:
        """End a stream that MediaMTX has not demanded. Raises RefusedChange.

        A watched stream is ended after its last viewer leaves; this doesn't wait for that. Nothing
        is raised if ending it was cancelled meanwhile.
        """
        self.keep(camera_id)
        is_watched = self._is_watched(camera_id)
        task = self._begin(self._endings, camera_id, self._end(camera_id))
        if is_watched:
            return
        await asyncio.wait([task])
        if not task.cancelled():
            task.result()

    def end_left_overs(self) -> None:
        """Start ending left-over streams, which nothing else may end.

        The server's own page, or a client that has stopped since, may have ended persistence.
        """
        for camera_id, camera in self._sync.state.cameras.items():
            is_free = camera_id not in self._endings and camera_id not in self._restarts
            if is_left_over(camera) and is_free and self._now >= self._pauses.get(camera_id, 0.0):
                self._begin(self._endings, camera_id, self._end_left_over(camera_id))

    def keep(self, camera_id: int) -> None:
        """Cancel ending a stream."""
        if task := self._endings.get(camera_id):
            task.cancel()

    async def stop(self) -> None:
        """Cancel all restarts and endings."""
        if tasks := {*self._restarts.values(), *self._endings.values()}:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    def _begin(
        self,
        tasks: dict[int, asyncio.Task[None]],
        camera_id: int,
        work: Coroutine[Any, Any, None],
    ) -> asyncio.Task[None]:
        def end(task: asyncio.Task[None]) -> None:
            if tasks.get(camera_id) is task:
                del tasks[camera_id]
            # The caller may no longer be waiting.
            if not task.cancelled() and (err := task.exception()):
                _LOGGER.debug("Camera %s: %r", camera_id, err)

        task = tasks[camera_id] = asyncio.create_task(work)
        task.add_done_callback(end)
        return task

    # Restart

    async def _restart(self, camera_id: int) -> None:
        async with self._locks[camera_id]:
            row = await self._row(camera_id)
            keeps_successor = row.is_persistent or not self._is_ready(camera_id)
            former = await self._stop_process(row)
            try:
                async with asyncio.timeout(self._timings.settle_timeout):
                    await self._settle(camera_id, former, keeps_successor=keeps_successor)
            except TimeoutError as err:
                raise RefusedChange(ChangeProblem.STREAM_UNSETTLED) from err

    async def _settle(self, camera_id: int, former: int, *, keeps_successor: bool) -> None:
        settling = Settling(former, self._now, former)
        while not settling.is_settled(
            self._now, self._timings.late_undemand, keeps_successor=keeps_successor
        ):
            await asyncio.sleep(self._timings.look)
            settling = settling.after(await self._row(camera_id), self._now)

    # End

    async def _end(self, camera_id: int) -> None:
        try:
            await self._wait_until_unwatched(camera_id)
            async with self._locks[camera_id], asyncio.timeout(self._timings.settle_timeout):
                while not await self._is_over(camera_id):
                    await self._try_to_end(camera_id)
            if self._is_watched(camera_id):
                # It got a viewer meanwhile. The caller need not wait for it to leave.
                self._begin(self._endings, camera_id, self._end(camera_id))
        except ConnectionLost as err:
            raise RefusedChange(ChangeProblem.STREAM_GOES_ON) from err
        except RefusedChange as err:
            _LOGGER.debug("The stream of camera %s is not ended: %s", camera_id, err)
        except (NestMTXError, TimeoutError) as err:
            if await self._goes_on(camera_id):
                raise RefusedChange(ChangeProblem.STREAM_GOES_ON) from err

    async def _end_left_over(self, camera_id: int) -> None:
        """End a left-over stream, unless the row still counts readers, such as other clients'."""
        if await self._stays_left_over(camera_id) and not (await self._row(camera_id)).viewers:
            self._pauses[camera_id] = self._now + self._timings.left_over_pause
            await self._end(camera_id)

    async def _stays_left_over(self, camera_id: int) -> bool:
        """Return whether a stream stays left over for `Timings.left_over` seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._timings.left_over):
                while is_left_over(self._sync.state.cameras.get(camera_id)):
                    await self._sync.wait_for_change()
        return is_left_over(self._sync.state.cameras.get(camera_id))

    async def _wait_until_unwatched(self, camera_id: int) -> None:
        while self._is_watched(camera_id):
            await self._sync.wait_for_change()
            if not self._is_watched(camera_id):
                # A stream that MediaMTX has demanded ends on its own now.
                await asyncio.sleep(self._timings.lag)

    async def _is_over(self, camera_id: int) -> bool:
        """Return whether there is no stream to end, or it must not be ended now."""
        row = await self._row(camera_id)
        is_ours = row.process_id is not None and row.is_enabled and not row.is_persistent
        return not is_ours or self._is_watched(camera_id)

    async def _goes_on(self, camera_id: int) -> bool:
        """Return whether a stream that should have ended still runs; false without an answer."""
        try:
            return not await self._is_over(camera_id)
        except NestMTXError:
            return False

    async def _try_to_end(self, camera_id: int) -> None:
        """Demand the stream once its path is gone, and wait for it to end."""
        row = await self._row(camera_id)
        url = stream_urls(row, self._host).rtsp
        if url is None:
            raise StreamNotStarted(StartProblem.NO_STREAM)
        url = tag_own_reader(url, self._sync.state.nonce)
        if self._is_ready(camera_id):
            await self._end_path(row, url)
        await describe(url)
        # The server ends the stream 10 s after the answer, and then its process.
        until = self._now + 2 * self._timings.late_undemand
        while self._now < until:
            await asyncio.sleep(self._timings.look)
            if await self._is_over(camera_id):
                return

    async def _end_path(self, row: Camera, url: str) -> None:
        """Stop a process, and return as soon as a reader notices that its stream has ended."""
        opened = asyncio.Event()
        opening = asyncio.create_task(opened.wait())
        with self._sync.own_readers.reading(row.id) as begin:
            reading = asyncio.create_task(read_rtsp(url, opened.set))
            try:
                await asyncio.wait({opening, reading}, return_when=asyncio.FIRST_COMPLETED)
                if opened.is_set():
                    begin()
                    await self._stop_process(row)
                with suppress(StreamUnavailable):
                    await reading
            finally:
                opening.cancel()
                reading.cancel()
                await asyncio.gather(opening, reading, return_exceptions=True)

    # Both

    async def _stop_process(self, row: Camera) -> int:
        """Stop a camera's process, and return its PID. Raises RefusedChange if there is none."""
        pid = row.process_id
        processes = (await fetch.load(self._requester)).processes
        # Match by PID: the server derives names from paths, and two paths can give the same name.
        name = next((each.name for each in processes if pid and each.pid == pid), None)
        if pid is None or name is None:
            raise RefusedChange(ChangeProblem.NO_PROCESS)
        await self._requester.request("update", "htop", entity=name, payload={"action": "stop"})
        return pid

    async def _row(self, camera_id: int) -> Camera:
        return parse_camera(await self._read_row(camera_id)).value

    def _is_watched(self, camera_id: int) -> bool:
        camera = self._sync.state.cameras.get(camera_id)
        return camera is not None and camera.watched

    def _is_ready(self, camera_id: int) -> bool:
        camera = self._sync.state.cameras.get(camera_id)
        return camera is not None and camera.ready

    @property
    def _now(self) -> float:
        return asyncio.get_running_loop().time()
