"""A simulated server in this process: what it is asked can be seen, what it does changed."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from threading import Thread
import time

from aiohttp import ClientSession

from tests.simulator import Simulator

PATIENCE = 30.0
_LOOK = 0.05


class Server:
    """A simulator that runs in a thread of its own: Playwright has the loop of this one."""

    def __init__(self, simulator: Simulator, loop: asyncio.AbstractEventLoop) -> None:
        """Use a loop that runs elsewhere."""
        self.simulator = simulator
        self._loop = loop

    @property
    def sessions(self) -> tuple[str, ...]:
        """The locations of the WebRTC sessions that are open."""
        return self.simulator.whep.sessions

    @property
    def offers(self) -> int:
        """How many offers were made since the last start."""
        return sum(method == "POST" for method, _ in self.simulator.whep.requests)

    def end_sessions(self) -> None:
        """End all sessions, as an administrator of MediaMTX does; the streams go on."""
        self.do(self._end_sessions())

    def cut_sessions(self) -> None:
        """Stop the packets of all sessions, as a broken network does; the streams go on."""
        self.do(self.simulator.whep.cut())

    def do[T](self, work: Coroutine[None, None, T]) -> T:
        """Have the simulator do something, in its own thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    def wait(self, condition: Callable[[], bool]) -> None:
        """Wait until something holds. Raises TimeoutError."""
        end = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError
            time.sleep(_LOOK)

    async def _end_sessions(self) -> None:
        base = f"http://{self.simulator.host}:{self.simulator.web_rtc_port}"
        async with ClientSession() as session:
            for location in self.sessions:
                async with session.delete(f"{base}{location}"):
                    pass


@contextmanager
def running_server(simulator: Simulator) -> Iterator[Server]:
    """Run a simulator for as long as the context lasts."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = Server(simulator, loop)
    try:
        server.do(simulator.start())
        yield server
    finally:
        server.do(simulator.stop())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE)
        loop.close()
