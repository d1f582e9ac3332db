"""Ids of devices and entities don't depend on their entry or the order of entries."""

from collections.abc import AsyncGenerator

from homeassistant.const import CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.nestmtx.const import DOMAIN
from tests.conftest import Until, all_cameras
from tests.simulator import Simulator, Times, World
from tests.simulator.scenario import recorded

pytestmark = pytest.mark.usefixtures("expected_enabled")

FRONT_READY = "binary_sensor.front_yard_front_yard_cam_stream_ready"
CONNECTION = "binary_sensor.127_0_0_1_connection"


def _devices(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, dr.DeviceEntry]:
    """The devices of an entry by their identifiers."""
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return {name: device for device in devices for _, name in device.identifiers}


def _unique_ids(hass: HomeAssistant, entry: MockConfigEntry) -> set[str]:
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    return {each.unique_id for each in entities}


async def _set_up(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    if hass.config_entries.async_get_entry(entry.entry_id) is None:
        # Home Assistant sets up all existing entries with the first one.
        entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()


async def _unload(hass: HomeAssistant, *entries: MockConfigEntry) -> None:
    for entry in entries:
        assert await hass.config_entries.async_unload(entry.entry_id)


def _again(entry: MockConfigEntry) -> MockConfigEntry:
    """Return another entry for the same server."""
    return MockConfigEntry(domain=DOMAIN, title=entry.title, data=entry.data)


@pytest.fixture
async def second(entry: MockConfigEntry, times: Times) -> AsyncGenerator[MockConfigEntry]:
    """An entry for a second server with the same cameras, to be added."""
    simulator = Simulator(recorded(), times=times)
    await simulator.start()
    data = {**entry.data, CONF_PORT: simulator.port}
    yield MockConfigEntry(domain=DOMAIN, title="second", data=data)
    await simulator.stop()


async def test_cameras_and_credentials_are_identified_by_their_checksums(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, world: World
) -> None:
    names = set(_devices(hass, loaded_entry))

    credentials = loaded_entry.runtime_data.coordinator.credentials
    assert names == {
        "server",
        *(f"camera_{camera.checksum}" for camera in world.cameras.values()),
        *(f"credential_{credential.checksum}" for credential in credentials),
    }
    assert er.async_get(hass).async_get(FRONT_READY).unique_id == (
        f"camera_{world.cameras[1].checksum}_ready"
    )


async def test_an_entry_that_is_deleted_and_added_again_gets_names_areas_and_entity_ids_back(
    hass: HomeAssistant, entry: MockConfigEntry, world: World
) -> None:
    await _set_up(hass, entry)
    devices, entities = dr.async_get(hass), er.async_get(hass)
    front = _devices(hass, entry)[f"camera_{world.cameras[1].checksum}"]
    area = ar.async_get(hass).async_create("Fence")
    devices.async_update_device(front.id, area_id=area.id, name_by_user="Gate")
    devices.async_update_device(_devices(hass, entry)["server"].id, name_by_user="Cellar")
    entities.async_update_entity(FRONT_READY, new_entity_id="binary_sensor.gate", name="Live")
    entities.async_update_entity(CONNECTION, new_entity_id="binary_sensor.cellar")
    await hass.async_block_till_done()
    # With the device's name, depending on Home Assistant's version.
    name = hass.states.get("binary_sensor.gate").attributes["friendly_name"]
    assert "Live" in name
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert hass.states.get("binary_sensor.gate") is None

    again = _again(entry)
    await _set_up(hass, again)

    restored = _devices(hass, again)
    assert restored[f"camera_{world.cameras[1].checksum}"].id == front.id
    assert restored[f"camera_{world.cameras[1].checksum}"].name_by_user == "Gate"
    assert restored[f"camera_{world.cameras[1].checksum}"].area_id == area.id
    assert restored["server"].name_by_user == "Cellar"
    assert hass.states.get("binary_sensor.gate").attributes["friendly_name"] == name
    assert hass.states.get("binary_sensor.cellar").state == "on"
    await _unload(hass, again)


@all_cameras
async def test_two_servers_with_the_same_cameras_have_ids_of_their_own(
    hass: HomeAssistant, entry: MockConfigEntry, second: MockConfigEntry
) -> None:
    await _set_up(hass, entry)
    await _set_up(hass, second)

    first, other = _devices(hass, entry), _devices(hass, second)
    assert set(other) == {f"{name}#2" for name in first}
    assert {device.id for device in first.values()}.isdisjoint(
        device.id for device in other.values()
    )
    assert len(_unique_ids(hass, entry)) == len(_unique_ids(hass, second))
    assert _unique_ids(hass, entry).isdisjoint(_unique_ids(hass, second))
    await _unload(hass, entry, second)


async def test_the_first_of_two_servers_keeps_its_ids_when_it_is_loaded_last(
    hass: HomeAssistant, entry: MockConfigEntry, second: MockConfigEntry
) -> None:
    await _set_up(hass, entry)
    await _set_up(hass, second)
    before = _unique_ids(hass, entry), _unique_ids(hass, second)
    await _unload(hass, entry, second)

    await _set_up(hass, second)
    await _set_up(hass, entry)

    assert (_unique_ids(hass, entry), _unique_ids(hass, second)) == before
    assert all(hass.states.get(FRONT_READY).state == "off" for _ in before)
    await _unload(hass, entry, second)


async def test_each_of_two_servers_gets_its_ids_back(
    hass: HomeAssistant, entry: MockConfigEntry, second: MockConfigEntry
) -> None:
    await _set_up(hass, entry)
    await _set_up(hass, second)
    before = _unique_ids(hass, entry), _unique_ids(hass, second)

    await hass.config_entries.async_remove(second.entry_id)
    second = _again(second)
    await _set_up(hass, second)
    await hass.config_entries.async_remove(entry.entry_id)
    entry = _again(entry)
    await _set_up(hass, entry)

    assert (_unique_ids(hass, entry), _unique_ids(hass, second)) == before
    await _unload(hass, entry, second)


async def test_a_camera_that_moves_from_one_server_to_another_keeps_its_id(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    second: MockConfigEntry,
    simulator: Simulator,
    until: Until,
) -> None:
    name = f"camera_{simulator.world.cameras[1].checksum}"
    await _set_up(hass, entry)
    device = _devices(hass, entry)[name]
    dr.async_get(hass).async_update_device(device.id, name_by_user="Gate")
    camera = simulator.world.cameras[1]
    simulator.world.remove_camera(1)
    await until(lambda: name not in _devices(hass, entry))
    await _set_up(hass, second)
    assert name in _devices(hass, second)

    # The camera returns, while the other server still has it.
    simulator.world.cameras[1] = camera
    await until(lambda: f"{name}#2" in _devices(hass, entry))

    assert name in _devices(hass, second)
    await _unload(hass, entry, second)
