"""Snapshots never wake a camera or keep it awake, and are as new as that allows."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
import io
import math
import time
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.camera import async_get_image
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
from PIL import Image
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.nestmtx.client import Camera
from custom_components.nestmtx.const import CONF_STILLS
from custom_components.nestmtx.picture_store import picture_store_of
from custom_components.nestmtx.stills import StillsPolicy, has_video
from tests.conftest import Until, all_cameras
from tests.pictures import (
    DRIVEWAY,
    FRONT,
    first_picture,
    opened,
    placeholder,
    shown_number,
    taken_at,
    watch,
)
from tests.simulator import Simulator, Times
from tests.simulator.faults import Trouble
from tests.simulator.picture import HEIGHT, WIDTH
from tests.simulator.probe import Probe, token_of

TAKE_PICTURE = "button.driveway_driveway_battery_take_snapshot"


@pytest.fixture
def times() -> Times:
    """Streams end when the last reader leaves, and are authorized for the real time."""
    return replace(Times.fast(), close_after=0.3)


@pytest.fixture
async def events(simulator: Simulator) -> AsyncGenerator[Probe]:
    """All events of the server."""
    async with Probe() as probe:
        yield await probe.connect(simulator, auth={"token": token_of(simulator)})


def _own_reads(events: Probe) -> int:
    return sum(
        event == "camera:read" and "ha=" in payloads[0]["details"]["query"]
        for event, payloads in events.frames
    )


@all_cameras
async def test_an_hour_of_dashboards_with_twenty_cameras_wakes_none(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    events: Probe,
    freezer: FrozenDateTimeFactory,
) -> None:
    cameras = hass.states.async_entity_ids("camera")[:20]
    assert len(cameras) == 20

    for _ in range(3600 // 10):
        freezer.tick(10)
        for camera in cameras:
            await async_get_image(hass, camera)

    assert events.events("camera:") == []
    assert all(camera.process is None for camera in simulator.world.cameras.values())
    assert {method for method, _ in simulator.whep.requests} <= {"OPTIONS"}


async def test_a_watched_camera_has_a_real_picture(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await watch(hass, simulator, until, 1)
    before = int(time.time() * 10) % (1 << 24)

    image = await first_picture(hass, until)

    assert image.content_type == "image/jpeg"
    assert opened(image).size == (WIDTH, HEIGHT)
    assert 0 <= shown_number(image) - before < 80
    assert dt_util.utcnow() - taken_at(hass, FRONT) < timedelta(seconds=5)


async def test_pictures_during_a_view_cost_one_read_in_thirty_seconds_and_do_not_prolong_it(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    events: Probe,
    until: Until,
) -> None:
    interval, length = 2.0, 5.0
    with patch("custom_components.nestmtx.stills.INTERVAL", timedelta(seconds=interval)):
        viewer = await watch(hass, simulator, until, 1)
        begun = time.monotonic()
        while time.monotonic() - begun < length:
            await async_get_image(hass, FRONT)
            await asyncio.sleep(0.05)
        reads = _own_reads(events)

        await simulator.close_reader(1, viewer)
        enough = asyncio.Event()
        asking = hass.async_create_background_task(_ask_on(hass, FRONT, enough), "dashboard")
        await until(lambda: simulator.world.cameras[1].process is None)
        await asyncio.sleep(interval)
        # Home Assistant logs an error for a cancelled picture request.
        enough.set()
        await asking

    assert 1 <= reads <= math.ceil(length / interval)
    assert simulator.world.cameras[1].process is None
    assert events.events("camera:").count("camera:demand") == 1


async def _ask_on(hass: HomeAssistant, entity_id: str, enough: asyncio.Event) -> None:
    while not enough.is_set():
        await async_get_image(hass, entity_id)
        await asyncio.sleep(0.05)


async def test_a_connecting_picture_is_no_picture(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    events: Probe,
    until: Until,
) -> None:
    simulator.world.cameras[2].trouble = Trouble(connecting=math.inf)
    await simulator.open_reader(2)
    await until(lambda: hass.states.get(DRIVEWAY).state == "streaming")

    image = await async_get_image(hass, DRIVEWAY)

    assert image.content == placeholder(hass, DRIVEWAY)
    assert _own_reads(events) == 0


@pytest.mark.parametrize("skew", [-400, 0, 400])
def test_a_wrong_clock_does_not_prevent_pictures(skew: int) -> None:
    now = dt_util.utcnow()
    ready_since = now + timedelta(seconds=skew - 60)
    camera = Camera(1, is_enabled=True, ready=True, ready_since=ready_since)
    authorized = replace(camera, expires_at=ready_since + timedelta(seconds=300))

    assert has_video(authorized)
    assert not has_video(camera)
    assert not has_video(replace(authorized, ready=False))
    assert not has_video(replace(authorized, extension_failed=True))


async def test_a_picture_that_stands_still_is_no_picture(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    events: Probe,
    until: Until,
) -> None:
    with patch("tests.simulator.picture.frames", _still_frames):
        await watch(hass, simulator, until, 1)
        await until(lambda: _own_reads(events) > 0)
        # Longer than the compared video.
        await asyncio.sleep(2.5)
        image = await async_get_image(hass, FRONT)

    assert image.content == placeholder(hass, FRONT)


async def test_a_scene_in_which_nothing_moves_is_a_picture_once_nothing_else_can_be_shown(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    with (
        patch("tests.simulator.picture.frames", _still_frames),
        patch("custom_components.nestmtx.client.media.gop.STEADY", 2.0),
    ):
        await watch(hass, simulator, until, 1)

        await until(lambda: taken_at(hass, FRONT) is not None)

    image = await async_get_image(hass, FRONT)
    assert Image.open(io.BytesIO(image.content)).size == (WIDTH, HEIGHT)


def _still_frames(*_: object) -> list[Image.Image]:
    return [Image.new("RGB", (WIDTH, HEIGHT), (90, 120, 90))] * 10


async def test_the_newest_frame_stays_when_the_view_has_ended(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    viewer = await watch(hass, simulator, until, 1)
    shown = await first_picture(hass, until)
    # Much shorter than the least time between two pictures.
    await asyncio.sleep(1.5)

    await simulator.close_reader(1, viewer)
    left_at = int(time.time() * 10) % (1 << 24)
    await until(lambda: hass.states.get(FRONT).state == "idle")

    image = await async_get_image(hass, FRONT)
    assert image.content != shown.content
    assert -10 < shown_number(image) - left_at < 10
    taken = taken_at(hass, FRONT)
    await asyncio.sleep(1.5)
    assert taken_at(hass, FRONT) == taken


async def test_the_last_picture_is_kept_over_a_restart(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    viewer = await watch(hass, simulator, until, 1)
    await first_picture(hass, until)
    await simulator.close_reader(1, viewer)
    await until(lambda: hass.states.get(FRONT).state == "idle")
    shown, taken = await async_get_image(hass, FRONT), taken_at(hass, FRONT)

    await hass.config_entries.async_reload(loaded_entry.entry_id)
    await hass.async_block_till_done()

    assert (await async_get_image(hass, FRONT)).content == shown.content
    assert abs(taken_at(hass, FRONT) - taken) < timedelta(milliseconds=1)


async def test_pictures_are_removed_with_the_entry(
    hass: HomeAssistant, entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await hass.config_entries.async_setup(entry.entry_id)
    await watch(hass, simulator, until, 1)
    await first_picture(hass, until)
    key = hass.data["camera"].get_entity(FRONT).device_key.key

    await hass.config_entries.async_unload(entry.entry_id)
    assert picture_store_of(hass, entry.entry_id).load(key) is not None

    await hass.config_entries.async_remove(entry.entry_id)

    assert picture_store_of(hass, entry.entry_id).load(key) is None


async def test_a_persistent_camera_has_pictures_without_viewers(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    simulator.world.cameras[1].persistent = True
    await simulator.camera_changed(simulator.world.cameras[1])
    coordinator = hass.data["camera"].get_entity(FRONT).coordinator
    await until(lambda: coordinator.data.cameras[1].is_persistent)
    await until(lambda: coordinator.data.cameras[1].authorized_until is not None)

    image = await first_picture(hass, until)

    assert opened(image).size == (WIDTH, HEIGHT)


async def test_the_orientation_that_the_user_chose_is_honoured(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await watch(hass, simulator, until, 1)
    await hass.data["camera_prefs"].async_update(FRONT, orientation=6)

    image = await first_picture(hass, until)

    assert opened(image).size == (HEIGHT, WIDTH)


async def test_taking_a_picture_wakes_and_releases_the_camera(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    simulator.world.cameras[2].trouble = Trouble(connecting=0.5)

    await hass.services.async_call("button", "press", {"entity_id": TAKE_PICTURE}, blocking=True)

    image = await async_get_image(hass, DRIVEWAY)
    assert opened(image).size == (WIDTH, HEIGHT)
    assert dt_util.utcnow() - taken_at(hass, DRIVEWAY) < timedelta(seconds=5)
    await until(lambda: simulator.world.cameras[2].process is None)


async def test_a_picture_that_cannot_be_taken_says_why(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    await simulator.set_tokens(1, present=False, event="unauthenticated")

    with pytest.raises(HomeAssistantError) as error:
        await hass.services.async_call(
            "button", "press", {"entity_id": TAKE_PICTURE}, blocking=True
        )

    assert error.value.translation_key == "camera_unauthorized"


async def test_taking_a_picture_does_not_count_as_a_view(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, events: Probe
) -> None:
    watched: list[str] = []
    entity_id = "binary_sensor.driveway_driveway_battery_being_watched"
    hass.bus.async_listen(
        "state_changed",
        callback(
            lambda event: (
                watched.append(event.data["new_state"].state)
                if event.data["entity_id"] == entity_id and event.data["new_state"]
                else None
            )
        ),
    )

    await hass.services.async_call("button", "press", {"entity_id": TAKE_PICTURE}, blocking=True)

    assert _own_reads(events) > 0
    assert "on" not in watched


@pytest.mark.parametrize("policy", [StillsPolicy.OWN_VIEW, StillsPolicy.ON_REQUEST])
async def test_with_other_policies_nothing_is_read_for_pictures(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    events: Probe,
    policy: StillsPolicy,
) -> None:
    hass.config_entries.async_update_entry(loaded_entry, options={CONF_STILLS: policy.value})
    await hass.config_entries.async_reload(loaded_entry.entry_id)
    await watch(hass, simulator, until, 1)

    await async_get_image(hass, FRONT)

    assert taken_at(hass, FRONT) is None
    assert _own_reads(events) == 0
