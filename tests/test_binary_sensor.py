"""Binary sensors follow the events of the server."""

import asyncio
from datetime import timedelta
import time

from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNKNOWN, Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.dt import utcnow
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.nestmtx.client.data.models import MAX_CLOCK_SKEW
from tests.conftest import SnapshotOf, Until
from tests.simulator import Simulator
from tests.simulator.faults import Trouble

pytestmark = pytest.mark.usefixtures("all_enabled")

READY = "binary_sensor.front_yard_front_yard_cam_stream_ready"
AUTHORIZATION = "binary_sensor.front_yard_front_yard_cam_stream_authorization"
HEALTH = "sensor.127_0_0_1_health"
EXPIRES = "sensor.front_yard_front_yard_cam_stream_authorization_expires"
WATCHED = "binary_sensor.front_yard_front_yard_cam_being_watched"


async def test_each_binary_sensor_is_as_in_the_snapshot(snapshot_of: SnapshotOf) -> None:
    await snapshot_of(Platform.BINARY_SENSOR)


async def test_ready_and_watched_follow_a_cameras_life(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    assert hass.states.get(READY).state == STATE_OFF
    assert hass.states.get(WATCHED).state == STATE_OFF

    reader = await simulator.open_reader(1)
    await until(lambda: hass.states.get(READY).state == STATE_ON)
    await until(lambda: hass.states.get(WATCHED).state == STATE_ON)

    await simulator.close_reader(1, reader)
    await until(lambda: hass.states.get(WATCHED).state == STATE_OFF)
    await until(lambda: hass.states.get(READY).state == STATE_OFF)


async def test_an_event_of_one_camera_writes_no_state_of_another(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await until(lambda: hass.states.get(HEALTH).state == "healthy")
    written: set[str] = set()
    hass.bus.async_listen(
        "state_changed", callback(lambda event: written.add(event.data["entity_id"]))
    )

    await simulator.set_ready(1, True)
    await until(lambda: READY in written)

    # The number of streaming cameras and the log belong to the server.
    others = {each for each in written if "127_0_0_1" not in each}
    assert {each for each in others if "front_yard_front_yard_cam" not in each} == set()


async def test_requested_follows_the_demand(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    requested = "binary_sensor.front_yard_front_yard_cam_stream_requested"
    assert hass.states.get(requested).state == STATE_OFF

    reader = await simulator.open_reader(1)
    await until(lambda: hass.states.get(requested).state == STATE_ON)

    await simulator.close_reader(1, reader)
    await until(lambda: hass.states.get(requested).state == STATE_OFF)


async def test_a_failed_extension_is_a_problem_until_one_succeeds(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await simulator.set_ready(1, ready=True)
    await until(lambda: hass.states.get(READY).state == STATE_ON)
    assert hass.states.get(AUTHORIZATION).state == STATE_OFF

    await simulator.fire("camera", "failed-extension", 1, {"error": {"message": "refused"}})
    await until(lambda: hass.states.get(AUTHORIZATION).state == STATE_ON)

    expires_at = (utcnow() + timedelta(hours=1)).isoformat()
    await simulator.fire("camera", "extended", 1, {"expiresAt": expires_at})
    await until(lambda: hass.states.get(AUTHORIZATION).state == STATE_OFF)


async def test_an_expired_authorization_is_a_problem_without_an_event(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    simulator.world.cameras[1].expires_at = utcnow() - timedelta(days=1)
    coordinator = loaded_entry.runtime_data.coordinator
    await until(lambda: coordinator.data.cameras[1].former_expires_at is not None)
    await simulator.set_ready(1, ready=True)
    over_at = utcnow() + timedelta(seconds=1)
    expires_at = over_at - MAX_CLOCK_SKEW
    simulator.world.cameras[1].expires_at = expires_at

    await simulator.fire("camera", "extended", 1, {"expiresAt": expires_at.isoformat()})
    await until(lambda: hass.states.get(EXPIRES).state != STATE_UNKNOWN)
    assert hass.states.get(AUTHORIZATION).state == STATE_OFF

    await until(lambda: hass.states.get(AUTHORIZATION).state == STATE_ON)
    assert utcnow() >= over_at


async def test_an_extended_authorization_is_no_problem_at_its_former_end(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    camera = simulator.world.cameras[1]
    camera.expires_at = utcnow() - timedelta(days=1)
    coordinator = loaded_entry.runtime_data.coordinator
    await until(lambda: coordinator.data.cameras[1].former_expires_at is not None)
    await simulator.set_ready(1, ready=True)
    for seconds in (1, 60):
        camera.expires_at = utcnow() + timedelta(seconds=seconds) - MAX_CLOCK_SKEW
        details = {"expiresAt": camera.expires_at.isoformat()}
        await simulator.fire("camera", "extended", 1, details)
        shown = camera.expires_at.isoformat(timespec="seconds")
        await until(lambda shown=shown: hass.states.get(EXPIRES).state == shown)

    await asyncio.sleep(1.2)

    assert hass.states.get(AUTHORIZATION).state == STATE_OFF


async def test_the_end_of_the_stream_ends_the_problem(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await simulator.set_ready(1, ready=True)
    await simulator.fire("camera", "failed-extension", 1)
    await until(lambda: hass.states.get(AUTHORIZATION).state == STATE_ON)

    await simulator.set_ready(1, ready=False)

    await until(lambda: hass.states.get(AUTHORIZATION).state == STATE_OFF)


async def test_a_credential_that_has_to_be_authorized_is_a_problem(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    problem = "binary_sensor.home_account_authorization_problem"
    assert hass.states.get(problem).state == STATE_OFF

    await simulator.set_tokens(1, False, "unauthenticated")
    await until(lambda: hass.states.get(problem).state == STATE_ON)

    await simulator.set_tokens(1, True, "authenticated")
    await until(lambda: hass.states.get(problem).state == STATE_OFF)


async def test_a_stream_without_new_data_is_stalled_until_data_comes(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    stalled = "binary_sensor.front_yard_front_yard_cam_stream_stalled"
    await simulator.open_reader(1)
    await until(lambda: hass.states.get(READY).state == STATE_ON)
    assert hass.states.get(stalled).state == STATE_OFF

    simulator.world.cameras[1].trouble = Trouble(stalled_since=time.time())
    await until(lambda: hass.states.get(stalled).state == STATE_ON)
    assert hass.states.get(READY).state == STATE_ON

    simulator.world.cameras[1].trouble = Trouble()
    await until(lambda: hass.states.get(stalled).state == STATE_OFF)
