"""The one reader of a camera for snapshots, with video controlled by the tests."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from datetime import timedelta
import threading
from unittest.mock import patch

from homeassistant.components.camera import Image as CameraImage, async_get_image
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
import numpy as np
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.nestmtx.album import Album
from custom_components.nestmtx.client import AccessUnit
from custom_components.nestmtx.client.errors import StreamUnavailable
from custom_components.nestmtx.const import CONF_STILLS
from custom_components.nestmtx.coordinator import NestMTXCoordinator
from custom_components.nestmtx.frames import Shot
from custom_components.nestmtx.picture_store import picture_store_of
from custom_components.nestmtx.stills import StillsPolicy
from tests.conftest import Until
from tests.film import film, seconds
from tests.pictures import (
    FRONT,
    first_picture,
    placeholder,
    shown_number,
    taken_at,
    watch,
)
from tests.simulator import Simulator
from tests.simulator.probe import PATIENCE, until as until_without_waiting
from tests.simulator.streams import Picture as Shown

TAKE_FRONT = "button.front_yard_front_yard_cam_take_snapshot"


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
    return shown_number(image) - 1000


async def _shows(hass: HomeAssistant, number: int) -> bool:
    return _frame(await async_get_image(hass, FRONT)) == number


async def test_each_key_frame_gives_one_picture_once_it_is_refined(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    video: Video,
) -> None:
    await watch(hass, simulator, until, 1)

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
    await watch(hass, simulator, until, 1)

    video.send(LONG[:50])
    video.end()
    await until(lambda: video.readers == 0)
    await first_picture(hass, until)

    # The end of the video is decoded in a thread.
    async with asyncio.timeout(PATIENCE):
        while not await _shows(hass, 49):
            await asyncio.sleep(0.05)


async def test_nothing_is_decoded_of_a_view_that_ends_before_any_video_has_come(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    video: Video,
) -> None:
    viewer = await watch(hass, simulator, until, 1)
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
    await watch(hass, simulator, until, 1)
    video.send(LONG[:45])
    await first_picture(hass, until)

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
    await watch(hass, simulator, until, 1)
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
    await watch(hass, simulator, until, 1)
    stills, key = loaded_entry.runtime_data.stills, hass.data["camera"].get_entity(FRONT).key
    begun, decoding = threading.Event(), threading.Event()

    def decode(*_: object, **_options: object) -> Shot:
        begun.set()
        decoding.wait(2 * PATIENCE)
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
    await watch(hass, simulator, until, 1)
    begun, decoding = asyncio.Event(), threading.Event()

    def decode(*_: object) -> None:
        hass.loop.call_soon_threadsafe(begun.set)
        decoding.wait(2 * PATIENCE)

    with (
        patch("custom_components.nestmtx.stills.last_segment", return_value=b""),
        patch("custom_components.nestmtx.stills.shot_of_segment", decode),
    ):
        for _ in range(3):
            async with asyncio.timeout(PATIENCE):
                image = await async_get_image(hass, FRONT)
        await begun.wait()
        decoding.set()

    assert image.content == placeholder(hass, FRONT)
