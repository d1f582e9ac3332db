"""A simulator and a client for the tests of the simulator itself."""

from collections.abc import AsyncIterator

import pytest

from . import Simulator, Times, recorded
from .probe import Probe, running


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
