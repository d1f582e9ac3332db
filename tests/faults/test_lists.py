"""Changed lists: reinstalled servers, and removed cameras."""

import asyncio
from datetime import timedelta

from homeassistant.const import STATE_ON, STATE_UNAVAILABLE
from homeassistant.setup import async_setup_component

from tests.expected import camera_key
from tests.simulator import Camera
from tests.simulator.records import utc_now

from .bench import Bench

FRONT = "camera.front_yard_front_yard_cam"


def _renumbered(cameras: dict[int, Camera], by: int) -> dict[int, Camera]:
    for camera in cameras.values():
        camera.id += by
    return {camera.id: camera for camera in cameras.values()}


async def test_an_empty_list_of_a_reinstalled_server_removes_nothing(bench: Bench) -> None:
    cameras, bench.world.cameras = bench.world.cameras, {}
    ready = {camera_key(camera, "ready") for camera in cameras.values()}

    await bench.while_resyncing(times=4)
    assert {bench.shown[key] for key in ready} == {STATE_UNAVAILABLE}
    bench.world.cameras = cameras
    await bench.until_true()

    bench.assert_kept()
    bench.assert_logged()


async def test_the_same_cameras_with_new_ids_keep_their_entities(bench: Bench) -> None:
    await bench.simulator.kill()
    bench.world.cameras = _renumbered(bench.world.cameras, 100)
    await bench.simulator.start()
    await bench.until_back()
    await bench.until_true()
    await bench.simulator.set_ready(102, ready=True)
    await bench.until(lambda: bench.camera(102, "ready") == STATE_ON)
    await bench.until_true()

    bench.assert_kept()


async def test_cameras_that_swap_their_ids_keep_their_entities(bench: Bench) -> None:
    one, two = bench.world.cameras[1], bench.world.cameras[2]

    one.id, two.id = 2, 1
    bench.world.cameras |= {1: two, 2: one}
    await bench.while_resyncing(times=3)
    await bench.until_true()

    bench.assert_kept()


async def test_a_reinstalled_server_is_followed_step_by_step(bench: Bench) -> None:
    """The server is down, returns empty and with new tokens, then gets the same cameras again."""
    cameras, bench.world.cameras = bench.world.cameras, {}
    await bench.simulator.kill()
    await bench.until_unavailable()
    bench.world.revoke_tokens("nestmtx")

    await bench.simulator.start()
    await bench.while_resyncing(times=3)
    bench.world.cameras = _renumbered(cameras, 50)
    await bench.until_true()

    bench.assert_kept()


async def test_a_missing_camera_is_removed_after_two_lists(bench: Bench) -> None:
    camera = bench.world.cameras[2]
    key = camera_key(camera, "ready")

    bench.world.remove_camera(2)
    await bench.until(lambda: bench.shown.get(key) == STATE_UNAVAILABLE)
    bench.world.cameras[2] = camera
    await bench.until_true()

    assert bench.saw("", [key]) == []


async def test_a_camera_removed_while_streaming_is_removed_with_its_stream(
    bench: Bench,
) -> None:
    await async_setup_component(bench.hass, "stream", {})
    entity = bench.hass.data["camera"].get_entity(FRONT)
    bench.world.cameras[1].expires_at = utc_now() + timedelta(hours=1)
    stream = await entity.async_create_stream()
    key = camera_key(bench.world.cameras[1], "camera")

    bench.world.remove_camera(1)
    await bench.until(lambda: key not in bench.shown)
    await bench.until_true()

    assert bench.hass.states.get(FRONT) is None
    assert not stream.available or stream.source
    bench.assert_kept(removed=True)
    bench.assert_logged()


async def test_a_camera_that_vanishes_while_it_is_read_goes_and_its_events_harm_nothing(
    bench: Bench,
) -> None:
    camera = bench.world.cameras[3]
    key = camera_key(camera, "ready")
    await bench.simulator.open_reader(3)
    await bench.until(lambda: bench.shown.get(key) == STATE_ON)

    bench.world.remove_camera(3)
    await bench.until(lambda: key not in bench.shown)
    for event in ("unread", "notReady", "undemand"):
        await bench.simulator.fire("camera", event, 3, {"name": camera.name, "path": camera.path})
    await asyncio.sleep(0)
    await bench.until_true()

    bench.assert_kept(removed=True)
    bench.assert_logged()
