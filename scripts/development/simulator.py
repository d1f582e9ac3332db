"""The simulated NestMTX server's process."""

import asyncio
from collections.abc import Mapping
import sys

from .child import Command
from .options import HOST, Options
from .polling import wait_for

NAME = "The simulator"
START_TIMEOUT = 60.0


def command(options: Options, video_ports: Mapping[str, int]) -> Command:
    """Return the command that starts the simulated server with its scenario."""
    return Command(
        name=NAME,
        arguments=[
            *(sys.executable, "-m", "tests.simulator"),
            *("--host", HOST),
            *("--port", str(options.simulator_port)),
            *(f"--{protocol}-port={port}" for protocol, port in video_ports.items()),
            *("--scenario", options.scenario),
            *("--cold-start", str(options.cold_start)),
            *(("--protocols", options.protocols) if options.protocols else ()),
        ],
    )


async def wait_listening(port: int) -> None:
    """Wait until the server accepts connections."""

    async def connect() -> bool | None:
        try:
            _, writer = await asyncio.open_connection(HOST, port)
        except OSError:
            return None
        writer.close()
        return True

    await wait_for(f"{NAME}'s start", connect, seconds=START_TIMEOUT)
