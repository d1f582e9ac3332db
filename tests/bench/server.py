"""Run a simulated NestMTX that sends events on request: python -m tests.bench.server CAMERAS.

It prints its address. For each line of JSON (an order) on its input, it sends events, either to
one of its sockets or to an MQTT broker, and writes when it sent each; or it adds cameras. It ends
with its input.
"""

import asyncio
from asyncio import StreamReader
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice
import json
import sys
import time
from typing import Any

import paho.mqtt.client as paho

from tests.simulator import Simulator, Times, World

from .lives import Message, frames, messages

_DONE = "bench/done"


def _world(count: int) -> World:
    """Return identical cameras, so that it doesn't matter which of them have lives."""
    world = World()
    world.add_user("nestmtx", "nestmtx")
    world.add_credential("Home account")
    _add_cameras(world, count)
    return world


def _add_cameras(world: World, count: int) -> None:
    known = len(world.cameras)
    for number in range(known + 1, known + count + 1):
        world.add_camera(name=f"Camera {number}", room=f"Room {number}", path=f"camera{number}")


def _to_socket(simulator: Simulator, socket: int) -> Callable[[bytes], None]:
    """Return the transport of a socket, by the order of connecting, to write to directly."""
    sockets = simulator._wire._sockets
    environ = sockets.get_environ(simulator.sids[socket])
    write: Callable[[bytes], None] = environ["aiohttp.request"].transport.write
    return write


async def _send(send: Iterable[Callable[[], Any]], rate: float | None) -> list[float]:
    """Send one event after another, each in its own write; without a rate, at once."""
    begin, sent = time.monotonic(), []
    for number, each in enumerate(send):
        if rate is not None and (wait := begin + number / rate - time.monotonic()) > 0:
            await asyncio.sleep(wait)
        sent.append(time.monotonic())
        each()
        if rate is None and number % 20 == 0:
            await asyncio.sleep(0)
    return sent


async def _send_to_socket(
    simulator: Simulator, lives: Iterator[bytes], order: dict[str, Any]
) -> list[float]:
    write = _to_socket(simulator, order["socket"])
    pieces = list(islice(lives, order["events"]))
    return await _send((lambda piece=piece: write(piece) for piece in pieces), order["rate"])


async def _send_to_broker(order: dict[str, Any]) -> list[float]:
    """Publish the messages of each event, and one after all of them."""
    client = paho.Client(paho.CallbackAPIVersion.VERSION2)
    client.connect("127.0.0.1", order["broker"])
    client.loop_start()
    pieces = messages(order["events"], order["cameras"], order["changes"])

    def publish(messages: list[Message]) -> None:
        for message in messages:
            client.publish(*message)

    sent = await _send((lambda each=each: publish(each) for each in pieces), order["rate"])
    client.publish(_DONE, "").wait_for_publish(timeout=10)
    client.disconnect()
    client.loop_stop()
    return sent


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


async def _run(cameras: int, idle_log: float) -> None:
    times = replace(
        Times(), answer=0.0, version=0.0, event_delay=0.0, event_jitter=0.0, idle_log=idle_log
    )
    simulator = Simulator(_world(cameras), times=times)
    await simulator.start()
    _say(f"{simulator.host} {simulator.port}")
    orders = StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(orders), sys.stdin
    )
    lives = defaultdict(lambda: frames(cameras))
    async for line in orders:
        order = json.loads(line)
        if "add" in order:
            _add_cameras(simulator.world, order["add"])
            sent = []
        elif "broker" in order:
            sent = await _send_to_broker(order)
        else:
            sent = await _send_to_socket(simulator, lives[order["socket"]], order)
        _say(json.dumps(sent))
    await simulator.stop()


if __name__ == "__main__":
    asyncio.run(_run(int(sys.argv[1]), float(sys.argv[2])))
