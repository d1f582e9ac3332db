"""Live views over HLS: Home Assistant's stream worker reads the camera over RTSP or HLS."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from dataclasses import replace
import io
from pathlib import Path
from unittest.mock import patch

import av
from homeassistant.components.camera import Camera as CameraEntity, async_get_image
from homeassistant.components.media_source import async_resolve_media
from homeassistant.components.stream import HLS_PROVIDER, Stream
from homeassistant.components.stream.core import Segment, StreamOutput
from homeassistant.core import HomeAssistant
from homeassistant.core_config import async_process_ha_core_config
from homeassistant.setup import async_setup_component
import numpy as np
from PIL import Image
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service

from custom_components.nestmtx.const import CONF_STILLS
from tests.conftest import Until
from tests.pictures import taken_at
from tests.simulator import Simulator, Times
from tests.simulator.faults import Trouble
from tests.simulator.picture import BITS, RATE, frame_number
from tests.simulator.records import wall_clock

FRONT = "camera.front_yard_front_yard_cam"
RESTART = "button.front_yard_front_yard_cam_restart_stream"


@pytest.fixture(autouse=True)
def quick_restart() -> Generator[None]:
    """Let Home Assistant's stream worker retry soon."""
    with patch("homeassistant.components.stream.STREAM_RESTART_INCREMENT", 1):
        yield


@pytest.fixture
def times() -> Times:
    """The real timings for opening a stream."""
    return replace(
        Times.fast(), start_timeout=60.0, close_after=3.0, process_start=0.5, rtsp_start=0.5
    )


@pytest.fixture
async def camera(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> AsyncGenerator[CameraEntity]:
    """The camera; its stream is stopped at the end."""
    await async_setup_component(hass, "stream", {})
    camera: CameraEntity = hass.data["camera"].get_entity(FRONT)
    yield camera
    if camera.stream is not None:
        for output in camera.stream.outputs().values():
            await camera.stream.remove_provider(output)


async def _opened(camera: CameraEntity) -> Stream:
    stream = await camera.async_create_stream()
    assert stream is not None
    stream.add_provider(HLS_PROVIDER)
    await stream.start()
    return stream


def _whole(output: StreamOutput) -> Segment | None:
    """Return the last complete segment."""
    return next((each for each in reversed(output.get_segments()) if each.complete), None)


async def _frame(stream: Stream) -> int:
    """Wait for another complete segment; return the number of its first frame."""
    output = stream.outputs()[HLS_PROVIDER]
    before = _whole(output)
    async with asyncio.timeout(30):
        while _whole(output) is before:
            await output.recv()
    segment = _whole(output)
    assert segment is not None
    with av.open(io.BytesIO(segment.init + segment.get_data())) as container:
        frame = next(container.decode(video=0))
        return frame_number(frame.to_ndarray(format="gray"))


async def test_a_sleeping_camera_plays(camera: CameraEntity, simulator: Simulator) -> None:
    stream = await _opened(camera)

    first = await _frame(stream)
    assert await _frame(stream) > first


async def test_a_stream_that_breaks_off_is_restored(
    hass: HomeAssistant, camera: CameraEntity, simulator: Simulator
) -> None:
    stream = await _opened(camera)
    before = await _frame(stream)
    simulator.world.cameras[1].trouble = Trouble(process_start=3.0)

    await hass.services.async_call("button", "press", {"entity_id": RESTART}, blocking=True)

    while await _frame(stream) < before + 60:
        pass
    assert hass.states.get(FRONT).state == "streaming"


async def test_a_stream_that_stalls_is_restored(
    hass: HomeAssistant, camera: CameraEntity, simulator: Simulator
) -> None:
    stream = await _opened(camera)
    before = await _frame(stream)
    simulator.world.cameras[1].trouble = Trouble(stalled_since=wall_clock())
    await asyncio.sleep(7)

    simulator.world.cameras[1].trouble = Trouble()

    while await _frame(stream) < before + 60:
        pass
    assert hass.states.get(FRONT).state == "streaming"


async def test_a_stream_that_google_refuses_is_no_longer_requested(
    hass: HomeAssistant, camera: CameraEntity, simulator: Simulator, until: Until
) -> None:
    stream = await _opened(camera)
    await _frame(stream)
    simulator.world.cameras[1].trouble = Trouble(refused=True)

    await hass.services.async_call("button", "press", {"entity_id": RESTART}, blocking=True)

    await until(lambda: not stream.outputs())
    await until(lambda: simulator.world.cameras[1].process is None)
    asked = len(simulator.google_calls)
    await asyncio.sleep(2)
    assert len(simulator.google_calls) == asked


async def test_a_recording_of_a_sleeping_camera_begins_with_video(
    hass: HomeAssistant, camera: CameraEntity, simulator: Simulator, tmp_path: Path
) -> None:
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    film = tmp_path / "film.mp4"
    begun = wall_clock()

    await hass.services.async_call(
        "camera",
        "record",
        {"entity_id": FRONT, "filename": str(film), "duration": 4},
        blocking=True,
    )

    with av.open(str(film)) as container:
        numbers = [
            frame_number(frame.to_ndarray(format="gray")) for frame in container.decode(video=0)
        ]
    assert len(numbers) > 10
    # The recording begins with the camera's current second.
    assert -RATE <= numbers[0] - int(begun * RATE) % (1 << BITS) < 30 * RATE
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


async def test_a_picture_is_taken_of_what_home_assistant_plays(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, camera: CameraEntity, until: Until
) -> None:
    hass.config_entries.async_update_entry(loaded_entry, options={CONF_STILLS: "own_view"})
    await hass.config_entries.async_reload(loaded_entry.entry_id)
    camera = hass.data["camera"].get_entity(FRONT)
    stream = await _opened(camera)
    shown = await _frame(stream)
    await until(lambda: camera.camera.shows_video)

    await async_get_image(hass, FRONT)
    await until(lambda: taken_at(hass, FRONT) is not None)
    image = await async_get_image(hass, FRONT)

    picture = Image.open(io.BytesIO(image.content)).convert("L")
    assert abs(frame_number(np.asarray(picture)) - shown) < 100
    for output in stream.outputs().values():
        await stream.remove_provider(output)


async def test_the_media_browser_plays_a_sleeping_camera(
    hass: HomeAssistant, camera: CameraEntity, simulator: Simulator
) -> None:
    await async_setup_component(hass, "media_source", {})

    media = await async_resolve_media(hass, f"media-source://camera/{FRONT}", None)

    assert media.url.endswith(".m3u8")
    assert simulator.world.cameras[1].stream.ready


async def test_a_sleeping_camera_is_cast_once_it_streams(
    hass: HomeAssistant, camera: CameraEntity, simulator: Simulator
) -> None:
    await async_process_ha_core_config(hass, {"internal_url": "http://home.example:8123"})
    casts = async_mock_service(hass, "media_player", "play_media")

    await hass.services.async_call(
        "camera",
        "play_stream",
        {"entity_id": FRONT, "media_player": "media_player.screen"},
        blocking=True,
    )

    assert [cast.data["media_content_id"].endswith(".m3u8") for cast in casts] == [True]
    assert simulator.world.cameras[1].stream.ready
