"""A simulator and a client for the tests of the simulator itself."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from . import Simulator, Times, recorded
from .offers import http_of
from .probe import Probe, running
from .viewer import Viewer


@pytest.fixture
async def simulator(socket_enabled: None) -> AsyncIterator[Simulator]:
    """The recorded world, quick."""
    async with running(Simulator(recorded(), times=Times.fast())) as simulator:
        yield simulator


@pytest.fixture
async def client() -> AsyncIterator[Probe]:
    """Not yet connected."""
    async with Probe() as probe:
        yield probe


@pytest.fixture
async def http(simulator: Simulator) -> AsyncIterator[aiohttp.ClientSession]:
    """Requests to the WebRTC port."""
    async with http_of(simulator) as http:
        yield http


@pytest.fixture
async def viewer() -> AsyncIterator[Viewer]:
    """Not yet connected."""
    async with Viewer() as viewer:
        yield viewer
