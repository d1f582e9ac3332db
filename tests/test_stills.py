"""Snapshots never wake a camera or keep it awake, and are as new as that allows."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from dataclasses import replace
from datetime import timedelta
import io
import math
import threading
import time
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.camera import Image as CameraImage, async_get_image
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
import numpy as np
from PIL import Image
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.nestmtx.album import Album
from custom_components.nestmtx.client import AccessUnit, Camera
from custom_components.nestmtx.client.errors import StreamUnavailable
from custom_components.nestmtx.const import CONF_STILLS
from custom_components.nestmtx.coordinator import NestMTXCoordinator
from custom_components.nestmtx.frames import Shot
from custom_components.nestmtx.picture_store import picture_store_of
from custom_components.nestmtx.placeholders import Placeholder, draw_placeholder
from custom_components.nestmtx.stills import StillsPolicy, has_video
from tests.conftest import Until
from tests.film import film, seconds
from tests.pictures import taken_at
from tests.simulator import Simulator, Times
from tests.simulator.faults import Trouble
from tests.simulator.picture import HEIGHT, WIDTH, frame_number
from tests.simulator.probe import Probe, token_of, until as until_without_waiting
from tests.simulator.streams import Picture as Shown

FRONT = "camera.front_yard_front_yard_cam"
DRIVEWAY = "camera.driveway_driveway_battery"
TAKE_PICTURE = "button.driveway_driveway_battery_take_snapshot"
TAKE_FRONT = "button.front_yard_front_yard_cam_take_snapshot"


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


def _opened(image: CameraImage) -> Image.Image:
    return Image.open(io.BytesIO(image.content))


def _number(image: CameraImage) -> int:
    return frame_number(np.asarray(_opened(image).convert("L")))


async def _video(hass: HomeAssistant, simulator: Simulator, until: Until, camera_id: int) -> str:
    """Let a viewer watch a camera; return the reader once video comes."""
    reader = await simulator.open_reader(camera_id)
    camera = simulator.world.cameras[camera_id]
    coordinator = hass.data["camera"].get_entity(FRONT).coordinator
    await until(lambda: camera.expires_at is not None)
    await until(lambda: coordinator.data.cameras[camera_id].authorized_until is not None)
    await until(lambda: coordinator.data.cameras[camera_id].watched)
    return reader


async def _picture(hass: HomeAssistant, until: Until, entity_id: str = FRONT) -> CameraImage:
    """Wait for a camera's picture, and return it."""
    await until(lambda: taken_at(hass, entity_id) is not None)
    return await async_get_image(hass, entity_id)


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
    await _video(hass, simulator, until, 1)
    before = int(time.time() * 10) % (1 << 24)

    image = await _picture(hass, until)

    assert image.content_type == "image/jpeg"
    assert _opened(image).size == (WIDTH, HEIGHT)
    assert 0 <= _number(image) - before < 80
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
        viewer = await _video(hass, simulator, until, 1)
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


def _drawing(hass: HomeAssistant, entity_id: str) -> bytes:
    """Return the placeholder of a streaming camera without a picture."""
    return draw_placeholder(Placeholder.LIVE, "Streaming", hass.states.get(entity_id).name)


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

    assert image.content == _drawing(hass, DRIVEWAY)
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
        await _video(hass, simulator, until, 1)
        await until(lambda: _own_reads(events) > 0)
        # Longer than the compared video.
        await asyncio.sleep(2.5)
        image = await async_get_image(hass, FRONT)

    assert image.content == _drawing(hass, FRONT)


async def test_a_scene_in_which_nothing_moves_is_a_picture_once_nothing_else_can_be_shown(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    with (
        patch("tests.simulator.picture.frames", _still_frames),
        patch("custom_components.nestmtx.client.media.gop.STEADY", 2.0),
    ):
        await _video(hass, simulator, until, 1)

        await until(lambda: taken_at(hass, FRONT) is not None)

    image = await async_get_image(hass, FRONT)
    assert Image.open(io.BytesIO(image.content)).size == (WIDTH, HEIGHT)


def _still_frames(*_: object) -> list[Image.Image]:
    return [Image.new("RGB", (WIDTH, HEIGHT), (90, 120, 90))] * 10


async def test_the_newest_frame_stays_when_the_view_has_ended(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    viewer = await _video(hass, simulator, until, 1)
    shown = await _picture(hass, until)
    # Much shorter than the least time between two pictures.
    await asyncio.sleep(1.5)

    await simulator.close_reader(1, viewer)
    left_at = int(time.time() * 10) % (1 << 24)
    await until(lambda: hass.states.get(FRONT).state == "idle")

    image = await async_get_image(hass, FRONT)
    assert image.content != shown.content
    assert -10 < _number(image) - left_at < 10
    taken = taken_at(hass, FRONT)
    await asyncio.sleep(1.5)
    assert taken_at(hass, FRONT) == taken


async def test_the_last_picture_is_kept_over_a_restart(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    viewer = await _video(hass, simulator, until, 1)
    await _picture(hass, until)
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
    await _video(hass, simulator, until, 1)
    await _picture(hass, until)
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

    image = await _picture(hass, until)

    assert _opened(image).size == (WIDTH, HEIGHT)


async def test_the_orientation_that_the_user_chose_is_honoured(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await _video(hass, simulator, until, 1)
    await hass.data["camera_prefs"].async_update(FRONT, orientation=6)

    image = await _picture(hass, until)

    assert _opened(image).size == (HEIGHT, WIDTH)


async def test_taking_a_picture_wakes_and_releases_the_camera(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    simulator.world.cameras[2].trouble = Trouble(connecting=0.5)

    await hass.services.async_call("button", "press", {"entity_id": TAKE_PICTURE}, blocking=True)

    image = await async_get_image(hass, DRIVEWAY)
    assert _opened(image).size == (WIDTH, HEIGHT)
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
    await _video(hass, simulator, until, 1)

    await async_get_image(hass, FRONT)

    assert taken_at(hass, FRONT) is None
    assert _own_reads(events) == 0


# One reader, with video controlled by the tests


LONG = [
    AccessUnit(unit, is_key_frame=number == 0, time=number / 10)
    for number, unit in enumerate(film(seconds(Shown.VIDEO, 100, 106)))
]
"""6 s of video with one key frame."""


class Video:
    """The video for all readers, and their number."""

    def __init__(self) -> None:
        """Start without video."""
        self.readers = 0
        self.opened = 0
        self._queue: asyncio.Queue[AccessUnit | None] = asyncio.Queue()

    def send(self, units: list[AccessUnit]) -> None:
        """Send some video at once."""
        for unit in units:
            self._queue.put_nowait(unit)

    def end(self) -> None:
        """End the stream."""
        self._queue.put_nowait(None)

    async def read(self, *_: object) -> AsyncGenerator[AccessUnit]:
        """Read like the coordinator."""
        self.readers += 1
        self.opened += 1
        try:
            while unit := await self._queue.get():
                yield unit
            raise StreamUnavailable("The stream has ended")
        finally:
            self.readers -= 1


@pytest.fixture
def video() -> Generator[Video]:
    """Video in place of the server's."""
    video = Video()
    with patch.object(NestMTXCoordinator, "read_video", video.read):
        yield video


def _frame(image: CameraImage) -> int:
    """Return which frame of LONG a picture shows."""
    return _number(image) - 1000


async def _shows(hass: HomeAssistant, number: int) -> bool:
    return _frame(await async_get_image(hass, FRONT)) == number


async def test_each_key_frame_gives_one_picture_once_it_is_refined(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    video: Video,
) -> None:
    await _video(hass, simulator, until, 1)

    with patch("custom_components.nestmtx.stills.INTERVAL", timedelta(seconds=0)):
        video.send(LONG[:20])
        await asyncio.sleep(0.3)
        taken = taken_at(hass, FRONT)
        assert taken is None
        for _ in range(2):
            former = taken
            video.send(LONG[20:21])
            await until(lambda former=former: taken_at(hass, FRONT) != former)
            assert await _shows(hass, 20)
            taken = taken_at(hass, FRONT)
            video.send(LONG[21:60])
            await asyncio.sleep(0.3)
            assert taken_at(hass, FRONT) == taken
            video.send(LONG[:20])
            await asyncio.sleep(0.3)
            assert taken_at(hass, FRONT) == taken

    assert video.opened == 1


async def test_the_end_of_a_stream_leaves_its_newest_frame(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    video: Video,
) -> None:
    await _video(hass, simulator, until, 1)

    video.send(LONG[:50])
    video.end()
    await until(lambda: video.readers == 0)
    await _picture(hass, until)
    await asyncio.sleep(0.3)

    assert await _shows(hass, 49)


async def test_nothing_is_decoded_of_a_view_that_ends_before_any_video_has_come(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    video: Video,
) -> None:
    viewer = await _video(hass, simulator, until, 1)
    await until(lambda: video.readers == 1)

    await simulator.close_reader(1, viewer)

    await until(lambda: video.readers == 0)
    assert taken_at(hass, FRONT) is None


async def test_a_requested_picture_of_a_camera_being_read_is_new(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    video: Video,
) -> None:
    await _video(hass, simulator, until, 1)
    video.send(LONG[:45])
    await _picture(hass, until)

    taking = hass.async_create_task(
        hass.services.async_call("button", "press", {"entity_id": TAKE_FRONT}, blocking=True)
    )
    await asyncio.sleep(0.3)
    assert not taking.done()
    video.send(LONG[45:46])
    await taking

    assert await _shows(hass, 45)
    assert video.opened == 1


async def test_the_reader_for_a_requested_picture_ends_with_it(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    video: Video,
) -> None:
    taking = hass.async_create_task(
        hass.services.async_call("button", "press", {"entity_id": TAKE_FRONT}, blocking=True)
    )
    await until_without_waiting(lambda: video.readers == 1)
    video.send(LONG[:21])

    await taking
    await asyncio.sleep(0)

    assert video.readers == 0
    assert await _shows(hass, 20)
    await until(lambda: simulator.world.cameras[1].process is None)


async def test_two_requests_share_one_picture(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    video: Video,
) -> None:
    stills = loaded_entry.runtime_data.stills
    key = hass.data["camera"].get_entity(FRONT).device_key.key
    taking = [hass.async_create_task(stills.async_take(key)) for _ in range(2)]
    await until_without_waiting(lambda: video.readers == 1)
    await asyncio.sleep(0.2)

    video.send(LONG[:21])
    await asyncio.gather(*taking)

    assert video.opened == 1


async def test_a_requested_picture_fails_at_once_when_home_assistant_stops(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    video: Video,
) -> None:
    stills = loaded_entry.runtime_data.stills
    taking = hass.async_create_task(
        stills.async_take(hass.data["camera"].get_entity(FRONT).device_key.key)
    )
    await until_without_waiting(lambda: video.readers == 1)

    await stills.async_stop()

    with pytest.raises(HomeAssistantError):
        await taking
    assert video.readers == 0


async def test_an_entity_that_replaces_another_keeps_its_reader(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    video: Video,
) -> None:
    await _video(hass, simulator, until, 1)
    stills, key = loaded_entry.runtime_data.stills, hass.data["camera"].get_entity(FRONT).key
    called = asyncio.Event()
    end_former = stills.async_follow(key, lambda *_, **__: None)
    end = stills.async_follow(key, lambda *_, **__: called.set())

    end_former()
    video.send(LONG[:21])

    await until(called.is_set)
    assert video.readers == 1
    end()


async def test_a_picture_that_is_decoded_when_home_assistant_stops_is_not_kept(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    video: Video,
) -> None:
    await _video(hass, simulator, until, 1)
    stills, key = loaded_entry.runtime_data.stills, hass.data["camera"].get_entity(FRONT).key
    begun, decoding = threading.Event(), threading.Event()

    def decode(*_: object, **_options: object) -> Shot:
        begun.set()
        decoding.wait(5)
        return Shot(b"", np.zeros((45, 80), np.int16))

    with patch("custom_components.nestmtx.stills.shot_of_units", decode):
        video.send(LONG[:30])
        await until_without_waiting(begun.is_set)
        await stills.async_stop()
        decoding.set()
        await asyncio.sleep(0.1)

    assert stills.last(key) is None


async def test_a_picture_is_never_dated_in_the_future(hass: HomeAssistant) -> None:
    """The clock was wrong when the picture was taken, and has been corrected since."""
    album = Album(hass, picture_store_of(hass, "entry"))
    shot = Shot(b"", np.zeros((45, 80), np.int16))

    album.async_keep("front", shot, dt_util.utcnow() + timedelta(days=1))

    assert album.last("front").taken <= dt_util.utcnow()
    await album.async_save()


async def test_what_home_assistant_plays_gives_a_picture_for_the_next_request(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    hass.config_entries.async_update_entry(
        loaded_entry, options={CONF_STILLS: StillsPolicy.OWN_VIEW.value}
    )
    await hass.config_entries.async_reload(loaded_entry.entry_id)
    await _video(hass, simulator, until, 1)
    begun, decoding = asyncio.Event(), threading.Event()

    def decode(*_: object) -> None:
        hass.loop.call_soon_threadsafe(begun.set)
        decoding.wait(5)

    with (
        patch("custom_components.nestmtx.stills.last_segment", return_value=b""),
        patch("custom_components.nestmtx.stills.shot_of_segment", decode),
    ):
        for _ in range(3):
            async with asyncio.timeout(1):
                image = await async_get_image(hass, FRONT)
        await begun.wait()
        decoding.set()

    assert image.content == _drawing(hass, FRONT)
