"""Left-over streams: those without readers are ended, also if our switch has not ended them."""

import asyncio
from dataclasses import replace

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.nestmtx.client import Timings
from tests.conftest import Until
from tests.simulator import Camera, Simulator, World

LEFT_OVER = 0.8


@pytest.fixture
def world(world: World) -> World:
    """A world with a persistent camera."""
    world.cameras[1].persistent = True
    return world


@pytest.fixture
def timings(timings: Timings) -> Timings:
    """Find left-over streams quickly."""
    return replace(timings, left_over=LEFT_OVER, left_over_pause=20 * LEFT_OVER)


async def _end_persistence(simulator: Simulator, camera: Camera, until: Until) -> None:
    """Turn persistence off on the server's own page, while the camera streams."""
    await until(lambda: camera.stream.ready)
    camera.persistent = False
    await simulator.camera_changed(camera)


def _stops(simulator: Simulator) -> int:
    requests = (each for each in simulator.requests if each["module"] == "htop")
    return sum(each["command"] == "update" for each in requests)


async def test_ending_persistence_on_the_servers_page_ends_the_stream(
    loaded_entry: MockConfigEntry, simulator: Simulator, until: Until, camera: Camera
) -> None:
    await _end_persistence(simulator, camera, until)

    await until(lambda: camera.process is None)

    assert _stops(simulator) == 1


async def test_ending_a_stream_is_resumed_after_a_restart(
    hass: HomeAssistant, entry: MockConfigEntry, simulator: Simulator, until: Until, camera: Camera
) -> None:
    await _end_persistence(simulator, camera, until)
    await asyncio.sleep(1)
    assert camera.stream.ready

    await hass.config_entries.async_setup(entry.entry_id)

    await until(lambda: camera.process is None)
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize("query", ["", "ha=another"])
async def test_a_stream_with_a_reader_runs_until_the_reader_leaves(
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


async def test_a_stream_that_gets_a_reader_meanwhile_is_not_ended(
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


async def test_a_stream_without_readers_is_not_ended_again_for_some_time(
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


async def test_a_persistent_camera_streams_without_readers(
    loaded_entry: MockConfigEntry, simulator: Simulator, until: Until, camera: Camera
) -> None:
    await until(lambda: camera.stream.ready)

    await asyncio.sleep(5 * LEFT_OVER)

    assert camera.stream.ready
    assert _stops(simulator) == 0
