"""Restarting a stream, and ending it when persistence is turned off."""

import asyncio
from collections.abc import Generator
from contextlib import suppress
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from homeassistant.components.button import DOMAIN as BUTTON_DOMAIN, SERVICE_PRESS
from homeassistant.components.switch import DOMAIN as SWITCH_DOMAIN
from homeassistant.const import (
    ATTR_ENTITY_ID,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    STATE_OFF,
    STATE_ON,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.nestmtx.client import Timings
from tests.conftest import TIMINGS, Until
from tests.simulator import Camera, Simulator, Times, World, probe
from tests.simulator.faults import Trouble
from tests.simulator.scenario import recorded

from .calling import call

pytestmark = pytest.mark.usefixtures("all_enabled")

CAMERA = "front_yard_front_yard_cam"
RESTART = f"button.{CAMERA}_restart_stream"
PERSISTENT = f"switch.{CAMERA}_persistent"
READY = f"binary_sensor.{CAMERA}_stream_ready"
STATUS = f"sensor.{CAMERA}_status"
VIEWERS = f"sensor.{CAMERA}_viewers"


@pytest.fixture
def world() -> World:
    """A world with one camera."""
    return recorded(1)


@pytest.fixture
def times() -> Times:
    """The server's timings, about ten times as fast."""
    return replace(
        Times.fast(),
        control_process=0.1,
        process_restart=0.15,
        control_cut=0.2,
        late_undemand=0.7,
        process_start=0.5,
        rtsp_start=0.5,
        close_after=0.3,
        start_timeout=6.0,
        demand_repeat=60.0,
    )


@pytest.fixture
def short_times() -> Generator[Timings]:
    """Timings with little more time than the server needs."""
    times = replace(TIMINGS, late_undemand=1.0, settle_timeout=4.0, start_timeout=6.0)
    with patch("custom_components.nestmtx.coordinator.TIMINGS", times):
        yield times


@pytest.fixture
def until() -> Until:
    """Wait until a condition is true, without waiting for pending tasks."""
    return probe.until


@pytest.fixture
def camera(world: World) -> Camera:
    """The camera."""
    return world.cameras[1]


async def _press(hass: HomeAssistant) -> None:
    await hass.services.async_call(
        BUTTON_DOMAIN, SERVICE_PRESS, {ATTR_ENTITY_ID: RESTART}, blocking=True
    )


async def _turn(hass: HomeAssistant, *, on: bool) -> None:
    service = SERVICE_TURN_ON if on else SERVICE_TURN_OFF
    await hass.services.async_call(
        SWITCH_DOMAIN, service, {ATTR_ENTITY_ID: PERSISTENT}, blocking=True
    )


async def _watched(hass: HomeAssistant, simulator: Simulator, until: Until) -> str:
    reader = await simulator.open_reader(1)
    await until(lambda: hass.states.get(VIEWERS).state == "1")
    await until(lambda: hass.states.get(READY).state == STATE_ON)
    return reader


async def _persistent(hass: HomeAssistant, until: Until) -> None:
    await _turn(hass, on=True)
    await until(lambda: hass.states.get(READY).state == STATE_ON)


def _actions(simulator: Simulator) -> list[str]:
    """Return the requests about processes."""
    requests = (each for each in simulator.requests if each["module"] == "htop")
    return [each["payload"]["action"] for each in requests if each["command"] == "update"]


def _pid(camera: Camera) -> int | None:
    return camera.process.pid if camera.process else None


# Restart stream


async def test_a_restart_stops_the_process_and_ends_when_the_camera_is_asleep(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    camera: Camera,
) -> None:
    await _watched(hass, simulator, until)

    await _press(hass)

    assert _actions(simulator) == ["stop"]
    assert camera.process is None
    await simulator.open_reader(1)
    await until(lambda: hass.states.get(STATUS).state == "running")
    assert _pid(camera) is not None


async def test_a_persistent_camera_has_one_new_process_after_a_restart(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    camera: Camera,
) -> None:
    await _persistent(hass, until)
    former = _pid(camera)

    await _press(hass)

    new = _pid(camera)
    assert new not in {None, former}
    await until(lambda: hass.states.get(READY).state == STATE_ON)
    assert (_pid(camera), _actions(simulator)) == (new, ["stop"])


async def test_a_viewer_who_reconnects_at_once_does_not_delay_the_restart(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    camera: Camera,
) -> None:
    await _watched(hass, simulator, until)
    press = asyncio.ensure_future(_press(hass))
    await until(lambda: _actions(simulator) != [])
    await until(lambda: not camera.stream.present and camera.process is None)

    await simulator.open_reader(1)
    await press

    assert camera.stream.ready


async def test_a_starting_stream_is_restarted(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    camera: Camera,
) -> None:
    camera.trouble = Trouble(process_start=1.5)
    opening = asyncio.ensure_future(simulator.open_reader(1))
    await until(lambda: _pid(camera) is not None)
    former = _pid(camera)

    await _press(hass)

    assert _pid(camera) not in {None, former}
    await opening


async def test_a_second_press_waits_for_the_same_restart(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
) -> None:
    await _watched(hass, simulator, until)

    await asyncio.gather(_press(hass), _press(hass))

    assert _actions(simulator) == ["stop"]


async def test_a_restart_that_does_not_finish_fails(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
) -> None:
    await _watched(hass, simulator, until)
    simulator.faults.answers["htop", "update"] = {}

    with pytest.raises(ServiceValidationError, match="didn't finish in time") as raised:
        await _press(hass)

    assert raised.value.translation_key == "stream_unsettled"


async def test_a_restart_ends_with_the_entry(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await _watched(hass, simulator, until)
    press = asyncio.ensure_future(_press(hass))
    await until(lambda: _actions(simulator) != [])

    async with asyncio.timeout(1):
        await hass.config_entries.async_unload(loaded_entry.entry_id)
        with pytest.raises(HomeAssistantError, match="Failed to connect"):
            await press


async def test_a_restart_fails_if_the_connection_is_lost(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await _watched(hass, simulator, until)
    press = asyncio.ensure_future(_press(hass))
    await until(lambda: _actions(simulator) != [])

    await simulator.kill()

    with pytest.raises(HomeAssistantError, match="Failed to connect"):
        await press


# Persistent off


async def test_turning_persistence_off_returns_when_the_camera_is_asleep(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    camera: Camera,
) -> None:
    await _persistent(hass, until)

    change = asyncio.ensure_future(_turn(hass, on=False))
    await until(lambda: hass.states.get(PERSISTENT).state == STATE_OFF)
    assert not change.done()
    await change

    assert camera.process is None
    assert _actions(simulator) == ["stop"]
    await until(lambda: hass.states.get(STATUS).state == "dead")


async def test_ending_a_stream_does_not_count_as_a_viewer(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    camera: Camera,
) -> None:
    await _persistent(hass, until)
    viewers = set()
    change = asyncio.ensure_future(_turn(hass, on=False))

    while not change.done():
        viewers.add(hass.states.get(VIEWERS).state)
        assert not camera.stream.viewers
        await asyncio.sleep(0.01)

    assert viewers == {"0"}


async def test_an_action_that_ends_persistence_ends_the_stream_too(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    until: Until,
    camera: Camera,
) -> None:
    await _persistent(hass, until)

    await call(hass, "update", "cameras", entity="1", payload={"is_persistent": False})

    assert camera.process is None


async def test_a_starting_stream_is_ended_too(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    camera: Camera,
) -> None:
    await _turn(hass, on=True)
    assert not camera.stream.ready

    await _turn(hass, on=False)

    assert camera.process is None
    assert _actions(simulator) == []


async def test_a_watched_stream_is_ended_when_its_viewer_leaves(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    camera: Camera,
) -> None:
    await _persistent(hass, until)
    reader = await _watched(hass, simulator, until)

    async with asyncio.timeout(1):
        await _turn(hass, on=False)
    await asyncio.sleep(1)
    assert camera.stream.viewers

    await simulator.close_reader(1, reader)
    await until(lambda: camera.process is None)
    assert _actions(simulator) == ["stop"]


async def test_a_stream_that_ends_by_itself_when_its_viewer_leaves_is_not_stopped(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    camera: Camera,
) -> None:
    reader = await _watched(hass, simulator, until)
    await _turn(hass, on=True)
    await _turn(hass, on=False)

    await simulator.close_reader(1, reader)
    await until(lambda: camera.process is None)
    await asyncio.sleep(1)

    assert _actions(simulator) == []


async def test_a_new_viewer_is_not_interrupted_and_the_camera_sleeps_afterwards(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    camera: Camera,
) -> None:
    await _persistent(hass, until)
    change = asyncio.ensure_future(_turn(hass, on=False))
    await until(lambda: hass.states.get(READY).state == STATE_OFF)

    reader = await simulator.open_reader(1)
    async with asyncio.timeout(2):
        await change
    await asyncio.sleep(0.5)
    assert camera.stream.viewers

    await simulator.close_reader(1, reader)
    await until(lambda: camera.process is None)
    assert _actions(simulator) == ["stop"]


async def test_a_camera_made_persistent_again_keeps_streaming(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    camera: Camera,
) -> None:
    await _persistent(hass, until)
    change = asyncio.ensure_future(_turn(hass, on=False))
    await until(lambda: _actions(simulator) != [])

    await _turn(hass, on=True)
    async with asyncio.timeout(0.5):
        await change

    await asyncio.sleep(1.5)
    assert camera.stream.ready
    assert _actions(simulator) == ["stop"]


async def test_of_several_changes_the_last_one_holds(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    camera: Camera,
) -> None:
    await _persistent(hass, until)

    changes = [
        asyncio.ensure_future(_turn(hass, on=on)) for on in (False, True, False, True, False)
    ]
    await asyncio.gather(*changes)

    assert hass.states.get(PERSISTENT).state == STATE_OFF
    assert camera.process is None


async def test_a_camera_made_persistent_on_the_servers_page_keeps_streaming(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    camera: Camera,
) -> None:
    await _persistent(hass, until)
    change = asyncio.ensure_future(_turn(hass, on=False))
    await until(lambda: _actions(simulator) != [])

    camera.persistent = True
    await change

    assert camera.process is not None


async def test_the_end_of_a_stream_is_given_up_with_the_entry(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await _persistent(hass, until)
    change = asyncio.ensure_future(_turn(hass, on=False))
    await until(lambda: _actions(simulator) != [])

    async with asyncio.timeout(1):
        await hass.config_entries.async_unload(loaded_entry.entry_id)
        await change


async def test_ending_a_stream_fails_if_the_connection_is_lost(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    camera: Camera,
) -> None:
    await _persistent(hass, until)
    change = asyncio.ensure_future(_turn(hass, on=False))
    await until(lambda: not camera.persistent)
    await simulator.disconnect_all()

    with suppress(ServiceValidationError):
        await change

    is_told = change.exception() is not None
    await asyncio.sleep(1)
    assert is_told is camera.stream.ready


async def test_the_end_of_a_stream_is_given_up_with_the_server(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await _persistent(hass, until)
    change = asyncio.ensure_future(_turn(hass, on=False))
    await until(lambda: _actions(simulator) != [])

    await simulator.kill()

    async with asyncio.timeout(5):
        with suppress(ServiceValidationError):
            await change


async def test_a_camera_removed_meanwhile_is_no_error(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await _persistent(hass, until)
    change = asyncio.ensure_future(_turn(hass, on=False))
    await until(lambda: _actions(simulator) != [])

    simulator.world.remove_camera(1)

    await change


async def test_a_cancelled_caller_does_not_prevent_the_stream_from_ending(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    camera: Camera,
) -> None:
    await _persistent(hass, until)
    change = asyncio.ensure_future(_turn(hass, on=False))
    await until(lambda: _actions(simulator) != [])

    change.cancel()

    await until(lambda: camera.process is None)


async def _unreachable(simulator: Simulator) -> None:
    camera = simulator.world.cameras[1]
    simulator.world.ports["rtsp"] = 1
    camera.settle()


async def _without_rtsp(simulator: Simulator) -> None:
    simulator.world.protocols.discard("rtsp")


async def _without_an_end(simulator: Simulator) -> None:
    simulator.faults.answers["htop", "update"] = {}


@pytest.mark.parametrize("trouble", [_unreachable, _without_rtsp, _without_an_end])
async def test_a_stream_that_cannot_be_ended_is_an_error_and_the_switch_is_off(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    camera: Camera,
    trouble: Any,
) -> None:
    await _persistent(hass, until)
    await trouble(simulator)

    with pytest.raises(ServiceValidationError, match="failed to stop") as raised:
        await _turn(hass, on=False)

    assert raised.value.translation_key == "stream_goes_on"
    assert hass.states.get(PERSISTENT).state == STATE_OFF
    assert camera.stream.ready


async def test_a_request_that_comes_too_late_is_repeated(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    camera: Camera,
) -> None:
    await _persistent(hass, until)
    # Home Assistant no longer knows that the camera streams: the path exists when requested.
    await simulator.fire("camera", "notReady", 1)
    await until(lambda: hass.states.get(READY).state == STATE_OFF)

    await _turn(hass, on=False)

    assert camera.process is None
    assert _actions(simulator) == ["stop"]
