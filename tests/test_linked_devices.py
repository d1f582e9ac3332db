"""A camera's device is linked with that of core's Google Nest integration, and not changed."""

from hashlib import sha256
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from tests.conftest import Until
from tests.simulator import Simulator, World

NAME = "enterprises/project/devices/front-yard"
IDENTIFIER = ("nest", NAME)
COMMAND = "config/device_registry/list_linked_devices"


@pytest.fixture
def world(world: World) -> World:
    """A world whose first camera has a known Google name."""
    world.cameras[1].uid = NAME
    return world


@pytest.fixture
def nest(hass: HomeAssistant) -> MockConfigEntry:
    """An entry of Google Nest, not set up."""
    entry = MockConfigEntry(domain="nest", title="Google Nest")
    entry.add_to_hass(hass)
    return entry


def _register(hass: HomeAssistant, nest: MockConfigEntry, name: str = NAME) -> dr.DeviceEntry:
    """Register a camera like Google Nest does."""
    return dr.async_get(hass).async_get_or_create(
        config_entry_id=nest.entry_id,
        identifiers={("nest", name)},
        manufacturer="Google Nest",
        model="Camera",
        name="Front yard at Google",
        suggested_area="Outside",
    )


def _device(hass: HomeAssistant, entry: MockConfigEntry) -> dr.DeviceEntry:
    """Return the device of the first camera, by the hash of its name."""
    identifier = ("nestmtx", f"camera_{sha256(NAME.encode()).hexdigest()}")
    device = dr.async_get(hass).async_get_device_by_identifier(identifier, entry.entry_id)
    assert device is not None
    return device


def _is_linked(hass: HomeAssistant, entry: MockConfigEntry) -> bool:
    return IDENTIFIER in _device(hass, entry).identifiers


def _shown(device: dr.DeviceEntry) -> dict[str, Any]:
    """Return the properties of a device that must not change."""
    names = ("id", "area_id", "config_entry_id", "manufacturer", "model", "name", "name_by_user")
    return {name: getattr(device, name) for name in names}


async def test_a_camera_that_google_nest_knows_already_is_linked_and_others_are_not(
    hass: HomeAssistant, nest: MockConfigEntry, entry: MockConfigEntry
) -> None:
    _register(hass, nest)

    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()

    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    assert [each.id for each in devices if any(name[0] == "nest" for name in each.identifiers)] == [
        _device(hass, entry).id
    ]
    assert _is_linked(hass, entry)
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_camera_is_linked_when_google_nest_is_added_later_and_both_stay_as_they_are(
    hass: HomeAssistant, nest: MockConfigEntry, loaded_entry: MockConfigEntry
) -> None:
    before = _shown(_device(hass, loaded_entry))
    assert not _is_linked(hass, loaded_entry)

    theirs = _register(hass, nest)
    await hass.async_block_till_done()

    assert _is_linked(hass, loaded_entry)
    assert _shown(_device(hass, loaded_entry)) == before
    registry = dr.async_get(hass)
    assert _shown(registry.async_get(theirs.id)) == _shown(theirs)
    assert registry.async_get(theirs.id).identifiers == {IDENTIFIER}
    assert theirs.id != before["id"]
    areas = ar.async_get(hass)
    assert areas.async_get_area(before["area_id"]).name == "Front Yard"
    assert areas.async_get_area(theirs.area_id).name == "Outside"


async def test_the_pages_of_both_devices_name_each_other(
    hass: HomeAssistant,
    nest: MockConfigEntry,
    loaded_entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    await async_setup_component(hass, "config", {})
    if COMMAND not in hass.data["websocket_api"]:
        pytest.skip("Home Assistant shows linked devices from 2026.11 on")
    theirs = _register(hass, nest)
    await hass.async_block_till_done()
    ours, page = _device(hass, loaded_entry), await hass_ws_client(hass)

    for device, other in ((ours, theirs), (theirs, ours)):
        await page.send_json_auto_id({"type": COMMAND, "device_id": device.id})
        answer = await page.receive_json()
        assert answer["result"] == {"linked_devices": [other.id]}


async def test_another_camera_of_google_nest_is_not_linked(
    hass: HomeAssistant, nest: MockConfigEntry, loaded_entry: MockConfigEntry
) -> None:
    _register(hass, nest, "enterprises/another-project/devices/front-yard")
    await hass.async_block_till_done()

    assert not _is_linked(hass, loaded_entry)


@pytest.mark.parametrize("gone", ["device", "entry"])
async def test_removing_google_nests_device_removes_the_link(
    hass: HomeAssistant, nest: MockConfigEntry, loaded_entry: MockConfigEntry, gone: str
) -> None:
    theirs = _register(hass, nest)
    await hass.async_block_till_done()
    linked = _shown(_device(hass, loaded_entry))
    assert _is_linked(hass, loaded_entry)

    if gone == "device":
        dr.async_get(hass).async_remove_device(theirs.id)
    else:
        dr.async_get(hass).async_clear_config_entry(nest.entry_id)
    await hass.async_block_till_done()

    assert not _is_linked(hass, loaded_entry)
    assert _shown(_device(hass, loaded_entry)) == linked


async def test_a_device_removed_while_the_entry_was_not_loaded_is_unlinked(
    hass: HomeAssistant, nest: MockConfigEntry, loaded_entry: MockConfigEntry
) -> None:
    theirs = _register(hass, nest)
    await hass.async_block_till_done()
    await hass.config_entries.async_unload(loaded_entry.entry_id)

    dr.async_get(hass).async_remove_device(theirs.id)
    await hass.config_entries.async_setup(loaded_entry.entry_id)
    await hass.async_block_till_done()

    assert not _is_linked(hass, loaded_entry)


async def test_a_linked_camera_stays_linked_and_named_over_a_reload(
    hass: HomeAssistant, nest: MockConfigEntry, loaded_entry: MockConfigEntry
) -> None:
    _register(hass, nest)
    await hass.async_block_till_done()
    dr.async_get(hass).async_update_device(
        _device(hass, loaded_entry).id, name_by_user="Yard", area_id="garden"
    )
    before = _shown(_device(hass, loaded_entry))

    await hass.config_entries.async_reload(loaded_entry.entry_id)
    await hass.async_block_till_done()

    assert _is_linked(hass, loaded_entry)
    assert _shown(_device(hass, loaded_entry)) == before


async def test_removing_a_linked_camera_keeps_google_nests_device(
    hass: HomeAssistant,
    nest: MockConfigEntry,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
) -> None:
    theirs = _register(hass, nest)
    await hass.async_block_till_done()
    ours = _device(hass, loaded_entry)

    del simulator.world.cameras[1]
    registry = dr.async_get(hass)
    await until(lambda: registry.async_get(ours.id) is None)

    assert registry.async_get(theirs.id).identifiers == {IDENTIFIER}
