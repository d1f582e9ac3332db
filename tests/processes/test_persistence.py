"""Turning persistence off ends the stream."""

import asyncio
from contextlib import suppress
from typing import Any

from homeassistant.const import STATE_OFF
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.calling import call
from tests.conftest import Until
from tests.simulator import Camera, Simulator

from .stream import (
    PERSISTENT,
    READY,
    STATUS,
    VIEWERS,
    actions,
    start_persistent,
    turn_persistent,
    watch,
)

pytestmark = pytest.mark.usefixtures("all_enabled")


async def test_turning_persistence_off_returns_when_the_camera_is_asleep(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    camera: Camera,
) -> None:
    await start_persistent(hass, until)

    change = asyncio.ensure_future(turn_persistent(hass, on=False))
    await until(lambda: hass.states.get(PERSISTENT).state == STATE_OFF)
    assert not change.done()
    await change

    assert camera.process is None
    assert actions(simulator) == ["stop"]
    await until(lambda: hass.states.get(STATUS).state == "dead")


async def test_ending_a_stream_does_not_count_as_a_viewer(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    camera: Camera,
) -> None:
    await start_persistent(hass, until)
    viewers = set()
    change = asyncio.ensure_future(turn_persistent(hass, on=False))

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
    await start_persistent(hass, until)

    await call(hass, "update", "cameras", entity="1", payload={"is_persistent": False})

    assert camera.process is None


async def test_a_starting_stream_is_ended_too(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    camera: Camera,
) -> None:
    await turn_persistent(hass, on=True)
    assert not camera.stream.ready

    await turn_persistent(hass, on=False)

    assert camera.process is None
    assert actions(simulator) == []


async def test_a_watched_stream_is_ended_when_its_viewer_leaves(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    camera: Camera,
) -> None:
    await start_persistent(hass, until)
    reader = await watch(hass, simulator, until)

    async with asyncio.timeout(1):
        await turn_persistent(hass, on=False)
    await asyncio.sleep(1)
    assert camera.stream.viewers

    await simulator.close_reader(1, reader)
    await until(lambda: camera.process is None)
    assert actions(simulator) == ["stop"]


async def test_a_stream_that_ends_by_itself_when_its_viewer_leaves_is_not_stopped(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    camera: Camera,
) -> None:
    reader = await watch(hass, simulator, until)
    await turn_persistent(hass, on=True)
    await turn_persistent(hass, on=False)

    await simulator.close_reader(1, reader)
    await until(lambda: camera.process is None)
    await asyncio.sleep(1)

    assert actions(simulator) == []


async def test_a_new_viewer_is_not_interrupted_and_the_camera_sleeps_afterwards(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    camera: Camera,
) -> None:
    await start_persistent(hass, until)
    change = asyncio.ensure_future(turn_persistent(hass, on=False))
    await until(lambda: hass.states.get(READY).state == STATE_OFF)

    reader = await simulator.open_reader(1)
    async with asyncio.timeout(2):
        await change
    await asyncio.sleep(0.5)
    assert camera.stream.viewers

    await simulator.close_reader(1, reader)
    await until(lambda: camera.process is None)
    assert actions(simulator) == ["stop"]


async def test_a_camera_made_persistent_again_keeps_streaming(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    camera: Camera,
) -> None:
    await start_persistent(hass, until)
    change = asyncio.ensure_future(turn_persistent(hass, on=False))
    await until(lambda: actions(simulator) != [])

    await turn_persistent(hass, on=True)
    async with asyncio.timeout(0.5):
        await change

    await asyncio.sleep(1.5)
    assert camera.stream.ready
    assert actions(simulator) == ["stop"]


async def test_of_several_changes_the_last_one_holds(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    camera: Camera,
) -> None:
    await start_persistent(hass, until)

    changes = [
        asyncio.ensure_future(turn_persistent(hass, on=on))
        for on in (False, True, False, True, False)
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
    await start_persistent(hass, until)
    change = asyncio.ensure_future(turn_persistent(hass, on=False))
    await until(lambda: actions(simulator) != [])

    camera.persistent = True
    await change

    assert camera.process is not None


async def test_the_end_of_a_stream_is_given_up_with_the_entry(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await start_persistent(hass, until)
    change = asyncio.ensure_future(turn_persistent(hass, on=False))
    await until(lambda: actions(simulator) != [])

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
    await start_persistent(hass, until)
    change = asyncio.ensure_future(turn_persistent(hass, on=False))
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
    await start_persistent(hass, until)
    change = asyncio.ensure_future(turn_persistent(hass, on=False))
    await until(lambda: actions(simulator) != [])

    await simulator.kill()

    async with asyncio.timeout(5):
        with suppress(ServiceValidationError):
            await change


async def test_a_camera_removed_meanwhile_is_no_error(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await start_persistent(hass, until)
    change = asyncio.ensure_future(turn_persistent(hass, on=False))
    await until(lambda: actions(simulator) != [])

    simulator.world.remove_camera(1)

    await change


async def test_a_cancelled_caller_does_not_prevent_the_stream_from_ending(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    camera: Camera,
) -> None:
    await start_persistent(hass, until)
    change = asyncio.ensure_future(turn_persistent(hass, on=False))
    await until(lambda: actions(simulator) != [])

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
    await start_persistent(hass, until)
    await trouble(simulator)

    with pytest.raises(ServiceValidationError, match="failed to stop") as raised:
        await turn_persistent(hass, on=False)

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
    await start_persistent(hass, until)
    # Home Assistant no longer knows that the camera streams: the path exists when requested.
    await simulator.fire("camera", "notReady", 1)
    await until(lambda: hass.states.get(READY).state == STATE_OFF)

    await turn_persistent(hass, on=False)

    assert camera.process is None
    assert actions(simulator) == ["stop"]
