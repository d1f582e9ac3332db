"""Run a simulated NestMTX whose cameras all stream: python -m tests.bench.video CAMERAS.

It prints its address, and ends with its input. The cameras have the same name, so that their video
is encoded once.
"""

import asyncio
from asyncio import StreamReader
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
import sys

from custom_components.nestmtx.client import ServerAddress
from tests.simulator import Simulator, World

_ROOT = Path(__file__).parents[2]


def _world(count: int) -> World:
    world = World(protocols={"rtsp"})
    world.add_user("nestmtx", "nestmtx")
    world.add_credential("Home account")
    for number in range(1, count + 1):
        camera = world.add_camera(name="Porch", room=f"Room {number}", path=f"camera{number}")
        camera.persistent = True
    return world


async def _run(cameras: int) -> None:
    simulator = Simulator(_world(cameras))
    await simulator.start()
    sys.stdout.write(f"{simulator.host} {simulator.port}\n")
    sys.stdout.flush()
    orders = StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(orders), sys.stdin
    )
    await orders.read()
    await simulator.stop()


@asynccontextmanager
async def streaming(cameras: int) -> AsyncGenerator[ServerAddress]:
    """Run a server in a process of its own, so that its cost doesn't count."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.bench.video", str(cameras)),
        cwd=_ROOT,
        stdin=PIPE,
        stdout=PIPE,
    )
    assert process.stdin is not None and process.stdout is not None
    host, port = (await process.stdout.readline()).decode().split()
    try:
        yield ServerAddress(host, int(port))
    finally:
        process.stdin.close()
        await process.wait()


if __name__ == "__main__":
    asyncio.run(_run(int(sys.argv[1])))
