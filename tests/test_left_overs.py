"""A stream that goes on for nobody, which no switch of ours has begun to end, ends."""

import asyncio
from collections.abc import Generator
from dataclasses import replace
from unittest.mock import patch

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.nestmtx.client import Timings
from tests.conftest import TIMINGS, Until
from tests.simulator import Camera, Simulator, Times, World, probe
from tests.simulator.scenario import recorded

LEFT_OVER = 0.8


@pytest.fixture
def world() -> World:
    """A camera that is persistent."""
    world = recorded(1)
    world.cameras[1].persistent = True
    return world


@pytest.fixture
def times() -> Times:
    """The server's, about ten times as fast."""
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
    )


@pytest.fixture
def short_times() -> Generator[Timings]:
    """Find soon what goes on for nobody."""
    times = replace(
        TIMINGS,
        late_undemand=1.0,
        settle_timeout=4.0,
        start_timeout=6.0,
        left_over=LEFT_OVER,
        left_over_pause=20 * LEFT_OVER,
    )
    with patch("custom_components.nestmtx.coordinator.TIMINGS", times):
        yield times


@pytest.fixture
def until() -> Until:
    """Wait until something holds, and not for what is under way."""
    return probe.until


@pytest.fixture
def camera(world: World) -> Camera:
    """The camera."""
    return world.cameras[1]


async def _end_persistence(simulator: Simulator, camera: Camera, until: Until) -> None:
    """Do what the server's own page does, while the camera streams."""
    await until(lambda: camera.stream.ready)
    camera.persistent = False
    await simulator.camera_changed(camera)


def _stops(simulator: Simulator) -> int:
    requests = (each for each in simulator.requests if each["module"] == "htop")
    return sum(each["command"] == "update" for each in requests)


async def test_a_camera_that_is_persistent_no_more_by_its_servers_page_sleeps_in_the_end(
    loaded_entry: MockConfigEntry, simulator: Simulator, until: Until, camera: Camera
) -> None:
    await _end_persistence(simulator, camera, until)

    await until(lambda: camera.process is None)

    assert _stops(simulator) == 1


async def test_an_end_that_home_assistant_did_not_live_to_see_is_resumed(
    hass: HomeAssistant, entry: MockConfigEntry, simulator: Simulator, until: Until, camera: Camera
) -> None:
    await _end_persistence(simulator, camera, until)
    await asyncio.sleep(1)
    assert camera.stream.ready

    await hass.config_entries.async_setup(entry.entry_id)

    await until(lambda: camera.process is None)
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("query", ["", "ha=another"])
async def test_what_somebody_reads_goes_on_until_nobody_does(
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    camera: Camera,
    query: str,
) -> None:
    await until(lambda: camera.stream.ready)
    reader = await simulator.open_reader(1, query)
    await _end_persistence(simulator, camera, until)

    await asyncio.sleep(4 * LEFT_OVER)

    assert camera.stream.ready
    assert _stops(simulator) == 0
    await simulator.close_reader(1, reader)
    await until(lambda: camera.process is None)


async def test_what_somebody_begins_to_read_meanwhile_is_left_alone(
    loaded_entry: MockConfigEntry, simulator: Simulator, until: Until, camera: Camera
) -> None:
    await _end_persistence(simulator, camera, until)
    end = asyncio.get_running_loop().time() + 4 * LEFT_OVER
    while asyncio.get_running_loop().time() < end:
        await asyncio.sleep(LEFT_OVER / 2)
        reader = await simulator.open_reader(1)
        await asyncio.sleep(LEFT_OVER / 4)
        await simulator.close_reader(1, reader)

    assert _stops(simulator) == 0


async def test_a_camera_that_streams_for_nobody_again_is_let_be_for_a_while(
    loaded_entry: MockConfigEntry, simulator: Simulator, until: Until, camera: Camera
) -> None:
    await _end_persistence(simulator, camera, until)
    await until(lambda: camera.process is None)
    camera.persistent = True
    await simulator.camera_changed(camera)
    await _end_persistence(simulator, camera, until)

    await asyncio.sleep(5 * LEFT_OVER)

    assert camera.stream.ready
    assert _stops(simulator) == 1


async def test_a_persistent_camera_streams_for_nobody(
    loaded_entry: MockConfigEntry, simulator: Simulator, until: Until, camera: Camera
) -> None:
    await until(lambda: camera.stream.ready)

    await asyncio.sleep(5 * LEFT_OVER)

    assert camera.stream.ready
    assert _stops(simulator) == 0
