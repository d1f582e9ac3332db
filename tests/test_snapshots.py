"""Every entity's entry and state, with a camera in each status."""

from unittest.mock import patch

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, snapshot_platform
from syrupy.assertion import SnapshotAssertion

from custom_components.nestmtx.const import PLATFORMS
from tests.conftest import Until
from tests.simulator import Simulator, World
from tests.simulator.scenario import statuses

FEEDS = (
    "sensor.127_0_0_1_health",
    "sensor.127_0_0_1_cpu",
    "sensor.127_0_0_1_last_run_refresh_credentials",
)
"""A sensor of each feed, which comes a moment after the set-up."""
AUTHORIZATION = "sensor.home_account_authorization"
AGAIN = {
    "domain": "credentials",
    "event": "reauthenticated",
    "entity": 1,
    "details": {"description": "Home account"},
    "at": "2026-11-23T18:30:00.000Z",
}


@pytest.fixture
def world() -> World:
    """A camera in each status, and one in a status that no client knows; credentials likewise."""
    return statuses()


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.usefixtures("all_enabled")
async def test_all_entities_of_a_platform(
    hass: HomeAssistant,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
    entry: MockConfigEntry,
    simulator: Simulator,
    platform: Platform,
    until: Until,
) -> None:
    with (
        patch("custom_components.nestmtx.PLATFORMS", [platform]),
        # The token in the address of a camera's picture is drawn by lot.
        patch("homeassistant.components.camera._RND.getrandbits", return_value=1),
    ):
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()
        if platform is Platform.SENSOR:
            # The third of the credentials' states: no list tells it.
            await simulator.emit("credentials:reauthenticated", AGAIN)
            await until(lambda: hass.states.get(AUTHORIZATION).state == "reauthenticated")
            await until(lambda: all(hass.states.get(each).state != "unknown" for each in FEEDS))

        await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)

        await hass.config_entries.async_unload(entry.entry_id)
