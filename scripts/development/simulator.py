"""The simulated NestMTX server's process."""

import asyncio
import sys

from .child import Command
from .options import HOST, Options
from .polling import wait_for

NAME = "The simulator"
START_TIMEOUT = 60.0


def command(options: Options, video_port: int) -> Command:
    """Start the server with a day's events."""
    return Command(
        name=NAME,
        arguments=[
            *(sys.executable, "-m", "tests.simulator"),
            *("--host", HOST),
            *("--port", str(options.simulator_port)),
            *("--hls-port", str(video_port)),
            *("--scenario", "day"),
        ],
    )


async def wait_listening(port: int) -> None:
    """Wait until the server takes connections."""

    async def connect() -> bool | None:
        try:
            _, writer = await asyncio.open_connection(HOST, port)
        except OSError:
            return None
        writer.close()
        return True

    await wait_for(f"{NAME}'s start", connect, seconds=START_TIMEOUT)
