"""Removing an entry leaves nothing behind."""

import asyncio
from pathlib import Path

from homeassistant.components.lovelace import LOVELACE_DATA
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.nestmtx.const import DOMAIN
from tests.simulator import Simulator

from .conftest import Until
from .pictures import first_picture, watch


def _files(hass: HomeAssistant) -> set[Path]:
    return {path for path in Path(hass.config.config_dir).rglob("*") if "nestmtx" in str(path)}


def _tasks() -> list[str]:
    """Return the tasks, without those of the server, which runs in the same loop."""
    tasks = map(repr, asyncio.all_tasks())
    return [task for task in tasks if "custom_components" in task or "engineio/async_cl" in task]


async def _resources(hass: HomeAssistant) -> list[str]:
    resources = hass.data[LOVELACE_DATA].resources
    await resources.async_get_info()
    return [item["url"] for item in resources.async_items()]


def _left_of(hass: HomeAssistant, entry_id: str) -> dict[str, list[object]]:
    """Return everything that Home Assistant has of an entry, by kind."""
    devices, entities = dr.async_get(hass), er.async_get(hass)
    return {
        "devices": dr.async_entries_for_config_entry(devices, entry_id),
        "entities": er.async_entries_for_config_entry(entities, entry_id),
        "states": [state.entity_id for state in hass.states.async_all()],
        "issues": [key for key in ir.async_get(hass).issues if key[0] == DOMAIN],
        "files": sorted(_files(hass)),
    }


async def _live(
    hass: HomeAssistant, entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    """Add an entry, and create everything to be removed: pictures, repairs, a resource."""
    await hass.config_entries.async_setup(entry.entry_id)
    viewer = await watch(hass, simulator, until, 1)
    await first_picture(hass, until)
    await simulator.close_reader(1, viewer)
    # Unload, so that pictures are written, which otherwise takes minutes.
    await hass.config_entries.async_reload(entry.entry_id)
    await simulator.set_tokens(1, present=False, event="unauthenticated")
    await until(lambda: len(_left_of(hass, entry.entry_id)["issues"]) > 1)


def _again(entry: MockConfigEntry) -> MockConfigEntry:
    return MockConfigEntry(domain=DOMAIN, title=entry.title, data=entry.data)


async def test_nothing_of_an_entry_is_left_when_it_is_removed(
    hass: HomeAssistant, entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await _live(hass, entry, simulator, until)
    there_was = _left_of(hass, entry.entry_id)
    assert all(there_was.values()) and await _resources(hass)

    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()

    assert not any(_left_of(hass, entry.entry_id).values())
    assert await _resources(hass) == []
    await until(lambda: simulator.connections == 0)


async def test_an_added_and_removed_entry_leaves_no_listener_and_no_task(
    hass: HomeAssistant, entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    async def come_and_go(entry: MockConfigEntry) -> dict[str, int]:
        await _live(hass, entry, simulator, until)
        await hass.config_entries.async_remove(entry.entry_id)
        await hass.async_block_till_done()
        await until(lambda: simulator.connections == 0)
        await simulator.set_tokens(1, present=True)
        listeners = dict(hass.bus.async_listeners())
        # One for each pending write of Home Assistant's files.
        del listeners[EVENT_HOMEASSISTANT_FINAL_WRITE]
        return listeners

    # Home Assistant's components keep what they start with their first entity.
    before = await come_and_go(entry)
    again = _again(entry)
    again.add_to_hass(hass)
    after = await come_and_go(again)

    assert after == before
    assert _tasks() == []
