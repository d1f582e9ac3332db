"""A server behind a faulty proxy, and an entry for it."""

from collections.abc import AsyncGenerator, Generator
from dataclasses import replace
from unittest.mock import patch

from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.nestmtx.client import Timings
from tests.conftest import TIMINGS
from tests.simulator import Quirks, Simulator, Times, World

from .bench import Bench
from .proxy import FaultProxy


@pytest.fixture
def pings() -> tuple[float, float]:
    """Ping interval and timeout in seconds, longer than any test."""
    return 25, 20


@pytest.fixture
def timings() -> Timings:
    """The integration's timings, with a lag just above the simulated server's."""
    return replace(TIMINGS, lag=0.3, resync=0.6)


@pytest.fixture
def short_times(timings: Timings) -> Generator[Timings]:
    """Let the integration use these timings."""
    with (
        patch("custom_components.nestmtx.coordinator.TIMINGS", timings),
        patch("custom_components.nestmtx.config_flow.TIMINGS", timings),
    ):
        yield timings


@pytest.fixture
async def simulator(
    world: World, quirks: Quirks, pings: tuple[float, float], socket_enabled: None
) -> AsyncGenerator[Simulator]:
    """A running server with short timings."""
    simulator = Simulator(world, quirks, Times.fast(), *pings)
    await simulator.start()
    yield simulator
    await simulator.stop()


@pytest.fixture
async def proxy(simulator: Simulator) -> AsyncGenerator[FaultProxy]:
    """The proxy before the server."""
    proxy = FaultProxy((simulator.host, simulator.port))
    await proxy.start()
    yield proxy
    await proxy.stop()


@pytest.fixture
def host(proxy: FaultProxy) -> str:
    """The host name of the server in the entry."""
    return proxy.host


@pytest.fixture
def entry(
    hass: HomeAssistant, entry: MockConfigEntry, proxy: FaultProxy, host: str
) -> MockConfigEntry:
    """An entry for the server behind the proxy, not set up."""
    data = {**entry.data, CONF_HOST: host, CONF_PORT: proxy.port}
    # Video doesn't pass through the proxy.
    options = {"web_rtc": False}
    hass.config_entries.async_update_entry(entry, data=data, title=host, options=options)
    return entry


@pytest.fixture
async def front_ready(simulator: Simulator) -> None:
    """Camera 1 streams before the entry is set up."""
    await simulator.set_ready(1, ready=True)


@pytest.fixture
async def bench(
    hass: HomeAssistant,
    front_ready: None,
    expected_enabled: None,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    proxy: FaultProxy,
    caplog: pytest.LogCaptureFixture,
) -> Bench:
    """The entry: camera 1 is ready, camera 2 is not."""
    bench = Bench(hass, loaded_entry, simulator, proxy, caplog)
    await bench.until_true()
    bench.seen.clear()
    return bench
