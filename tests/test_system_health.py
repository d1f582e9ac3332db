"""System health."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, get_system_health_info

from custom_components.nestmtx.const import DOMAIN
from tests.conftest import Until
from tests.simulator import Simulator
from tests.test_translations import ENGLISH


async def _health(hass: HomeAssistant) -> dict[str, Any]:
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    return await get_system_health_info(hass, DOMAIN)


async def test_the_health_of_a_server_that_is_connected(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await simulator.set_ready(1, ready=True)
    await until(lambda: hass.states.get("sensor.127_0_0_1_cameras_streaming").state == "1")

    assert await _health(hass) == {
        "connected_servers": "1/1",
        "server_versions": "v1.1.1",
        "cameras": 7,
        "cameras_streaming": 1,
    }


async def test_the_health_of_a_server_that_is_lost(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await simulator.kill()
    await until(lambda: hass.states.get("binary_sensor.127_0_0_1_connection").state == "off")

    assert (await _health(hass))["connected_servers"] == "0/1"


async def test_each_line_is_translated(hass: HomeAssistant, loaded_entry: MockConfigEntry) -> None:
    assert set(ENGLISH["system_health"]["info"]) == set(await _health(hass))
