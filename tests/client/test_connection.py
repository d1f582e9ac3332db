"""Requests and their answers, including invalid ones."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import RawTestServer
from engineio.base_client import connected_clients
import pytest

from custom_components.nestmtx.client import (
    Account,
    CannotConnect,
    ConnectionLost,
    InvalidAuth,
    InvalidRequest,
    NotNestMTX,
    RequestError,
    RequestTimeout,
    ServerAddress,
)
from custom_components.nestmtx.client.connection.auth import login
from custom_components.nestmtx.client.connection.connection import Connection
from tests.conftest import TIMINGS, Until
from tests.faults.proxy import FaultProxy
from tests.simulator import Quirks, Simulator, Times
from tests.simulator.probe import PATIENCE


@pytest.fixture
async def http(socket_enabled: None) -> AsyncGenerator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def received() -> list[tuple[str, Any]]:
    return []


@pytest.fixture
async def connection(
    http: aiohttp.ClientSession, address: ServerAddress, received: list[tuple[str, Any]]
) -> AsyncGenerator[Connection]:
    """A connection that the server accepts."""
    token = await login(http, Account(address, "nestmtx", "nestmtx"), timeout=PATIENCE)
    connection = Connection(http, TIMINGS, lambda topic, payload: received.append((topic, payload)))
    await connection.connect(address, token)
    yield connection
    await connection.close()


# Logging in


async def test_login_gives_a_token(http: aiohttp.ClientSession, address: ServerAddress) -> None:
    token = await login(http, Account(address, "nestmtx", "nestmtx"), timeout=PATIENCE)

    assert token.startswith("oat_")


async def test_a_wrong_password_is_invalid_auth(
    http: aiohttp.ClientSession, address: ServerAddress
) -> None:
    with pytest.raises(InvalidAuth) as error:
        await login(http, Account(address, "nestmtx", "s3cret"), timeout=PATIENCE)

    assert "s3cret" not in str(error.value)


async def test_a_login_at_a_server_that_is_down_fails(
    http: aiohttp.ClientSession, simulator: Simulator, address: ServerAddress
) -> None:
    await simulator.kill()

    with pytest.raises(CannotConnect):
        await login(http, Account(address, "nestmtx", "nestmtx"), timeout=PATIENCE)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (200, "<html>Router</html>", NotNestMTX),
        (201, '{"bearer": 7}', NotNestMTX),
        (404, "Not Found", NotNestMTX),
        (301, "", NotNestMTX),
        (400, "[]", NotNestMTX),
        (400, '{"error": "x"}', CannotConnect),
        (400, '{"error": {"message": "SQLITE_BUSY"}}', CannotConnect),
        (401, '{"error": {"message": "Unauthorized"}}', InvalidAuth),
        (403, "<html>Forbidden</html>", NotNestMTX),
        (201, '{"bearer": "\\ud800"}', NotNestMTX),
        (200, "x" * 100_000, NotNestMTX),
        (502, "<html>Bad Gateway</html>", CannotConnect),
    ],
)
async def test_an_answer_that_is_not_nestmtxs_is_recognized(
    http: aiohttp.ClientSession,
    simulator: Simulator,
    address: ServerAddress,
    status: int,
    body: str,
    error: type[Exception],
) -> None:
    simulator.faults.http_status, simulator.faults.http_body = status, body

    with pytest.raises(error) as raised:
        await login(http, Account(address, "nestmtx", "nestmtx"), timeout=PATIENCE)

    assert raised.type is error


async def test_a_redirected_login_is_not_sent_elsewhere(
    http: aiohttp.ClientSession, simulator: Simulator
) -> None:
    async def redirect(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=307, headers={"Location": f"{simulator.url}/api/auth"})

    async with RawTestServer(redirect, host="127.0.0.1") as server:
        with pytest.raises(NotNestMTX):
            await login(
                http,
                Account(ServerAddress("127.0.0.1", server.port), "nestmtx", "nestmtx"),
                timeout=1,
            )

    assert simulator.logins == 0


# Requests


async def test_a_request_is_answered(connection: Connection) -> None:
    answer = await connection.request("read", "users", entity="1")

    assert answer["username"] == "nestmtx"


async def test_concurrent_requests_get_their_own_answers(connection: Connection) -> None:
    version, user = await asyncio.gather(
        connection.request("list", "version"), connection.request("read", "users", entity="1")
    )

    assert version["release"]
    assert user["username"] == "nestmtx"


async def test_an_answer_of_null_is_none(connection: Connection) -> None:
    payload = {"mtx_path": "front", "is_enabled": True, "is_persistent": False}

    assert await connection.request("update", "cameras", entity="1", payload=payload) is None


async def test_an_error_is_raised_without_its_context(connection: Connection) -> None:
    with pytest.raises(RequestError) as error:
        await connection.request("read", "cameras", entity="9999")

    assert error.value.message == "Row not found"
    assert "context" not in vars(error.value)


async def test_each_request_has_a_unique_id(connection: Connection, simulator: Simulator) -> None:
    for _ in range(3):
        await connection.request("list", "health")

    ids = {request["requestId"] for request in simulator.requests}
    assert len(ids) == 3


@pytest.mark.parametrize(
    ("command", "entity", "payload"),
    [
        ("explode", None, None),
        ("list", "1", {}),
        ("create", None, None),
        ("create", "1", {}),
        ("read", None, None),
        ("read", "1", {}),
        ("update", "1", None),
        ("update", None, {}),
        ("delete", "1", {}),
        ("create", None, {"x": object()}),
        ("create", None, {"x": "x" * 1_000_000}),
    ],
)
async def test_an_invalid_request_is_not_sent(
    connection: Connection,
    simulator: Simulator,
    command: str,
    entity: str | None,
    payload: dict[str, Any] | None,
) -> None:
    with pytest.raises(InvalidRequest):
        await connection.request(command, "cameras", entity=entity, payload=payload)

    assert not simulator.requests


async def test_a_list_without_payload_is_sent_with_an_empty_one(
    connection: Connection, simulator: Simulator
) -> None:
    await connection.request("list", "health")

    assert simulator.requests[-1]["payload"] == {}


async def test_a_request_that_is_not_answered_times_out(
    connection: Connection, simulator: Simulator
) -> None:
    simulator.faults.silent = True

    with pytest.raises(RequestTimeout):
        await connection.request("list", "health", timeout=0.1)


async def test_a_late_answer_is_ignored(connection: Connection, simulator: Simulator) -> None:
    simulator.faults.delay = 0.2
    with pytest.raises(RequestTimeout):
        await connection.request("list", "health", timeout=0.1)

    assert (await connection.request("list", "health"))["healthy"] == "healthy"


async def test_a_failure_without_an_id_fails_the_only_open_request(
    connection: Connection, simulator: Simulator
) -> None:
    simulator.faults.silent = True
    request = asyncio.ensure_future(connection.request("list", "health"))
    await asyncio.sleep(0.05)

    await simulator.emit(
        "failure", {"message": "Invalid Request", "details": [{"message": "no such thing"}, 7]}
    )

    with pytest.raises(RequestError) as error:
        await request
    assert (error.value.message, error.value.details) == ("Invalid Request", ("no such thing",))


async def test_a_failure_without_an_id_fails_none_of_several_open_requests(
    connection: Connection, simulator: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    simulator.faults.delay = 0.2
    requests = [
        asyncio.ensure_future(connection.request("list", "health")),
        asyncio.ensure_future(connection.request("list", "health")),
    ]
    await asyncio.sleep(0.05)

    await simulator.emit("failure", "nonsense")

    assert all(answer["healthy"] for answer in await asyncio.gather(*requests))
    assert "The server refused a request" in caplog.text


async def test_an_open_request_fails_when_the_connection_is_lost(
    connection: Connection, simulator: Simulator
) -> None:
    simulator.faults.silent = True
    request = asyncio.ensure_future(connection.request("list", "health", timeout=5))
    await asyncio.sleep(0.05)

    async with asyncio.timeout(1):
        await simulator.kill()
        with pytest.raises(ConnectionLost):
            await request


async def test_a_request_after_closing_the_connection_fails(
    connection: Connection,
) -> None:
    await connection.close()

    with pytest.raises(ConnectionLost):
        await connection.request("list", "health")


async def test_a_message_that_is_not_an_answer_is_an_event(
    connection: Connection, simulator: Simulator, received: list[tuple[str, Any]]
) -> None:
    await simulator.fire("camera", "ready", entity=1)
    await connection.request("list", "health")

    topics = [topic for topic, _ in received if topic != "log"]
    assert topics[-3:] == ["camera:ready", "camera:*", "ready"]


async def test_events_beyond_a_burst_are_rate_limited(
    http: aiohttp.ClientSession, address: ServerAddress, simulator: Simulator, until: Until
) -> None:
    heard: list[float] = []
    loop = asyncio.get_running_loop()
    connection = Connection(
        http,
        replace(TIMINGS, event_rate=200.0, event_burst=50.0),
        lambda *_: heard.append(loop.time()),
        accepts=lambda topic: topic == "camera:ready",
    )
    await connection.connect(address, "any")

    for _ in range(150):
        await simulator.fire("camera", "ready", entity=1)
    await until(lambda: len(heard) == 150)
    await connection.close()

    # 100 more than the burst, 200 a second.
    assert heard[-1] - heard[0] >= 0.49


# Connecting


async def test_an_unexpected_error_loses_only_one_event(
    http: aiohttp.ClientSession,
    address: ServerAddress,
    simulator: Simulator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    topics: list[str] = []

    def fail_once(topic: str, _: Any) -> None:
        topics.append(topic)
        if len(topics) == 1:
            raise LookupError(topic)

    token = await login(http, Account(address, "nestmtx", "nestmtx"), timeout=PATIENCE)
    connection = Connection(http, TIMINGS, fail_once, accepts=lambda topic: topic != "log")
    await connection.connect(address, token)

    await simulator.emit("first", {})
    await simulator.emit("second", {})
    await connection.request("list", "health")

    assert topics == ["first", "second"]
    assert "Unexpected error" in caplog.text
    await connection.close()


async def test_a_bad_token_connects_but_its_requests_are_refused(
    http: aiohttp.ClientSession, address: ServerAddress
) -> None:
    connection = Connection(http, TIMINGS, lambda _topic, _payload: None)
    await connection.connect(address, "junk")

    with pytest.raises(InvalidAuth):
        await connection.request("list", "cameras")
    await connection.close()


async def test_a_server_as_documented_refuses_a_bad_token(http: aiohttp.ClientSession) -> None:
    simulator = Simulator(quirks=Quirks.by_the_page(), times=Times.fast())
    await simulator.start()
    connection = Connection(http, TIMINGS, lambda _topic, _payload: None)

    with pytest.raises(InvalidAuth):
        await connection.connect(ServerAddress(simulator.host, simulator.port), "junk")

    await connection.close()
    await simulator.stop()


async def test_connecting_to_a_closed_port_fails(
    http: aiohttp.ClientSession, simulator: Simulator, address: ServerAddress
) -> None:
    await simulator.kill()
    connection = Connection(http, TIMINGS, lambda _topic, _payload: None)

    with pytest.raises(CannotConnect):
        await connection.connect(address, "token")
    await connection.close()


async def test_the_library_does_not_keep_a_connection_to_a_silent_server(
    http: aiohttp.ClientSession, simulator: Simulator, address: ServerAddress
) -> None:
    token = await login(http, Account(address, "nestmtx", "nestmtx"), timeout=PATIENCE)
    proxy = FaultProxy((simulator.host, simulator.port))
    await proxy.start()
    connection = Connection(http, TIMINGS, on_event=lambda _topic, _payload: None)
    await connection.connect(ServerAddress(proxy.host, proxy.port), token)

    proxy.swallow()
    await connection.close()

    assert connected_clients == []
    await proxy.stop()
