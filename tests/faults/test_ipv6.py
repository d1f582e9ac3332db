"""A server with an IPv6 address."""

from collections.abc import AsyncGenerator

from homeassistant.const import STATE_UNAVAILABLE
import pytest
from pytest_socket import socket_allow_hosts

from tests.simulator import Simulator, Times, World

from .bench import Bench
from .proxy import FaultProxy

LOOPBACK = "::1"


@pytest.fixture
async def simulator(world: World, socket_enabled: None) -> AsyncGenerator[Simulator]:
    """A running server with short timings."""
    # Reset for the next test: by default, tests may connect only to IPv4's loopback.
    socket_allow_hosts([LOOPBACK])
    simulator = Simulator(world, times=Times.fast())
    await simulator.start(host=LOOPBACK)
    yield simulator
    await simulator.stop()


@pytest.fixture
async def proxy(simulator: Simulator) -> AsyncGenerator[FaultProxy]:
    """The proxy before the server."""
    proxy = FaultProxy((simulator.host, simulator.port), host=LOOPBACK)
    await proxy.start()
    yield proxy
    await proxy.stop()


async def test_a_server_with_an_ipv6_address_comes_back_after_a_restart(bench: Bench) -> None:
    await bench.simulator.kill()
    await bench.until_unavailable()
    await bench.change_server()
    await bench.simulator.start()
    await bench.until_true()

    assert STATE_UNAVAILABLE not in bench.others
    bench.assert_kept()
    bench.assert_lost_and_found_logged()
