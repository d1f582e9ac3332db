"""Switches: enabling cameras, and making them persistent."""

import asyncio
from dataclasses import replace
from typing import Any

from homeassistant.components.switch import DOMAIN as SWITCH_DOMAIN
from homeassistant.const import (
    ATTR_ENTITY_ID,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    STATE_OFF,
    STATE_ON,
    Platform,
)
from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    mock_restore_cache_with_extra_data,
)

from tests.conftest import SnapshotOf, Until
from tests.simulator import Simulator, Times
from tests.simulator.probe import PATIENCE
from tests.simulator.rows import camera_row

pytestmark = pytest.mark.usefixtures("all_enabled")

ENABLED = "switch.front_yard_front_yard_cam_enabled"
PERSISTENT = "switch.front_yard_front_yard_cam_persistent"
NOT_SET_UP = "switch.living_room_living_room_enabled"


async def _turn(hass: HomeAssistant, entity_id: str, *, on: bool) -> None:
    service = SERVICE_TURN_ON if on else SERVICE_TURN_OFF
    await hass.services.async_call(
        SWITCH_DOMAIN, service, {ATTR_ENTITY_ID: entity_id}, blocking=True
    )


async def test_each_switch_is_as_in_the_snapshot(snapshot_of: SnapshotOf) -> None:
    await snapshot_of(Platform.SWITCH)


async def test_a_camera_is_disabled_and_enabled(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    await _turn(hass, ENABLED, on=False)

    assert not simulator.world.cameras[1].enabled
    assert hass.states.get(ENABLED).state == STATE_OFF
    assert hass.states.get("sensor.front_yard_front_yard_cam_status").state == "disabled"

    await _turn(hass, ENABLED, on=True)

    assert simulator.world.cameras[1].enabled
    assert hass.states.get(ENABLED).state == STATE_ON


@pytest.mark.parametrize(
    "times",
    # As on the server, a new process publishes its stream only long after the previous one's end.
    [replace(Times.fast(), process_start=1.0, rtsp_start=1.0)],
    ids=["late_stream"],
)
async def test_a_camera_is_made_persistent_and_back(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    await _turn(hass, PERSISTENT, on=True)

    assert simulator.world.cameras[1].persistent
    assert hass.states.get(PERSISTENT).state == STATE_ON

    await _turn(hass, PERSISTENT, on=False)

    assert not simulator.world.cameras[1].persistent
    assert hass.states.get(PERSISTENT).state == STATE_OFF


async def test_a_change_sends_all_that_the_server_takes_together(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    await _turn(hass, PERSISTENT, on=True)

    update = next(each for each in simulator.requests if each["command"] == "update")
    assert update["payload"] == {"mtx_path": "front", "is_enabled": True, "is_persistent": True}


async def test_a_change_is_based_on_current_values_rather_than_listed_ones(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    simulator.world.cameras[1].path = "front-2"

    await _turn(hass, PERSISTENT, on=True)

    assert simulator.world.cameras[1].path == "front-2"


async def test_a_persistent_camera_is_persistent_again_when_it_is_enabled_again(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    await _turn(hass, PERSISTENT, on=True)

    await _turn(hass, ENABLED, on=False)
    assert hass.states.get(PERSISTENT).state == STATE_OFF
    await _turn(hass, ENABLED, on=True)

    assert simulator.world.cameras[1].persistent
    assert hass.states.get(PERSISTENT).state == STATE_ON


async def test_a_camera_that_was_disabled_elsewhere_is_persistent_again_too(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await _turn(hass, PERSISTENT, on=True)
    camera = simulator.world.cameras[1]
    camera.enabled = camera.persistent = False
    await until(lambda: hass.states.get(ENABLED).state == STATE_OFF)

    await _turn(hass, ENABLED, on=True)

    assert camera.persistent


async def test_a_camera_is_persistent_again_after_a_restart_of_home_assistant(
    hass: HomeAssistant, entry: MockConfigEntry, simulator: Simulator
) -> None:
    simulator.world.cameras[1].enabled = False
    last = State(ENABLED, STATE_OFF), {"was_persistent": True}
    mock_restore_cache_with_extra_data(hass, [last])
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()

    await _turn(hass, ENABLED, on=True)

    assert simulator.world.cameras[1].persistent
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_camera_without_a_path_is_not_enabled(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    with pytest.raises(ServiceValidationError, match="camera has no path"):
        await _turn(hass, NOT_SET_UP, on=True)

    assert hass.states.get(NOT_SET_UP).state == STATE_OFF
    assert "update" not in {request["command"] for request in simulator.requests}


async def test_a_disabled_camera_is_not_made_persistent(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    await _turn(hass, ENABLED, on=False)

    with pytest.raises(ServiceValidationError, match="Enable it first"):
        await _turn(hass, PERSISTENT, on=True)

    assert hass.states.get(PERSISTENT).state == STATE_OFF


@pytest.mark.parametrize("entity_id", [ENABLED, PERSISTENT])
async def test_a_change_that_the_server_refuses_shows_why_and_changes_nothing(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, entity_id: str
) -> None:
    before = hass.states.get(entity_id).state
    error = {"message": "SQLITE_BUSY: database is locked", "context": {"password": "secret"}}
    simulator.faults.answers["cameras", "update"] = {"error": error}

    with pytest.raises(HomeAssistantError, match="database is locked") as raised:
        await _turn(hass, entity_id, on=before == STATE_OFF)

    assert hass.states.get(entity_id).state == before
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("errors.cameras.update.mtxPathAlreadyInUse", "Another camera already uses this path"),
        ("errors.cameras.update.mtxPathIsRequired", "camera has no path"),
        ("Row not found", "camera no longer exists"),
    ],
)
async def test_a_refusal_by_the_servers_key_is_translated(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    message: str,
    words: str,
) -> None:
    simulator.faults.answers["cameras", "update"] = {"error": {"message": message}}

    with pytest.raises(ServiceValidationError, match=words):
        await _turn(hass, ENABLED, on=False)


async def test_changing_a_removed_camera_is_an_error(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    simulator.world.remove_camera(1)

    with pytest.raises(ServiceValidationError, match="camera no longer exists"):
        await _turn(hass, ENABLED, on=False)


async def test_an_unanswered_change_is_an_error_and_shows_once_it_was_made(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    simulator.faults.unanswered = {("cameras", "update")}

    with pytest.raises(HomeAssistantError, match="didn't respond in time"):
        await _turn(hass, ENABLED, on=False)

    await until(lambda: hass.states.get(ENABLED).state == STATE_OFF)
    assert not simulator.world.cameras[1].enabled


async def test_a_change_fails_if_the_connection_is_lost(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await simulator.kill()
    await until(lambda: hass.states.get("binary_sensor.127_0_0_1_connection").state == STATE_OFF)

    with pytest.raises(HomeAssistantError, match="Failed to connect"):
        await loaded_entry.runtime_data.coordinator.async_update_camera(
            f"{simulator.world.cameras[1].checksum}", is_enabled=False
        )


async def test_changes_of_one_camera_follow_one_another(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    simulator.faults.delay = 0.05
    persistent = hass.async_create_task(_turn(hass, PERSISTENT, on=True))

    await _turn(hass, ENABLED, on=False)
    await persistent
    await _turn(hass, ENABLED, on=True)

    camera = simulator.world.cameras[1]
    assert (camera.enabled, camera.persistent) == (True, True)


async def test_a_path_of_any_length_is_sent_back_unchanged(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    simulator.world.cameras[1].path = path = "p" * 300

    await _turn(hass, PERSISTENT, on=True)

    assert simulator.world.cameras[1].path == path


@pytest.mark.parametrize("name", ["mtx_path", "is_enabled", "is_persistent"])
async def test_nothing_is_sent_if_the_server_does_not_report_all_required_fields(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, name: str
) -> None:
    row = camera_row(simulator.world.cameras[1], simulator.world, 0)
    del row[name]
    simulator.faults.answers["cameras", "read"] = row

    with pytest.raises(HomeAssistantError, match="Unexpected response"):
        await _turn(hass, PERSISTENT, on=True)

    assert "update" not in {request["command"] for request in simulator.requests}


async def test_changing_an_unknown_camera_is_an_error(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    with pytest.raises(ServiceValidationError, match="camera no longer exists"):
        await loaded_entry.runtime_data.coordinator.async_update_camera("nobody", is_enabled=True)


async def test_enabling_an_enabled_camera_keeps_its_persistence(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    # Changed on the server's page a moment ago.
    simulator.world.cameras[1].persistent = True

    await _turn(hass, ENABLED, on=True)

    assert simulator.world.cameras[1].persistent


async def test_a_change_that_was_made_and_cannot_be_read_back_has_not_failed(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    camera = simulator.world.cameras[1]
    first = camera_row(camera, simulator.world, 0)
    simulator.faults.answers["cameras", "read"] = first
    change = hass.async_create_task(_turn(hass, ENABLED, on=False))
    async with asyncio.timeout(PATIENCE):
        while camera.enabled:
            simulator.faults.unanswered = (
                {("cameras", "read")}
                if any(each["command"] == "update" for each in simulator.requests)
                else set()
            )
            await asyncio.sleep(0)
    simulator.faults.unanswered = {("cameras", "read")}

    await change

    simulator.faults.answers.clear()
    await until(lambda: hass.states.get(ENABLED).state == STATE_OFF)


@pytest.mark.parametrize("answer", [{}, {"id": 2}, None, [], {"id": "1"}])
async def test_a_row_of_another_camera_is_an_error(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, answer: Any
) -> None:
    simulator.faults.answers["cameras", "read"] = answer

    with pytest.raises(HomeAssistantError, match="Unexpected response"):
        await _turn(hass, ENABLED, on=False)


async def test_a_statement_of_the_servers_database_is_not_shown(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    message = "update `cameras` set `tokens` = 'secret - value' where `id` = 1 - disk is full"
    simulator.faults.answers["cameras", "update"] = {"error": {"message": message}}

    with pytest.raises(HomeAssistantError, match="disk is full") as raised:
        await _turn(hass, ENABLED, on=False)

    assert "secret" not in str(raised.value)
