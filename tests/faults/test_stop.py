"""Unloading, reloading and the stop of Home Assistant, in any state of the session."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_PORT, EVENT_HOMEASSISTANT_STOP, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.nestmtx.const import DOMAIN
from tests.conftest import Until
from tests.simulator import Simulator, Times, recorded

from .bench import Bench

type Situation = Callable[[Bench], Awaitable[None]]


async def _ready(_: Bench) -> None:
    """A situation without faults."""


async def _connecting(bench: Bench) -> None:
    bench.proxy.swallow()
    bench.proxy.cut()
    await bench.until_lost()
    accepted = bench.proxy.accepted
    await bench.until(lambda: bench.proxy.accepted > accepted)


async def _verifying(bench: Bench) -> None:
    bench.simulator.faults.silent = True
    lists = bench.asked("cameras", "list")
    bench.proxy.cut()
    await bench.until(lambda: bench.asked("cameras", "list") > lists)


async def _waiting_to_connect_again(bench: Bench) -> None:
    bench.proxy.refuse()
    bench.proxy.cut()
    await bench.until_unavailable()


SITUATIONS = [_ready, _connecting, _verifying, _waiting_to_connect_again]
situations = pytest.mark.parametrize("situation", SITUATIONS, ids=lambda each: each.__name__[1:])


@situations
async def test_unloading_is_quick(bench: Bench, hass: HomeAssistant, situation: Situation) -> None:
    await situation(bench)

    async with asyncio.timeout(2):
        assert await hass.config_entries.async_unload(bench.entry.entry_id)

    await bench.until(lambda: bench.proxy.websockets == 0)


@situations
async def test_reloading_sets_up_again_or_tries_to(
    bench: Bench, hass: HomeAssistant, situation: Situation
) -> None:
    await situation(bench)

    await hass.config_entries.async_reload(bench.entry.entry_id)

    expected = ConfigEntryState.LOADED if situation is _ready else ConfigEntryState.SETUP_RETRY
    assert bench.entry.state is expected


@situations
async def test_the_stop_of_home_assistant_ends_the_session(
    bench: Bench, hass: HomeAssistant, situation: Situation
) -> None:
    await situation(bench)

    async with asyncio.timeout(2):
        hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
        await hass.async_block_till_done()

    await bench.until(lambda: bench.proxy.websockets == 0)


@pytest.fixture
async def second_server(socket_enabled: None) -> AsyncGenerator[Simulator]:
    """Another server, with the same cameras."""
    simulator = Simulator(recorded(2), times=Times.fast())
    await simulator.start()
    yield simulator
    await simulator.stop()


async def test_of_two_servers_one_may_be_down(
    bench: Bench, hass: HomeAssistant, second_server: Simulator, until: Until
) -> None:
    data = {**bench.entry.data, CONF_PORT: second_server.port}
    second = MockConfigEntry(domain=DOMAIN, entry_id="02NESTMTX", title="second", data=data)
    second.add_to_hass(hass)
    await hass.config_entries.async_setup(second.entry_id)
    await hass.async_block_till_done()

    await second_server.kill()
    await until(lambda: hass.states.get("camera.front_yard_front_yard_cam_2") is not None)
    await until(
        lambda: hass.states.get("camera.front_yard_front_yard_cam_2").state == STATE_UNAVAILABLE
    )

    assert bench.connection == STATE_ON
    assert STATE_UNAVAILABLE not in bench.others
    await hass.config_entries.async_unload(second.entry_id)
