"""What all tests share: a simulated server, and short times."""

from collections.abc import AsyncGenerator, Generator
from unittest.mock import patch

import pytest

from custom_components.nestmtx.client import ServerAddress, Timings
from tests.simulator import Simulator, Times

TIMINGS = Timings(
    connect_timeout=2.0,
    request_timeout=1.0,
    first_retries=(0.02, 0.05),
    retry=0.1,
    retry_in_long_outage=0.2,
    lag=0.5,
    resync=1.0,
    grace=0.2,
)


@pytest.fixture(autouse=True)
def _custom_integrations(enable_custom_integrations: None) -> None:
    """Let Home Assistant load the integration."""


@pytest.fixture
async def simulator(socket_enabled: None) -> AsyncGenerator[Simulator]:
    """A running server with the recorded cameras, and short times."""
    simulator = Simulator(times=Times.fast())
    await simulator.start()
    yield simulator
    await simulator.stop()


@pytest.fixture
def address(simulator: Simulator) -> ServerAddress:
    """Where the server is."""
    return ServerAddress(simulator.host, simulator.port)


@pytest.fixture
def short_times() -> Generator[Timings]:
    """Let the integration use short times."""
    with (
        patch("custom_components.nestmtx.coordinator.TIMINGS", TIMINGS),
        patch("custom_components.nestmtx.config_flow.TIMINGS", TIMINGS),
    ):
        yield TIMINGS
