"""Memory and work of a session with a malicious or broken server are limited."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from itertools import pairwise
import logging
from typing import override

import aiohttp
import pytest

from custom_components.nestmtx.client import (
    Account,
    Diff,
    Event,
    Feed,
    LogLine,
    NestMTXClient,
    NestMTXError,
    ServerAddress,
    ServerState,
    Timings,
)
from custom_components.nestmtx.client.connection.websocket import MAX_IN_A_ROW
from tests.client.running import Recorder
from tests.conftest import TIMINGS, Until
from tests.simulator import Simulator, World
from tests.simulator.scenario import recorded

from .frames import BINARY
from .hostile import camera_rows, traced_memory
from .messages import event, message
from .proxy import FaultProxy

MEBIBYTE = 1 << 20
LEAST = 40
"""The least bytes taken by anything kept."""
CAMERAS, CREDENTIALS, LIST = "cameras", "credentials", "list"


class Forgetful(Recorder):
    """Keeps the last state and event, so that everything else kept belongs to the session."""

    latest: Event | None = None

    @override
    def on_state(self, state: ServerState, diff: Diff) -> None:
        self.state = state

    @override
    def on_event(self, event: Event) -> None:
        self.latest = event

    @override
    def on_log(self, line: LogLine) -> None:
        pass


@pytest.fixture
def world() -> World:
    """A world with few cameras, which the data is about."""
    return recorded(5)


@pytest.fixture
def timings() -> Timings:
    """Timings with one list, time for large ones, and events evaluated at once."""
    return replace(TIMINGS, request_timeout=20.0, lag=60.0, resync=60.0, event_burst=1e6)


@pytest.fixture
def listener() -> Forgetful:
    """The listener of the client."""
    return Forgetful()


@pytest.fixture
async def fresh(
    proxy: FaultProxy, listener: Forgetful, timings: Timings
) -> AsyncGenerator[NestMTXClient]:
    """A client of the server behind the proxy, not started."""
    # asyncio's debug mode takes more time than everything else.
    asyncio.get_running_loop().set_debug(False)
    account = Account(ServerAddress(proxy.host, proxy.port), "nestmtx", "nestmtx")
    async with aiohttp.ClientSession() as http:
        client = NestMTXClient(http, account, listener, timings)
        yield client
        await client.stop()


@pytest.fixture
async def client(fresh: NestMTXClient) -> AsyncGenerator[NestMTXClient]:
    """A running session."""
    await fresh.start()
    task = asyncio.create_task(fresh.run())
    yield fresh
    task.cancel()
    await asyncio.wait([task])


async def _heard_all(client: NestMTXClient) -> None:
    """Wait for an answer, which is handled after all messages sent before it."""
    await client.request(LIST, "health")


async def _list_until(client: NestMTXClient, until: Until, condition: Callable[[], bool]) -> None:
    """Request lists until a condition is true, again after each list."""

    def holds() -> bool:
        client._sync.resync_soon()
        return condition()

    await until(holds)


def _asked(simulator: Simulator, module: str) -> int:
    return sum(request["module"] == module for request in simulator.requests)


# Limits of objects


async def test_of_10_000_cameras_600_are_added_with_one_warning(
    client: NestMTXClient,
    listener: Forgetful,
    simulator: Simulator,
    until: Until,
    caplog: pytest.LogCaptureFixture,
) -> None:
    row = camera_rows(simulator.world)[0]
    kept = {name: row[name] for name in ("credentialId", "is_enabled", "status", "stream_ready")}
    rows = [
        kept | {"id": number, "name": f"Camera {number}", "checksum": f"{number:064x}"}
        for number in range(1, 10_001)
    ]
    simulator.faults.answers[CAMERAS, LIST] = {"total": len(rows), "items": rows}

    await _list_until(client, until, lambda: _asked(simulator, CREDENTIALS) > 2)
    await _heard_all(client)

    assert len(listener.state.cameras) == 600
    assert caplog.text.count("more than 600 cameras") == 1


async def test_the_number_of_viewers_is_limited_to_a_thousand(
    client: NestMTXClient, listener: Forgetful, proxy: FaultProxy
) -> None:
    proxy.inject(*(event("read", 1, readerId=f"reader-{number}") for number in range(20_000)))
    await _heard_all(client)

    assert listener.state.cameras[1].viewers == 1000
    assert listener.latest is not None and listener.latest.reader == "reader-19999"


_ENDLESS: tuple[Callable[[int], bytes], ...] = (
    lambda number: event("ready", 100 + number),
    lambda number: event(f"e{number}", 1),
    lambda number: event("read", 1, readerId=f"reader-{number}"),
    lambda number: event("read", 2, readerId=f"reader-{number}"),
    lambda number: event("unread", 2, readerId=f"reader-{number}"),
    lambda number: event("unread", 3, readerId=f"reader-{number}"),
    lambda number: message("e:x", {"domain": "e", "event": "x", "entity": number}),
    lambda number: message(f"e{number}:x", {"domain": f"e{number}", "event": "x", "entity": 1}),
    lambda number: message(f"topic-{number}", number),
    lambda number: message("log", {"level": 30, "msg": f"line {number}"}),
    lambda number: message(f"{number:032x}", {"total": 0, "items": []}),
    lambda number: b"43%d[]" % number,
)
"""Messages that differ each time."""


async def _grown(client: NestMTXClient, proxy: FaultProxy, *make: Callable[[int], bytes]) -> int:
    """Send 1000 of each message repeatedly; return the least bytes that a round costs.

    Data kept by the client costs memory in each round, other work of the process only in some.
    """
    kept = []
    with traced_memory() as memory:
        for number in range(3000):
            proxy.inject(*(each(number) for each in make))
            if number % 100 == 99:
                await _heard_all(client)
            if number % 1000 == 999:
                kept.append(memory())
    return min(after - before for before, after in pairwise(kept))


async def test_endless_messages_use_no_memory(client: NestMTXClient, proxy: FaultProxy) -> None:
    client.server.subscribe(Feed.LOG)

    assert await _grown(client, proxy, *_ENDLESS) < 1000 * LEAST


@pytest.mark.parametrize("frame", [b'40/n%d,{"sid":"x"}', b'44/n%d,{"message":"x"}'])
async def test_unrequested_namespaces_use_no_memory(
    client: NestMTXClient, proxy: FaultProxy, frame: bytes
) -> None:
    assert await _grown(client, proxy, lambda number: frame % number) < 1000 * LEAST


async def test_binary_messages_use_no_memory(client: NestMTXClient, proxy: FaultProxy) -> None:
    with traced_memory() as memory:
        for kind in (b"45", b"46"):
            proxy.inject(kind + b'1000000-["log",{"_placeholder":true,"num":0}]')
            proxy.inject(*[bytes(MEBIBYTE)] * 16, opcode=BINARY)
            proxy.inject(*[b"b" + b"AAAA" * (MEBIBYTE // 4)] * 16)
            await _heard_all(client)
        assert memory() < 4 * MEBIBYTE


async def test_events_that_wait_for_the_first_lists_are_bounded_in_size(
    fresh: NestMTXClient, simulator: Simulator, proxy: FaultProxy, until: Until
) -> None:
    simulator.faults.silent = True
    start = asyncio.create_task(fresh.start())
    await until(lambda: _asked(simulator, CAMERAS) > 0)
    simulator.faults.silent = False

    with traced_memory() as memory:
        for number in range(32):
            domain = f"{number}" + "x" * MEBIBYTE
            payload = {"domain": domain, "event": "x", "entity": 1}
            proxy.inject(message(f"{domain}:x", payload))
        await fresh._connection.request(LIST, "health")
        kept = memory()
    start.cancel()
    await asyncio.wait([start])

    assert kept < 4 * MEBIBYTE


async def test_answers_to_a_server_that_does_not_read_are_limited(
    client: NestMTXClient, listener: Forgetful, proxy: FaultProxy, until: Until
) -> None:
    for link in proxy._links:
        link._client[0]._transport.pause_reading()

    with traced_memory() as memory:
        proxy.inject(*[b"2" + b"x" * MEBIBYTE] * 32)
        proxy.inject(event("extended", 1))
        # The connection may end earlier.
        await until(lambda: listener.latest is not None or not listener.ready)
        kept = memory()

    assert kept < 16 * MEBIBYTE


async def test_messages_of_a_byte_let_other_tasks_run(
    client: NestMTXClient, proxy: FaultProxy
) -> None:
    turns = 0

    async def take_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(take_turns())
    proxy.inject(*[b"6"] * 100_000)
    await _heard_all(client)
    task.cancel()

    assert turns > 100_000 / MAX_IN_A_ROW


# Answers


async def test_an_answer_is_matched_only_to_its_own_request(
    client: NestMTXClient, simulator: Simulator, proxy: FaultProxy, until: Until
) -> None:
    simulator.faults.silent = True
    asked = len(simulator.requests)
    modules = ("health", "version", "htop")
    tasks = {module: asyncio.create_task(client.request(LIST, module)) for module in modules}
    await until(lambda: len(simulator.requests) == asked + len(modules))
    ids = {request["module"]: request["requestId"] for request in simulator.requests[asked:]}

    proxy.inject(
        message(ids["health"].upper(), "for nobody"),
        message(f" {ids['health']}", "for nobody"),
        message(ids["health"], {"error": {"message": "no", "details": [ids["version"]]}}),
        message(ids["health"], {"healthy": "healthy"}),
        message(ids["htop"]),
        message(ids["version"], 7, {"release": "second"}),
        message(ids["version"], {"release": "third"}),
    )

    with pytest.raises(NestMTXError, match="no"):
        await tasks["health"]
    assert await tasks["version"] == 7
    assert await tasks["htop"] is None


@pytest.mark.parametrize("name", ["*", "message", "connect_error", "camera:ready"])
async def test_an_event_may_come_without_a_payload(
    client: NestMTXClient, listener: Forgetful, proxy: FaultProxy, simulator: Simulator, name: str
) -> None:
    sids = simulator.sids

    proxy.inject(message(name), event("extended", 1))
    await client.request(LIST, "version")

    assert listener.latest is not None
    assert simulator.sids == sids


@pytest.mark.parametrize(
    "find", [b'"healthy":"healthy"', b'"id":1,"credentialId"', b'"info":{', b'"total":5']
)
async def test_a_deeply_nested_answer_is_no_error(
    client: NestMTXClient,
    proxy: FaultProxy,
    simulator: Simulator,
    caplog: pytest.LogCaptureFixture,
    until: Until,
    find: bytes,
) -> None:
    client.server.subscribe(Feed.HEALTH)
    name, _, rest = find.partition(b":")
    # Python parses some 65,000 levels, in a thread with the default stack.
    for depth in (100, 5000, 60_000):
        deep = b'{"a":' * depth + b"1" + b"}" * depth
        proxy.faults.corrupt = (find, name + b":" + deep + b',"b":' + rest)
        await _list_until(client, until, lambda: proxy.faults.corrupt is None)
        lists = _asked(simulator, CREDENTIALS)
        await _list_until(
            client, until, lambda lists=lists: _asked(simulator, CREDENTIALS) > lists + 1
        )

    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_an_endless_list_of_cron_jobs_does_not_prevent_listing_cameras(
    client: NestMTXClient, simulator: Simulator, until: Until
) -> None:
    answer = {"total": 10**9, "items": [{"name": "SyncCamerasJob"}]}
    simulator.faults.answers["cronjobs", LIST] = answer
    simulator.faults.delay = 0.05
    client.server.subscribe(Feed.CRON_JOBS)
    await until(lambda: _asked(simulator, "cronjobs") > 0)

    lists = _asked(simulator, CAMERAS)
    client._sync.resync_soon()

    await until(lambda: _asked(simulator, CAMERAS) > lists)
