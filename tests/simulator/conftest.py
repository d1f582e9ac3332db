"""Fixtures for the tests of the simulator itself."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from . import Simulator, Times, recorded
from .offers import http_of
from .probe import Probe, running
from .viewer import Viewer


@pytest.fixture
async def simulator(socket_enabled: None) -> AsyncIterator[Simulator]:
    """A simulator of the recorded world with fast times."""
    async with running(Simulator(recorded(), times=Times.fast())) as simulator:
        yield simulator


@pytest.fixture
async def client() -> AsyncIterator[Probe]:
    """A client that is not connected yet."""
    async with Probe() as probe:
        yield probe


@pytest.fixture
async def http(simulator: Simulator) -> AsyncIterator[aiohttp.ClientSession]:
    """An HTTP session for the WebRTC port."""
    async with http_of(simulator) as http:
        yield http


@pytest.fixture
async def viewer() -> AsyncIterator[Viewer]:
    """A viewer that is not connected yet."""
    async with Viewer() as viewer:
        yield viewer
