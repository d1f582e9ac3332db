"""Run a simulated NestMTX whose cameras all stream: python -m tests.bench.video CAMERAS.

It prints its address, and ends with its input. The cameras have the same name, so that their video
is encoded once.
"""

import asyncio
from asyncio import StreamReader
import sys

from tests.simulator import Simulator, World


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


if __name__ == "__main__":
    asyncio.run(_run(int(sys.argv[1])))
