"""Malicious video costs its camera a picture, and nothing else."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from fractions import Fraction
import io
import resource
from threading import Event
import time
from unittest.mock import patch

import av
from homeassistant.components.camera import async_get_image
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
import numpy as np
from PIL import Image
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.nestmtx.client.errors import StreamUnavailable
from custom_components.nestmtx.client.media import rtsp
from custom_components.nestmtx.client.media.rtsp import read_video
from custom_components.nestmtx.frames import jpeg_of, shot_of_segment, shot_of_units
from custom_components.nestmtx.picture_store import Picture, picture_store_of
from tests.conftest import Until
from tests.faults.rtsp_servers import (
    FRONT,
    hostile_rtsp,
    interleaved,
    lead_to,
    only_sound,
    sending,
    watched,
)
from tests.pictures import taken_at
from tests.simulator import Simulator

DRIVEWAY = "camera.driveway_driveway_battery"
TAKE_PICTURE = "button.front_yard_front_yard_cam_take_snapshot"
INTERVAL = "custom_components.nestmtx.stills.INTERVAL"
TAKE_TIME = "custom_components.nestmtx.stills.MAX_TAKE_TIME"

QUICK = {"preset": "ultrafast", "tune": "zerolatency"}


def _frames(width: int, height: int, count: int) -> Iterator[av.VideoFrame]:
    """Return different frames that are cheap to encode."""
    for number in range(count):
        image = Image.new("RGB", (width, height), (20, 100, 50))
        image.paste((220, 200, 50), (16 * number, 16, 16 * number + 64, 80))
        frame = av.VideoFrame.from_ndarray(np.asarray(image), format="rgb24")
        frame.pts = number
        yield frame


def _film(
    width: int,
    height: int,
    count: int = 12,
    options: Mapping[str, str] = QUICK,
    pixels: str = "yuv420p",
) -> list[bytes]:
    """Return a film as access units."""
    encoder = av.VideoCodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, pixels
    encoder.framerate, encoder.time_base = Fraction(10), Fraction(1, 10)
    encoder.options = {**options}
    frames = (*_frames(width, height, count), None)
    return [bytes(packet) for frame in frames for packet in encoder.encode(frame)]


def _segment(width: int, height: int, count: int = 12, pixels: str = "yuv420p") -> bytes:
    """Return a film as fragmented MP4, like a segment of Home Assistant's stream."""
    buffer = io.BytesIO()
    options = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
    with av.open(buffer, "w", format="mp4", options=options) as container:
        stream = container.add_stream("libx264", rate=10, options=QUICK)
        stream.width, stream.height, stream.pix_fmt = width, height, pixels
        for frame in (*_frames(width, height, count), None):
            container.mux(stream.encode(frame))
    return buffer.getvalue()


@pytest.fixture
def memory() -> Callable[[], float]:
    """Return the growth of the process's peak memory, in MiB."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return lambda: (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


# A grab that never ends


async def test_a_stream_with_sound_only_holds_up_neither_other_pictures_nor_the_unload(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    true_port = simulator.rtsp_port
    async with hostile_rtsp(only_sound) as hostile:
        await lead_to(hass, simulator, until, hostile.port)
        await watched(hass, simulator, until, 1)
        # Our reader is on another server and not in the lists: one of these counts as ours.
        await simulator.open_reader(1)
        await until(lambda: any("PLAY" in each for each in hostile.requests))
        await lead_to(hass, simulator, until, true_port)
        await watched(hass, simulator, until, 2)

        await until(lambda: taken_at(hass, DRIVEWAY) is not None)
        begun = time.monotonic()
        await hass.config_entries.async_unload(loaded_entry.entry_id)

    assert time.monotonic() - begun < 1


async def test_a_requested_picture_of_a_stream_with_only_audio_fails_in_time(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    async with hostile_rtsp(only_sound) as hostile:
        await lead_to(hass, simulator, until, hostile.port)
        await watched(hass, simulator, until)

        with patch(TAKE_TIME, 0.5), pytest.raises(HomeAssistantError) as error:
            await hass.services.async_call(
                "button", "press", {"entity_id": TAKE_PICTURE}, blocking=True
            )

    assert error.value.translation_key == "no_picture"


@pytest.mark.usefixtures("socket_enabled")
async def test_a_silent_stream_is_ended() -> None:
    async def silent(_: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async with hostile_rtsp(silent) as hostile, asyncio.timeout(10):
        with patch.object(rtsp, "MAX_SILENCE", 0.2), pytest.raises(StreamUnavailable):
            async for _ in read_video(f"rtsp://127.0.0.1:{hostile.port}/front"):
                pass


@pytest.mark.usefixtures("socket_enabled")
async def test_a_flood_of_tiny_packets_lets_other_tasks_run() -> None:
    async def flood(writer: asyncio.StreamWriter) -> None:
        for _ in range(40):
            writer.write(interleaved(b"", 0) * 20_000)
            await writer.drain()

    worst, last = 0.0, time.thread_time()

    async def measure() -> None:
        nonlocal worst, last
        while True:
            await asyncio.sleep(0)
            now = time.thread_time()
            worst, last = max(worst, now - last), now

    async with hostile_rtsp(flood) as hostile:
        measuring = asyncio.create_task(measure())
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                async for _ in read_video(f"rtsp://127.0.0.1:{hostile.port}/front"):
                    pass
        measuring.cancel()

    assert worst < 0.2


async def test_consecutive_viewers_leave_no_reader_behind(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await watched(hass, simulator, until)
    await until(lambda: len(_own_readers(simulator)) == 1)
    coordinator = hass.data["camera"].get_entity(FRONT).coordinator
    for number in range(5):
        for kind in ("unread", "read"):
            details = {"readerId": f"viewer-{number}", "path": "front", "query": ""}
            await simulator.fire("camera", kind, entity=1, details=details)
    await until(lambda: coordinator.data.cameras[1].watched)

    await until(lambda: len(_own_readers(simulator)) == 1)


def _own_readers(simulator: Simulator) -> list[str]:
    return sorted(
        simulator.world.cameras[1].stream.readers - simulator.world.cameras[1].stream.viewers
    )


# Frame bombs


def test_a_picture_of_too_many_pixels_is_not_decoded(memory: Callable[[], float]) -> None:
    units = _film(8000, 8000, 3)
    encoded = memory()

    assert shot_of_units(units, None, Event()) is None
    assert memory() - encoded < 50


def test_a_segment_of_too_many_pixels_is_not_decoded(memory: Callable[[], float]) -> None:
    segment = _segment(8000, 8000, 3)
    encoded = memory()

    assert shot_of_segment(segment, None, Event()) is None
    assert memory() - encoded < 50


def test_a_picture_of_an_ordinary_size_is_decoded() -> None:
    film = _film(1920, 1080)

    assert shot_of_units(film, None, Event()) is not None
    assert shot_of_segment(_segment(1920, 1080), None, Event()) is not None


def test_video_with_many_reference_frames_is_not_decoded(
    memory: Callable[[], float],
) -> None:
    options = {"preset": "medium", "refs": "16", "bf": "0", "level": "6.2"}
    units = _film(4096, 2304, 2, options)
    encoded = memory()

    assert shot_of_units(units, None, Event()) is None
    assert memory() - encoded < 50


@pytest.mark.parametrize("pixels", ["yuv444p", "yuv420p10le"])
def test_pixels_of_another_format_are_not_decoded(memory: Callable[[], float], pixels: str) -> None:
    units, segment = _film(2048, 1152, 12, pixels=pixels), _segment(2048, 1152, pixels=pixels)
    encoded = memory()

    assert shot_of_units(units, None, Event()) is None
    assert shot_of_segment(segment, None, Event()) is None
    assert memory() - encoded < 20


@patch(INTERVAL, timedelta(seconds=0.2))
async def test_a_stream_whose_size_grows_gives_only_the_pictures_before(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    film = [*_film(640, 360, 2), *_film(8000, 8000, 3)]
    async with hostile_rtsp(sending(film)) as hostile:
        await lead_to(hass, simulator, until, hostile.port)
        await watched(hass, simulator, until)
        await until(lambda: taken_at(hass, FRONT) is not None)
        await asyncio.sleep(5)

        image = await async_get_image(hass, FRONT)

    assert Image.open(io.BytesIO(image.content)).size == (640, 360)


def test_a_stored_picture_of_too_many_pixels_is_not_loaded(
    hass: HomeAssistant, memory: Callable[[], float]
) -> None:
    store = picture_store_of(hass, "entry")
    store.save("front", Picture(jpeg_of(Image.new("L", (8000, 8000))), dt_util.utcnow()))
    saved = memory()

    assert store.load("front") is None
    assert memory() - saved < 50


# Work after the owner's end


async def test_a_picture_that_is_taken_during_a_removal_is_not_kept(
    hass: HomeAssistant, entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await hass.config_entries.async_setup(entry.entry_id)
    await watched(hass, simulator, until)
    taking = hass.async_create_background_task(
        hass.services.async_call("button", "press", {"entity_id": TAKE_PICTURE}, blocking=True),
        "test",
    )
    await until(lambda: any(each for each in simulator.world.cameras[1].stream.readers))

    await hass.config_entries.async_remove(entry.entry_id)
    with suppress(HomeAssistantError):
        await taking
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=301))
    await hass.async_block_till_done()

    assert picture_store_of(hass, entry.entry_id).keys() == frozenset()


# Clocks


async def test_a_picture_from_the_future_is_dated_now_and_replaced(
    hass: HomeAssistant, entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    key = next(each.checksum for each in simulator.world.cameras.values() if each.id == 1)
    old = jpeg_of(Image.new("RGB", (64, 36)))
    store = picture_store_of(hass, entry.entry_id)
    store.save(key, Picture(old, dt_util.utcnow() + timedelta(days=400)))
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert taken_at(hass, FRONT) <= dt_util.utcnow()

    await watched(hass, simulator, until)

    await until(lambda: store.load(key).jpeg == old and taken_at(hass, FRONT) is not None)
    taken = taken_at(hass, FRONT)
    await until(lambda: taken_at(hass, FRONT) > taken)
    assert (await async_get_image(hass, FRONT)).content != old
    await hass.config_entries.async_unload(entry.entry_id)
