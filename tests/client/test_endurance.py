"""A session ends quickly in any state, and leaves nothing behind.

NESTMTX_REQUESTS=100000 checks for leaks with more requests than usual.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
import gc
import os
from pathlib import Path
import resource

import aiohttp
import pytest

from custom_components.nestmtx.client import Account, NestMTXClient, ServerAddress
from custom_components.nestmtx.client.connection.auth import login
from custom_components.nestmtx.client.connection.connection import Connection
from tests.client.running import Recorder
from tests.conftest import TIMINGS
from tests.simulator import Simulator

PATIENT = replace(TIMINGS, connect_timeout=30.0, request_timeout=30.0, lag=0.1, retry=30.0)
MEBIBYTE = 2**20
REQUESTS = int(os.environ.get("NESTMTX_REQUESTS", "8000"))


@pytest.fixture
async def http(socket_enabled: None) -> AsyncGenerator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def mute_server(socket_enabled: None) -> AsyncGenerator[ServerAddress]:
    """A server that accepts connections, and sends nothing."""
    server = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    yield ServerAddress("127.0.0.1", server.sockets[0].getsockname()[1])
    server.close()


def _is_the_servers(task: asyncio.Task[object]) -> bool:
    """Return whether a task is a ping of the simulator's library to a client that is gone."""
    return "AsyncSocket._send_ping" in repr(task)


@asynccontextmanager
async def _stopped_within_a_second(client: NestMTXClient) -> AsyncGenerator[None]:
    """Run the client, stop it at the end of the block, and check that no task remains."""
    before = asyncio.all_tasks()

    async def live() -> None:
        await client.start()
        await client.run()

    task = asyncio.create_task(live())
    yield
    loop = asyncio.get_running_loop()
    begun = loop.time()
    task.cancel()
    await asyncio.wait([task])
    await client.stop()
    assert loop.time() - begun < 1
    async with asyncio.timeout(2):
        # The server's side of the connection, in the same loop, ends slightly later.
        while {task for task in asyncio.all_tasks() - before if not _is_the_servers(task)}:
            await asyncio.sleep(0.01)


async def test_a_session_stops_while_it_logs_in(
    http: aiohttp.ClientSession, mute_server: ServerAddress
) -> None:
    client = NestMTXClient(http, Account(mute_server, "ha", "secret"), Recorder(), PATIENT)

    async with _stopped_within_a_second(client):
        await asyncio.sleep(0.1)


async def test_a_session_stops_while_it_connects(
    http: aiohttp.ClientSession, mute_server: ServerAddress
) -> None:
    client = NestMTXClient(http, Account(mute_server, "ha", "secret", "token"), Recorder(), PATIENT)

    async with _stopped_within_a_second(client):
        await asyncio.sleep(0.1)


async def test_a_session_stops_while_it_verifies(
    http: aiohttp.ClientSession, simulator: Simulator, address: ServerAddress
) -> None:
    simulator.faults.silent = True
    recorder = Recorder()
    client = NestMTXClient(http, Account(address, "nestmtx", "nestmtx"), recorder, PATIENT)

    async with _stopped_within_a_second(client):
        await recorder.until(lambda: recorder.session_states[-1:] == ["verifying"])


async def test_a_session_stops_while_it_is_ready(
    http: aiohttp.ClientSession, simulator: Simulator, address: ServerAddress
) -> None:
    recorder = Recorder()
    client = NestMTXClient(http, Account(address, "nestmtx", "nestmtx"), recorder, PATIENT)

    async with _stopped_within_a_second(client):
        await recorder.until(lambda: recorder.ready)


async def test_a_session_stops_while_it_waits_for_an_answer(
    http: aiohttp.ClientSession, simulator: Simulator, address: ServerAddress
) -> None:
    recorder = Recorder()
    client = NestMTXClient(http, Account(address, "nestmtx", "nestmtx"), recorder, PATIENT)

    async with _stopped_within_a_second(client):
        await recorder.until(lambda: recorder.ready)
        simulator.faults.silent = True
        await asyncio.sleep(0.2)


async def test_a_session_stops_while_it_waits_to_connect_again(
    http: aiohttp.ClientSession, simulator: Simulator, address: ServerAddress
) -> None:
    recorder = Recorder()
    client = NestMTXClient(http, Account(address, "nestmtx", "nestmtx"), recorder, PATIENT)

    async with _stopped_within_a_second(client):
        await recorder.until(lambda: recorder.ready)
        await simulator.kill()
        await recorder.until(lambda: not recorder.ready)
        await asyncio.sleep(0.2)


async def test_an_unexpected_error_does_not_end_a_session(
    http: aiohttp.ClientSession,
    simulator: Simulator,
    address: ServerAddress,
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Faulty(Recorder):
        """Raises on a camera's new name."""

        def on_state(self, state: object, changed: object) -> None:
            super().on_state(state, changed)
            if self.state.cameras[1].name == "Porch":
                simulator.world.cameras[1].name = "Front"
                raise ZeroDivisionError

    recorder = Faulty()
    client = NestMTXClient(http, Account(address, "nestmtx", "nestmtx"), recorder, TIMINGS)

    async with _stopped_within_a_second(client):
        await recorder.until(lambda: recorder.ready)
        simulator.world.cameras[1].name = "Porch"
        await recorder.until(lambda: recorder.state.cameras[1].name == "Porch")
        await recorder.until(lambda: recorder.state.cameras[1].name == "Front")

    assert "Unexpected error" in caplog.text


def _resident() -> int:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


async def _request(connection: Connection, count: int) -> None:
    """Send requests in batches of a hundred."""
    for _ in range(count // 100):
        await asyncio.gather(*(connection.request("list", "health") for _ in range(100)))


async def test_memory_is_flat_over_many_requests(
    http: aiohttp.ClientSession, server_process: ServerAddress
) -> None:
    token = await login(http, Account(server_process, "nestmtx", "nestmtx"), timeout=5)
    connection = Connection(http, replace(TIMINGS, request_timeout=30), lambda _t, _p: None)
    await connection.connect(server_process, token)
    await _request(connection, 4_000)
    before = _resident()

    await _request(connection, REQUESTS)

    # Less than 132 bytes per request at the default number of requests.
    assert _resident() - before < MEBIBYTE
    await connection.close()
