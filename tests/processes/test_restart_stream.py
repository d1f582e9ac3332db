"""Restarting a stream."""

import asyncio

from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Until
from tests.simulator import Camera, Simulator
from tests.simulator.faults import Trouble

from .stream import (
    READY,
    STATUS,
    actions,
    pid,
    press_restart,
    start_persistent,
    watch,
)

pytestmark = pytest.mark.usefixtures("all_enabled")


async def test_a_restart_stops_the_process_and_ends_when_the_camera_is_asleep(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    camera: Camera,
) -> None:
    await watch(hass, simulator, until)

    await press_restart(hass)

    assert actions(simulator) == ["stop"]
    assert camera.process is None
    await simulator.open_reader(1)
    await until(lambda: hass.states.get(STATUS).state == "running")
    assert pid(camera) is not None


async def test_a_persistent_camera_has_one_new_process_after_a_restart(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    camera: Camera,
) -> None:
    await start_persistent(hass, until)
    former = pid(camera)

    await press_restart(hass)

    new = pid(camera)
    assert new not in {None, former}
    await until(lambda: hass.states.get(READY).state == STATE_ON)
    assert (pid(camera), actions(simulator)) == (new, ["stop"])


async def test_a_viewer_who_reconnects_at_once_does_not_delay_the_restart(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    camera: Camera,
) -> None:
    await watch(hass, simulator, until)
    press = asyncio.ensure_future(press_restart(hass))
    await until(lambda: actions(simulator) != [])
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
    await until(lambda: pid(camera) is not None)
    former = pid(camera)

    await press_restart(hass)

    assert pid(camera) not in {None, former}
    await opening


async def test_a_second_press_waits_for_the_same_restart(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
) -> None:
    await watch(hass, simulator, until)

    await asyncio.gather(press_restart(hass), press_restart(hass))

    assert actions(simulator) == ["stop"]


async def test_a_restart_that_does_not_finish_fails(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
) -> None:
    await watch(hass, simulator, until)
    simulator.faults.answers["htop", "update"] = {}

    with pytest.raises(ServiceValidationError, match="didn't finish in time") as raised:
        await press_restart(hass)

    assert raised.value.translation_key == "stream_unsettled"


async def test_a_restart_ends_with_the_entry(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await watch(hass, simulator, until)
    press = asyncio.ensure_future(press_restart(hass))
    await until(lambda: actions(simulator) != [])

    async with asyncio.timeout(1):
        await hass.config_entries.async_unload(loaded_entry.entry_id)
        with pytest.raises(HomeAssistantError, match="Failed to connect"):
            await press


async def test_a_restart_fails_if_the_connection_is_lost(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await watch(hass, simulator, until)
    press = asyncio.ensure_future(press_restart(hass))
    await until(lambda: actions(simulator) != [])

    await simulator.kill()

    with pytest.raises(HomeAssistantError, match="Failed to connect"):
        await press
