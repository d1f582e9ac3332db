"""What the tests of the client share."""

from collections.abc import AsyncGenerator

import aiohttp
import pytest

from custom_components.nestmtx.client import Account, ServerAddress, ServerState

from .running import Recorder
from .states import BACK, FRONT, listed


@pytest.fixture
async def http(socket_enabled: None) -> AsyncGenerator[aiohttp.ClientSession]:
    """A session for requests, as the client is given one."""
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def state() -> ServerState:
    """Two cameras and a credential, as two lists told."""
    return listed(ServerState(nonce="n0nce"), FRONT, BACK)


@pytest.fixture
def account(address: ServerAddress) -> Account:
    """A user of the simulated server."""
    return Account(address, "nestmtx", "nestmtx")


@pytest.fixture
def recorder() -> Recorder:
    """Somebody who listens."""
    return Recorder()
