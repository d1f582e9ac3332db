"""Fixtures shared by the client's tests."""

from collections.abc import AsyncGenerator

import aiohttp
import pytest

from custom_components.nestmtx.client import Account, ServerAddress, ServerState

from .running import Recorder
from .states import BACK, FRONT, listed


@pytest.fixture
async def http(socket_enabled: None) -> AsyncGenerator[aiohttp.ClientSession]:
    """An HTTP session for the client."""
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def state() -> ServerState:
    """A state with two cameras and a credential, from two lists."""
    return listed(ServerState(nonce="n0nce"), FRONT, BACK)


@pytest.fixture
def account(address: ServerAddress) -> Account:
    """A user of the simulated server."""
    return Account(address, "nestmtx", "nestmtx")


@pytest.fixture
def recorder() -> Recorder:
    """A listener that records its calls."""
    return Recorder()
