"""Run a simulated NestMTX whose log storms: python -m tests.storm.

It writes its address. For each line "RATE SECONDS" that it reads it sends as many log lines a
second to all sockets for as long, and writes what it has sent as JSON. It ends with its input.
"""

import asyncio
from asyncio import StreamReader, Transport
from dataclasses import replace
from itertools import islice
import json
import sys
from typing import Any

from tests.simulator import Simulator, Times
from tests.simulator.scenario import recorded

from .lines import frames

_TICK = 0.01


def _transports(simulator: Simulator) -> list[Transport]:
    sockets = simulator._wire._sockets
    return [sockets.get_environ(sid)["aiohttp.request"].transport for sid in simulator.sids]


async def _storm(simulator: Simulator, rate: float, seconds: float) -> dict[str, Any]:
    """Send what is due at each tick in one piece, which is the least work to receive."""
    transports, lines, time = _transports(simulator), frames(), asyncio.get_running_loop().time
    total, sent, size = round(rate * seconds), 0, 0
    begin = time()
    while sent < total:
        await asyncio.sleep(_TICK)
        due = min(total, int(rate * (time() - begin)))
        piece = b"".join(islice(lines, due - sent))
        for transport in transports:
            transport.write(piece)
        sent, size = due, size + len(piece)
    while any(transport.get_write_buffer_size() for transport in transports):
        await asyncio.sleep(_TICK)
    return {
        "lines": sent,
        "bytes": size,
        "seconds": time() - begin,
        "sockets": len(transports),
        "closing": sum(transport.is_closing() for transport in transports),
    }


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


async def _run() -> None:
    simulator = Simulator(recorded(), times=replace(Times(), idle_log=0.0))
    await simulator.start()
    _say(f"{simulator.host} {simulator.port}")
    orders = StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(orders), sys.stdin
    )
    async for order in orders:
        rate, seconds = order.split()
        _say(json.dumps(await _storm(simulator, float(rate), float(seconds))))
    await simulator.stop()


if __name__ == "__main__":
    asyncio.run(_run())
