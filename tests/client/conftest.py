"""What the tests of the client share."""

from collections.abc import AsyncGenerator

import aiohttp
import pytest


@pytest.fixture
async def http(socket_enabled: None) -> AsyncGenerator[aiohttp.ClientSession]:
    """A session for requests, as the client is given one."""
    async with aiohttp.ClientSession() as session:
        yield session
