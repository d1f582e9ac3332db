"""Sensors follow the events and the lists of the server."""

from datetime import UTC, datetime
from unittest.mock import patch

from homeassistant.components.sensor import SensorExtraStoredData
from homeassistant.const import STATE_UNKNOWN, Platform
from homeassistant.core import HomeAssistant, State
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    mock_restore_cache_with_extra_data,
)

from custom_components.nestmtx.awake import AwakeTime
from tests.conftest import SnapshotOf, Until
from tests.simulator import Simulator

pytestmark = pytest.mark.usefixtures("all_enabled")

AT = "2026-11-23T18:30:00.000Z"
CAM = "front_yard_front_yard_cam"
STATUS = "sensor.front_yard_front_yard_cam_status"
AUTHORIZATION = "sensor.home_account_authorization"
LAST_AUTHORIZED = "sensor.home_account_last_authorized"
PROCESSES = "sensor.127_0_0_1_processes"


async def test_each_sensor_is_as_in_the_snapshot(
    hass: HomeAssistant, snapshot_of: SnapshotOf
) -> None:
    # Wait for one sensor of each feed, whose data comes shortly after setup.
    feeds = ("health", "cpu_usage", "last_run_refresh_credentials")

    # The awake time grows with the clock.
    with patch.object(AwakeTime, "counted", lambda time, *_, **__: time):
        await snapshot_of(
            Platform.SENSOR,
            lambda: all(
                hass.states.get(f"sensor.127_0_0_1_{each}").state != STATE_UNKNOWN for each in feeds
            ),
        )


async def test_the_status_follows_a_cameras_life(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    assert hass.states.get(STATUS).state == "dead"

    reader = await simulator.open_reader(1)
    await until(lambda: hass.states.get(STATUS).state == "running")

    await simulator.close_reader(1, reader)
    await until(lambda: hass.states.get(STATUS).state == "dead")


async def test_disabling_a_camera_shows_with_the_next_list(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    simulator.world.cameras[1].enabled = False

    await until(lambda: hass.states.get(STATUS).state == "disabled")


async def test_a_status_of_a_newer_server_is_unknown(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    simulator.world.cameras[1].status = "dreaming"

    await until(lambda: hass.states.get(STATUS).state == STATE_UNKNOWN)


@pytest.mark.parametrize(
    ("present", "event"), [(False, "unauthenticated"), (True, "reauthenticated")]
)
async def test_the_authorization_follows_the_credentials_events(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    present: bool,
    event: str,
) -> None:
    assert hass.states.get(AUTHORIZATION).state == "authenticated"

    await simulator.set_tokens(1, present, event)

    await until(lambda: hass.states.get(AUTHORIZATION).state == event)


async def test_an_authorization_that_was_lost_without_an_event_shows_with_the_next_list(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await simulator.set_tokens(1, False, None)

    await until(lambda: hass.states.get(AUTHORIZATION).state == "unauthenticated")


# Streams


async def test_viewers_are_counted_as_they_come_and_go(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    viewers = f"sensor.{CAM}_viewers"
    assert hass.states.get(viewers).state == "0"

    first, second = [await simulator.open_reader(1) for _ in range(2)]
    await until(lambda: hass.states.get(viewers).state == "2")

    await simulator.close_reader(1, first)
    await until(lambda: hass.states.get(viewers).state == "1")
    await simulator.close_reader(1, second)
    await until(lambda: hass.states.get(viewers).state == "0")


async def test_the_start_time_is_known_at_once_and_unknown_after_the_stream(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    since = f"sensor.{CAM}_streaming_since"
    assert hass.states.get(since).state == STATE_UNKNOWN

    await simulator.set_ready(1, ready=True)
    await until(lambda: hass.states.get(since).state != STATE_UNKNOWN)
    stream = simulator.world.cameras[1].stream
    assert hass.states.get(since).state[:16] == stream.since.isoformat()[:16]

    await simulator.set_ready(1, ready=False)
    await until(lambda: hass.states.get(since).state == STATE_UNKNOWN)


async def test_the_end_of_the_authorization_follows_its_extension(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    expires = f"sensor.{CAM}_stream_authorization_expires"
    await simulator.set_ready(1, ready=True)

    details = {"expiresAt": "2126-01-01T00:00:00.000+00:00"}
    await simulator.fire("camera", "extended", 1, details)

    await until(lambda: hass.states.get(expires).state == "2126-01-01T00:00:00+00:00")


async def test_the_number_of_streaming_cameras_follows_their_streams(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    streaming = "sensor.127_0_0_1_cameras_streaming"
    assert hass.states.get(streaming).state == "0"

    await simulator.set_ready(1, ready=True)
    await simulator.set_ready(2, ready=True)
    await until(lambda: hass.states.get(streaming).state == "2")

    simulator.world.remove_camera(2)
    await until(lambda: hass.states.get(streaming).state == "1")


# Credentials


async def test_the_last_authorization_comes_from_events(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    assert hass.states.get(LAST_AUTHORIZED).state == STATE_UNKNOWN

    event = {"domain": "credentials", "event": "authenticated", "entity": 1, "details": {}}
    await simulator.emit("credentials:authenticated", event | {"at": AT})

    await until(lambda: hass.states.get(LAST_AUTHORIZED).state == "2026-11-23T18:30:00+00:00")


async def test_the_last_authorization_is_restored_after_a_restart(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    time = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)
    stored = SensorExtraStoredData(time, None).as_dict()
    mock_restore_cache_with_extra_data(hass, [(State(LAST_AUTHORIZED, time.isoformat()), stored)])

    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()

    assert hass.states.get(LAST_AUTHORIZED).state == time.isoformat()
    await hass.config_entries.async_unload(entry.entry_id)


# The server


@pytest.mark.usefixtures("all_enabled")
async def test_the_load_follows_the_server(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await until(lambda: hass.states.get(PROCESSES).state == "2")

    await simulator.open_reader(1)

    await until(lambda: hass.states.get(PROCESSES).state == "3")


@pytest.mark.usefixtures("all_enabled")
async def test_missing_values_are_unknown_and_the_connection_is_kept(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await until(lambda: hass.states.get(PROCESSES).state == "2")

    simulator.faults.answers["htop", "list"] = {"error": {"message": "no such program"}}
    await until(lambda: hass.states.get(PROCESSES).state == STATE_UNKNOWN)
    simulator.faults.answers.clear()
    await until(lambda: hass.states.get(PROCESSES).state == "2")

    assert simulator.connections == 1


async def test_the_health_follows_the_server(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    health = "sensor.127_0_0_1_health"
    await until(lambda: hass.states.get(health).state == "healthy")

    simulator.faults.answers["health", "list"] = {"healthy": "unhealthy"}
    await until(lambda: hass.states.get(health).state == "unhealthy")

    simulator.faults.answers["health", "list"] = {"healthy": "degraded"}
    await until(lambda: hass.states.get(health).state == "degraded")

    simulator.faults.answers["health", "list"] = []
    await until(lambda: hass.states.get(health).state == STATE_UNKNOWN)
