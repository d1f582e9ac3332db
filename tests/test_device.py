"""Devices follow the server's objects."""

import asyncio
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import (
    STATE_ON,
    STATE_UNAVAILABLE,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.nestmtx.const import DOMAIN
from custom_components.nestmtx.entity import NestMTXEntity
from tests.conftest import TIMINGS, Until
from tests.simulator import Simulator

pytestmark = pytest.mark.usefixtures("all_enabled")

CONNECTION = "binary_sensor.127_0_0_1_connection"
FRONT = "camera.front_yard_front_yard_cam"
FRONT_READY = "binary_sensor.front_yard_front_yard_cam_stream_ready"
FRONT_STATUS = "sensor.front_yard_front_yard_cam_status"
HOME_AUTHORIZATION = "sensor.home_account_authorization"


def _state(hass: HomeAssistant, entity_id: str) -> str | None:
    state = hass.states.get(entity_id)
    return state.state if state else None


def _device(hass: HomeAssistant, entry: MockConfigEntry, name: str) -> dr.DeviceEntry | None:
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return next((device for device in devices if device.name == name), None)


def _area(hass: HomeAssistant, entry: MockConfigEntry, name: str) -> str | None:
    device = _device(hass, entry, name)
    area = ar.async_get(hass).async_get_area(device.area_id or "") if device else None
    return area.name if area else None


async def test_a_camera_that_appears_on_the_server_appears(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    simulator.world.add_camera(name="Shed", room="Garden", path="shed")

    await until(lambda: _state(hass, "camera.garden_shed") == "idle")

    assert _state(hass, "sensor.garden_shed_status") == "dead"


async def test_a_camera_that_is_renamed_on_the_server_is_renamed(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    simulator.world.cameras[1].name = "Porch"

    await until(lambda: _device(hass, loaded_entry, "Porch") is not None)

    await until(lambda: hass.states.get(FRONT).attributes["friendly_name"] == "Porch")


async def test_a_camera_that_moves_to_another_room_moves_to_its_area(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    assert _area(hass, loaded_entry, "Front Yard Cam") == "Front Yard"

    simulator.world.cameras[1].room = "Porch"
    await until(lambda: _area(hass, loaded_entry, "Front Yard Cam") == "Porch")

    simulator.world.cameras[1].room = "Unknown"
    await until(lambda: _area(hass, loaded_entry, "Front Yard Cam") is None)


async def test_a_camera_moved_by_the_user_keeps_its_area(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    area = ar.async_get(hass).async_create("My area")
    device = _device(hass, loaded_entry, "Front Yard Cam")
    dr.async_get(hass).async_update_device(device.id, area_id=area.id)

    simulator.world.cameras[1].room = "Porch"
    simulator.world.cameras[1].name = "Moved"
    await until(lambda: _device(hass, loaded_entry, "Moved") is not None)

    assert _area(hass, loaded_entry, "Moved") == "My area"


async def test_a_room_that_changed_while_home_assistant_was_down_is_followed(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    await hass.config_entries.async_unload(loaded_entry.entry_id)
    simulator.world.cameras[1].room = "Porch"
    simulator.world.cameras[2].room = "Unknown"

    await hass.config_entries.async_setup(loaded_entry.entry_id)

    assert _area(hass, loaded_entry, "Front Yard Cam") == "Porch"
    assert _area(hass, loaded_entry, "Driveway Battery") is None


async def test_a_camera_moved_by_the_user_keeps_its_area_after_a_restart(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    area = ar.async_get(hass).async_create("My area")
    device = _device(hass, loaded_entry, "Front Yard Cam")
    dr.async_get(hass).async_update_device(device.id, area_id=area.id)
    await hass.config_entries.async_unload(loaded_entry.entry_id)
    simulator.world.cameras[1].room = "Porch"

    await hass.config_entries.async_setup(loaded_entry.entry_id)

    assert _area(hass, loaded_entry, "Front Yard Cam") == "My area"


async def test_a_room_is_followed_after_a_server_that_listed_no_cameras(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await hass.config_entries.async_unload(loaded_entry.entry_id)
    cameras, simulator.world.cameras = simulator.world.cameras, {}
    await hass.config_entries.async_setup(loaded_entry.entry_id)

    cameras[1].room = "Porch"
    simulator.world.cameras = cameras

    await until(lambda: _area(hass, loaded_entry, "Front Yard Cam") == "Porch")


async def test_a_credential_that_is_renamed_on_the_server_is_renamed(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    simulator.world.credentials[1].description = "Family"

    await until(lambda: _device(hass, loaded_entry, "Family") is not None)


async def test_a_camera_that_vanishes_is_unavailable_and_then_gone(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    simulator.world.remove_camera(1)

    await until(lambda: _state(hass, FRONT) == STATE_UNAVAILABLE)
    await until(lambda: _state(hass, FRONT) is None)

    assert _device(hass, loaded_entry, "Front Yard Cam") is None
    assert er.async_get(hass).async_get(FRONT) is None


async def test_a_camera_that_vanished_and_appears_again_is_added_again(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    camera = simulator.world.cameras[1]
    simulator.world.remove_camera(1)
    await until(lambda: _state(hass, FRONT) is None)

    simulator.world.cameras[1] = camera

    await until(lambda: _state(hass, FRONT) == "idle")


async def test_a_camera_without_a_name_is_named_by_its_number(
    hass: HomeAssistant, entry: MockConfigEntry, simulator: Simulator
) -> None:
    simulator.world.cameras[1].name = ""

    await hass.config_entries.async_setup(entry.entry_id)

    assert _device(hass, entry, "Camera 1") is not None
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_camera_whose_name_is_taken_away_is_named_by_its_number(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    simulator.world.cameras[1].name = ""

    await until(lambda: _device(hass, loaded_entry, "Camera 1") is not None)


async def test_no_device_can_be_deleted_while_the_entry_is_not_loaded(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    hass_ws_client: WebSocketGenerator,
) -> None:
    await async_setup_component(hass, "config", {})
    client = await hass_ws_client(hass)
    camera = _device(hass, loaded_entry, "Front Yard Cam")
    assert camera is not None
    await simulator.kill()
    await hass.config_entries.async_reload(loaded_entry.entry_id)
    assert loaded_entry.state is ConfigEntryState.SETUP_RETRY

    refused = await client.remove_device(camera.id)

    assert refused["error"]["code"] == "home_assistant_error"


async def test_a_start_removes_vanished_devices_when_two_lists_agree(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await hass.config_entries.async_unload(loaded_entry.entry_id)
    simulator.world.remove_camera(1)

    await hass.config_entries.async_setup(loaded_entry.entry_id)
    assert _device(hass, loaded_entry, "Front Yard Cam") is not None

    await until(lambda: _device(hass, loaded_entry, "Front Yard Cam") is None)


async def test_a_start_on_a_server_that_lists_no_cameras_removes_none(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    await hass.config_entries.async_unload(loaded_entry.entry_id)
    simulator.world.cameras.clear()

    await hass.config_entries.async_setup(loaded_entry.entry_id)
    await asyncio.sleep(TIMINGS.lag + 2 * TIMINGS.resync)
    await hass.async_block_till_done()

    assert _device(hass, loaded_entry, "Front Yard Cam") is not None


async def test_changes_while_an_entity_is_added_are_not_lost(
    hass: HomeAssistant, entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    added = asyncio.Event()
    add = NestMTXEntity.async_added_to_hass

    async def late(entity: NestMTXEntity) -> None:
        await added.wait()
        await add(entity)

    with patch.object(NestMTXEntity, "async_added_to_hass", late):
        setup = hass.async_create_task(hass.config_entries.async_setup(entry.entry_id))
        while not simulator.connections:
            await asyncio.sleep(0.01)
        await simulator.set_ready(1, True)
        await asyncio.sleep(0.2)
        added.set()
        await setup

    await until(lambda: _state(hass, FRONT_READY) == STATE_ON)
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_device_can_be_deleted_by_hand_only_when_it_is_gone_from_the_server(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    hass_ws_client: WebSocketGenerator,
) -> None:
    await async_setup_component(hass, "config", {})
    client = await hass_ws_client(hass)
    present = _device(hass, loaded_entry, "Front Yard Cam")
    gone = dr.async_get(hass).async_get_or_create(
        config_entry_id=loaded_entry.entry_id, identifiers={(DOMAIN, "gone")}
    )
    assert present is not None
    await hass.async_block_till_done()

    refused = await client.remove_device(present.id)
    removed = await client.remove_device(gone.id)

    assert refused["error"]["code"] == "home_assistant_error"
    assert removed["success"]
