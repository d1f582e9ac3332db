"""The server under contract test: the simulator, or a real one by its URL.

    NESTMTX_URL=http://nest.local:2000 NESTMTX_USERNAME=... NESTMTX_PASSWORD=... \
        scripts/test tests/contract/test_contract.py tests/contract/test_video.py

On a real server nothing is changed unless NESTMTX_ALLOW_WRITES=1, and no camera is woken unless
NESTMTX_ALLOW_WAKING=1.
"""

import asyncio
from collections.abc import AsyncGenerator
import os
import socket
from typing import Any

import aiohttp
import pytest
import pytest_socket

from custom_components.nestmtx.client import Account, Timings, parse_address, verify_account
from custom_components.nestmtx.client.connection.connection import Connection
from tests.simulator import Quirks, Simulator, Times
from tests.simulator.probe import PATIENCE

URL = os.environ.get("NESTMTX_URL")
ALLOW_WAKING = URL is None or os.environ.get("NESTMTX_ALLOW_WAKING") == "1"
ALLOW_WRITES = URL is None or os.environ.get("NESTMTX_ALLOW_WRITES") == "1"

writes = pytest.mark.skipif(
    not ALLOW_WRITES, reason="changes a real server: set NESTMTX_ALLOW_WRITES=1"
)

wakes = pytest.mark.skipif(
    not ALLOW_WAKING, reason="wakes a camera of a real server: set NESTMTX_ALLOW_WAKING=1"
)

KINDS = ["real"] if URL else ["as recorded", "by its page"]

TOKENS: dict[Account, str] = {}
"""Tokens of a run's first login, as each login leaves a token on the server forever."""


@pytest.fixture
def times() -> Times:
    """The simulator's times."""
    return Times.fast()


@pytest.fixture(params=KINDS)
async def account(
    request: pytest.FixtureRequest, times: Times, socket_enabled: None
) -> AsyncGenerator[Account]:
    """A user of the server."""
    if URL is not None:
        address = parse_address(URL)
        known = {info[4][0] for info in socket.getaddrinfo(address.host, address.port)}
        pytest_socket.socket_allow_hosts([address.host, *known])
        username = os.environ["NESTMTX_USERNAME"]
        yield Account(address, username, os.environ["NESTMTX_PASSWORD"])
        return
    quirks = Quirks.by_the_page() if request.param == "by its page" else Quirks()
    simulator = Simulator(quirks=quirks, times=times)
    await simulator.start()
    account = Account(parse_address(simulator.url), "nestmtx", "nestmtx")
    yield account
    TOKENS.pop(account, None)
    await simulator.stop()


@pytest.fixture
async def http(socket_enabled: None) -> AsyncGenerator[aiohttp.ClientSession]:
    """A session that accepts a self-signed certificate of the server."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=False)) as session:
        yield session
    # A TLS connection ends when the peer has closed it, too.
    async with asyncio.timeout(PATIENCE):
        while _ending():
            await asyncio.sleep(0.01)


def _ending() -> bool:
    """Return whether a TLS connection waits for its peer to close."""
    timers = asyncio.get_running_loop()._scheduled
    return any("SSLProtocol" in repr(timer) for timer in timers if not timer.cancelled())


@pytest.fixture
async def token(http: aiohttp.ClientSession, account: Account) -> str:
    """A valid token from a login."""
    if account not in TOKENS:
        TOKENS[account] = (await verify_account(http, account, Timings())).token
    return TOKENS[account]


@pytest.fixture
def events() -> list[tuple[str, Any]]:
    """Messages of the server that are not answers: topic and body."""
    return []


@pytest.fixture
async def connection(
    http: aiohttp.ClientSession, account: Account, token: str, events: list[tuple[str, Any]]
) -> AsyncGenerator[Connection]:
    """A connection that the server accepts."""
    connection = Connection(http, Timings(), lambda *event: events.append(event))
    await connection.connect(account.address, token)
    yield connection
    await connection.close()
