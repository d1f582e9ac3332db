"""The buttons, and running the server's cron jobs. Restarting streams: processes/."""

import asyncio

from homeassistant.components.button import DOMAIN as BUTTON_DOMAIN, SERVICE_PRESS
from homeassistant.const import ATTR_ENTITY_ID, STATE_OFF, STATE_ON, STATE_UNKNOWN, Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util.dt import utcnow
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import SnapshotOf, Until
from tests.simulator import Simulator
from tests.simulator.probe import PATIENCE
from tests.simulator.records import CronJob, Process

CAMERA = "camera.front_yard_front_yard_cam"
RESTART = "button.front_yard_front_yard_cam_restart_stream"
SYNCHRONIZE = "button.127_0_0_1_synchronize_cameras"
JOBS = {
    "synchronize_cameras": "SyncCloudCamerasJob",
    "extend_stream_authorizations": "ExtendCameraStreamAuthenticationJob",
    "start_persistent_streams": "PersistCameraJob",
    "refresh_credentials": "CredentialsJob",
    "check_processes": "ConfirmStreamerProcessesJob",
}


async def _press(hass: HomeAssistant, entity_id: str) -> None:
    await hass.services.async_call(
        BUTTON_DOMAIN, SERVICE_PRESS, {ATTR_ENTITY_ID: entity_id}, blocking=True
    )


async def _watched(hass: HomeAssistant, simulator: Simulator, until: Until) -> None:
    await simulator.open_reader(1)
    await until(lambda: hass.states.get(CAMERA).state == "streaming")


async def test_each_button_is_as_in_the_snapshot(snapshot_of: SnapshotOf) -> None:
    await snapshot_of(Platform.BUTTON)


async def test_restarting_a_stream_that_is_not_running_fails(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    assert hass.states.get(RESTART).state == STATE_UNKNOWN

    with pytest.raises(ServiceValidationError, match="nothing to restart"):
        await _press(hass, RESTART)

    assert {each["command"] for each in simulator.requests} <= {"list", "read"}


async def test_the_process_is_identified_by_its_pid(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await _watched(hass, simulator, until)
    simulator.world.cameras[1].process.name = "mtx-something-else"
    simulator.world.processes.append(Process("mtx-front", 99))

    await _press(hass, RESTART)

    update = next(each for each in simulator.requests if each["command"] == "update")
    assert update["entity"] == "mtx-something-else"
    assert update["payload"] == {"action": "stop"}


async def test_restarting_a_process_that_has_just_ended_fails(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await _watched(hass, simulator, until)
    simulator.world.cameras[1].process = None

    with pytest.raises(ServiceValidationError, match="nothing to restart"):
        await _press(hass, RESTART)


async def test_a_refused_restart_fails(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await _watched(hass, simulator, until)
    simulator.faults.answers["htop", "update"] = {"error": {"message": "No Process exists"}}

    with pytest.raises(HomeAssistantError, match="No Process exists"):
        await _press(hass, RESTART)


async def test_an_unanswered_restart_fails(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await _watched(hass, simulator, until)
    simulator.faults.unanswered = {("htop", "update")}

    with pytest.raises(HomeAssistantError, match="didn't respond in time"):
        await _press(hass, RESTART)


async def test_synchronizing_brings_new_cameras_as_soon_as_it_has_ended(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    simulator.world.cloud.append({"name": "Porch", "room": "Porch"})

    await _press(hass, SYNCHRONIZE)

    await until(lambda: hass.states.get("camera.porch_porch") is not None)


async def test_running_an_unknown_job_fails(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    simulator.world.cron_jobs.clear()

    with pytest.raises(ServiceValidationError) as raised:
        await _press(hass, SYNCHRONIZE)

    assert raised.value.translation_key == "job_gone"
    assert "no job with this name" in str(raised.value)


@pytest.mark.usefixtures("all_enabled")
@pytest.mark.parametrize(("key", "job"), JOBS.items())
async def test_a_cron_job_is_run(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    key: str,
    job: str,
) -> None:
    row = next(each for each in simulator.world.cron_jobs if each.name == job)
    row.last_run_at = row.last_run_at.replace(year=2020)
    last_run = f"sensor.127_0_0_1_last_run_{key}"
    await until(lambda: hass.states.get(last_run).state.startswith("2020"))

    await _press(hass, f"button.127_0_0_1_{key}")

    assert row.last_run_at.year > 2020
    await until(lambda: not hass.states.get(last_run).state.startswith("2020"))


@pytest.mark.usefixtures("all_enabled")
async def test_a_job_that_only_newer_servers_have_is_there_after_an_update(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    button, last_run = "button.127_0_0_1_run_prune_logs", "sensor.127_0_0_1_last_run_prune_logs"
    assert hass.states.get(button) is None

    await simulator.kill()
    simulator.world.cron_jobs.append(CronJob("PruneLogsJob", "0 * * * *", utcnow(), utcnow()))
    await simulator.start()
    await until(lambda: hass.states.get(button) is not None)
    assert hass.states.get(button).name == "127.0.0.1 Run Prune logs"

    row = simulator.world.cron_jobs[-1]
    row.last_run_at = row.last_run_at.replace(year=2020)
    await _press(hass, button)
    await until(lambda: hass.states.get(last_run).state.startswith(str(row.last_run_at.year)))
    assert row.last_run_at.year > 2020


async def test_a_job_that_runs_is_not_run_twice(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    simulator.requests.clear()
    simulator.faults.delay = 0.2
    first = asyncio.ensure_future(_press(hass, SYNCHRONIZE))
    async with asyncio.timeout(PATIENCE):
        while "cronjobs" not in {request["module"] for request in simulator.requests}:
            await asyncio.sleep(0.01)

    with pytest.raises(ServiceValidationError, match="already running"):
        await _press(hass, SYNCHRONIZE)

    await first


async def test_a_failed_job_is_reported_and_can_be_run_again(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    simulator.faults.answers["cronjobs", "update"] = {"error": {"message": "Google is away"}}
    with pytest.raises(HomeAssistantError, match="Google is away"):
        await _press(hass, SYNCHRONIZE)
    simulator.faults.answers.clear()

    await _press(hass, SYNCHRONIZE)


async def test_a_job_may_take_longer_than_a_request_and_ends_with_the_connection(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    simulator.faults.unanswered = {("cronjobs", "update")}
    press = asyncio.ensure_future(_press(hass, SYNCHRONIZE))
    await asyncio.sleep(1.2)
    assert not press.done()

    await simulator.disconnect_all()
    with pytest.raises(HomeAssistantError, match="Failed to connect"):
        await press

    await until(lambda: hass.states.get("binary_sensor.127_0_0_1_connection").state == STATE_ON)


async def test_no_job_is_run_while_the_connection_is_lost(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await simulator.kill()
    await until(lambda: hass.states.get("binary_sensor.127_0_0_1_connection").state == STATE_OFF)

    with pytest.raises(HomeAssistantError, match="Failed to connect"):
        await loaded_entry.runtime_data.coordinator.async_run_cron_job("SyncCloudCamerasJob")
