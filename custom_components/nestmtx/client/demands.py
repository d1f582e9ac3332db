"""Keeps streams demanded while somebody waits for their video."""

import asyncio
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

from .demand import Demand
from .errors import ConnectionLost, NestMTXError, StartProblem, StreamNotStarted
from .hls import read_hls
from .rtsp import read_rtsp
from .starting import refusal, shows_video
from .streams import own, streams

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    import aiohttp

    from .mirror import Mirror
    from .modules import Requester
    from .timings import Timings


class Demands:
    """Demands streams; all who wait for one camera share one reader."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        requester: Requester,
        mirror: Mirror,
        timings: Timings,
        host: str,
    ) -> None:
        """Nothing is demanded yet; `host` is that of the server of video."""
        self._http = http
        self._requester = requester
        self._mirror = mirror
        self._timings = timings
        self._host = host
        self._demands: dict[int, Demand] = {}
        self._hand_overs: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def hold(self, camera_id: int, *, for_viewer: bool = False) -> AsyncGenerator[None]:
        """Have a camera stream for as long as this is held; entering waits for its video.

        `for_viewer` says that somebody is about to read it over HLS, to whom all such readers are
        one: it is a viewer from the beginning. Raises StreamNotStarted, and ConnectionLost.
        """
        demand = self._demands.get(camera_id)
        if demand is None:
            demand = self._demands[camera_id] = self._begin(camera_id, for_viewer=for_viewer)
        demand.holders += 1
        try:
            await asyncio.shield(demand.started)
            yield
        finally:
            demand.holders -= 1
            if not demand.holders:
                if self._demands.get(camera_id) is demand:
                    del self._demands[camera_id]
                demand.task.cancel()

    async def start(self, camera_id: int) -> None:
        """Wait until a camera streams its video. Raises as `hold` does.

        It is held on until somebody reads it, or until it is clear that nobody will.
        """
        camera = self._mirror.state.cameras.get(camera_id)
        if camera is not None and camera.watched and shows_video(camera):
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

    async def stop(self) -> None:
        """Let go of everything."""
        tasks = [*self._hand_overs, *(demand.task for demand in self._demands.values())]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _hand_over(self, camera_id: int, started: asyncio.Future[None]) -> None:
        try:
            async with self.hold(camera_id, for_viewer=True):
                if not started.done():
                    started.set_result(None)
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._timings.hand_over):
                        await self._watched(camera_id)
        except NestMTXError as err:
            if not started.done():
                started.set_exception(err)
        finally:
            if not started.done():
                started.set_exception(ConnectionLost("The session has ended"))

    async def _watched(self, camera_id: int) -> None:
        while (camera := self._mirror.state.cameras.get(camera_id)) and not camera.watched:
            await self._mirror.changed()

    def _begin(self, camera_id: int, *, for_viewer: bool) -> Demand:
        """Begin to demand what is not demanded yet, unless it is clear that nothing will come."""
        state = self._mirror.state
        if not state.synced:
            raise ConnectionLost("There is no connection to the server")
        camera = state.cameras.get(camera_id)
        if camera is None:
            raise StreamNotStarted(StartProblem.CAMERA_GONE)
        if problem := refusal(state, camera):
            raise StreamNotStarted(problem)
        found = streams(camera, self._host)
        if found.rtsp:
            read = partial(read_rtsp, own(found.rtsp, state.nonce))
        elif found.hls:
            url = found.hls if for_viewer else own(found.hls, state.nonce)
            read = partial(read_hls, self._http, url)
        else:
            refused = bool(found.refused)
            raise StreamNotStarted(StartProblem.REFUSED if refused else StartProblem.NO_STREAM)
        return Demand(camera, read, self._requester, self._mirror, self._timings)
