"""The server in a separate process, so that its cost doesn't count."""

import asyncio
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
import json
from pathlib import Path
import sys
from typing import Any

from custom_components.nestmtx.client import ServerAddress

from .lives import ROUND

_ROOT = Path(__file__).parents[2]
MAX_LINE = 64 * 1024 * 1024


class Source:
    """A running server that sends events on request."""

    def __init__(self, process: Process, address: ServerAddress, cameras: int) -> None:
        """Control a running process by its standard input."""
        self.address = address
        self.cameras = cameras
        self._process = process

    async def send(
        self, socket: int, events: int = ROUND, rate: float | None = None
    ) -> list[float]:
        """Send a socket, by the order of connecting, the next events of its lives.

        Return when each was sent, by the system's monotonic clock, which all processes share.
        """
        return await self._order(
            {"socket": socket, "events": events, "cameras": self.cameras, "rate": rate}
        )

    async def publish(
        self, broker: int, changes: list[list[int]], events: int, rate: float
    ) -> list[float]:
        """Publish the same events by MQTT, and "bench/done" after them."""
        return await self._order(
            {
                "broker": broker,
                "changes": changes,
                "events": events,
                "cameras": self.cameras,
                "rate": rate,
            }
        )

    async def add(self, cameras: int) -> None:
        """Add cameras."""
        await self._order({"add": cameras})
        self.cameras += cameras

    async def _order(self, order: dict[str, Any]) -> list[float]:
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        stdin.write(f"{json.dumps(order)}\n".encode())
        sent: list[float] = json.loads(await stdout.readline())
        return sent


@asynccontextmanager
async def server_process(
    module: str, *arguments: str
) -> AsyncGenerator[tuple[Process, ServerAddress]]:
    """Run a server that prints its address and ends with its input."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *arguments),
        cwd=_ROOT,
        stdin=PIPE,
        stdout=PIPE,
        limit=MAX_LINE,
    )
    assert process.stdin is not None and process.stdout is not None
    host, port = (await process.stdout.readline()).decode().split()
    try:
        yield process, ServerAddress(host, int(port))
    finally:
        process.stdin.close()
        await process.wait()


@asynccontextmanager
async def source(cameras: int, *, idle_log: float = 0.0) -> AsyncGenerator[Source]:
    """Run a server with some cameras; an idle one logs a line at an interval in seconds."""
    arguments = "tests.bench.server", str(cameras), str(idle_log)
    async with server_process(*arguments) as (process, address):
        yield Source(process, address, cameras)
