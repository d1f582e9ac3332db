"""Every entity's entry and state, with a camera in each status."""

from unittest.mock import patch

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, snapshot_platform
from syrupy.assertion import SnapshotAssertion

from custom_components.nestmtx.const import PLATFORMS
from tests.simulator import World
from tests.simulator.scenario import statuses


@pytest.fixture
def world() -> World:
    """A camera in each status, and one in a status that no client knows."""
    return statuses()


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_all_entities_of_a_platform(
    hass: HomeAssistant,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
    entry: MockConfigEntry,
    platform: Platform,
) -> None:
    with (
        patch("custom_components.nestmtx.PLATFORMS", [platform]),
        # The token in the address of a camera's picture is drawn by lot.
        patch("homeassistant.components.camera._RND.getrandbits", return_value=1),
    ):
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()

        await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)

        await hass.config_entries.async_unload(entry.entry_id)
