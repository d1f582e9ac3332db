"""A sleeping camera is woken by a viewer, or an error gives the reason why it doesn't start."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
import math

from homeassistant.components.camera import Camera as CameraEntity
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.nestmtx.const import CONF_STILLS
from tests.conftest import Until, all_cameras
from tests.simulator import Picture, Simulator, Times
from tests.simulator.faults import Trouble
from tests.simulator.probe import Probe, token_of

pytestmark = pytest.mark.usefixtures("all_enabled")

FRONT = 1
"""Shows video from the start."""
DRIVEWAY = 2
"""Shows a "connecting" picture first."""
CABIN = 14
"""Has a credential that is not authorized."""
GARAGE = 6
"""Is disabled."""
LIVING_ROOM = 7
"""Has no path."""

ENTITIES = {
    FRONT: "camera.front_yard_front_yard_cam",
    DRIVEWAY: "camera.driveway_driveway_battery",
    CABIN: "camera.cabin_cabin_cam_1",
    GARAGE: "camera.garage_garage",
    LIVING_ROOM: "camera.living_room_living_room",
}


@pytest.fixture(autouse=True)
async def stream_component(hass: HomeAssistant) -> None:
    """Home Assistant's stream component, which reads cameras for HLS."""
    await async_setup_component(hass, "stream", {})


@pytest.fixture
def times() -> Times:
    """The server holds readers for longer than the integration waits."""
    return replace(Times.fast(), start_timeout=60.0, close_after=1.0)


@pytest.fixture
async def events(simulator: Simulator) -> AsyncGenerator[Probe]:
    """All events of the server."""
    async with Probe() as probe:
        yield await probe.connect(simulator, auth={"token": token_of(simulator)})


def _camera(hass: HomeAssistant, camera_id: int) -> CameraEntity:
    return hass.data["camera"].get_entity(ENTITIES[camera_id])


def _shown(simulator: Simulator, camera_id: int) -> Picture | None:
    return simulator._lives.picture(simulator.world.cameras[camera_id].path)


def _readers(simulator: Simulator, camera_id: int) -> int:
    return len(simulator.world.cameras[camera_id].stream.readers)


async def _reason(hass: HomeAssistant, camera_id: int) -> str | None:
    with pytest.raises(HomeAssistantError) as error:
        await _camera(hass, camera_id).async_create_stream()
    return error.value.translation_key


async def test_a_sleeping_camera_starts_when_its_stream_is_requested(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    simulator.world.cameras[FRONT].trouble = Trouble(process_start=1.0)

    await _camera(hass, FRONT).async_create_stream()

    assert _shown(simulator, FRONT) is Picture.VIDEO


async def test_a_start_waits_for_video_after_the_connecting_picture(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    simulator.world.cameras[DRIVEWAY].trouble = Trouble(connecting=1.0)

    await _camera(hass, DRIVEWAY).async_create_stream()

    assert _shown(simulator, DRIVEWAY) is Picture.VIDEO


async def test_an_authorization_of_an_earlier_stream_does_not_count_as_video(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await _camera(hass, DRIVEWAY).async_create_stream()
    await until(lambda: hass.states.get(ENTITIES[DRIVEWAY]).state == "idle")
    simulator.world.cameras[DRIVEWAY].trouble = Trouble(connecting=1.0)

    await _camera(hass, DRIVEWAY).async_create_stream()

    assert _shown(simulator, DRIVEWAY) is Picture.VIDEO


async def test_concurrent_starts_of_a_camera_share_one_request(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, events: Probe
) -> None:
    simulator.world.cameras[FRONT].trouble = Trouble(process_start=0.5)
    camera = _camera(hass, FRONT)

    await asyncio.gather(*(camera.async_start_stream() for _ in range(3)))

    await asyncio.sleep(0.3)
    assert events.events("camera:").count("camera:read") == 1


async def test_a_started_camera_without_a_reader_is_released(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await _camera(hass, FRONT).async_start_stream()

    await until(lambda: simulator.world.cameras[FRONT].process is None)


async def test_a_started_camera_is_released_once_it_has_a_reader(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    # Snapshots have their own reader.
    hass.config_entries.async_update_entry(loaded_entry, options={CONF_STILLS: "on_request"})
    await hass.config_entries.async_reload(loaded_entry.entry_id)
    await _camera(hass, FRONT).async_start_stream()
    stream = simulator.world.cameras[FRONT].stream
    assert stream.readers and not stream.viewers

    await simulator.open_reader(FRONT)

    await until(lambda: not stream.readers & simulator.world.cameras[FRONT].stream.readers)
    assert simulator.world.cameras[FRONT].stream.viewers


async def test_waiting_for_a_start_does_not_count_as_a_viewer(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await _camera(hass, FRONT).async_start_stream()

    await until(lambda: _readers(simulator, FRONT) == 1)
    assert hass.states.get("sensor.front_yard_front_yard_cam_viewers").state == "0"


async def test_a_cancelled_start_leaves_no_reader(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    events: Probe,
    until: Until,
) -> None:
    simulator.world.cameras[FRONT].trouble = Trouble(process_start=0.5)
    waiting = hass.async_create_background_task(_camera(hass, FRONT).async_start_stream(), "test")
    await until(lambda: simulator.world.cameras[FRONT].process is not None)

    waiting.cancel()

    # The server doesn't cancel the start.
    await until(lambda: "camera:notReady" in events.events("camera:"))
    assert "camera:read" not in events.events("camera:")


async def test_unloading_ends_the_wait(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    simulator.world.cameras[FRONT].trouble = Trouble(process_start=30.0)
    waiting = hass.async_create_background_task(_camera(hass, FRONT).async_start_stream(), "test")
    await until(lambda: simulator.world.cameras[FRONT].process is not None)

    await hass.config_entries.async_unload(loaded_entry.entry_id)

    with pytest.raises(HomeAssistantError, match="Failed to connect"):
        await waiting


@all_cameras
@pytest.mark.parametrize(
    ("camera_id", "reason"),
    [
        (GARAGE, "camera_off"),
        (CABIN, "camera_unauthorized"),
        (LIVING_ROOM, "camera_unconfigured"),
    ],
)
async def test_a_camera_that_cannot_start_says_why_at_once(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    camera_id: int,
    reason: str,
) -> None:
    begun = hass.loop.time()

    assert await _reason(hass, camera_id) == reason
    assert hass.loop.time() - begun < 0.5


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (Trouble(process_start=30.0), "camera_asleep"),
        (Trouble(connecting=math.inf), "no_video"),
        (Trouble(connecting=math.inf, crashes_after=0.2), "stream_flaps"),
    ],
)
async def test_a_camera_that_does_not_start_says_why(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    trouble: Trouble,
    reason: str,
) -> None:
    simulator.world.cameras[DRIVEWAY].trouble = trouble

    assert await _reason(hass, DRIVEWAY) == reason


async def test_an_unknown_path_at_mediamtx_is_reported(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    simulator.faults.missing_paths.add("front")

    assert await _reason(hass, FRONT) == "no_such_path"


async def test_an_unreachable_mediamtx_is_reported(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    simulator.world.ports["rtsp"] = 1
    await until(lambda: ":1/" in _camera(hass, FRONT).stream_urls.rtsp)

    assert await _reason(hass, FRONT) == "video_unreachable"


async def test_losing_the_credential_ends_the_wait(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    simulator.world.cameras[FRONT].trouble = Trouble(process_start=30.0)
    waiting = hass.async_create_background_task(_reason(hass, FRONT), "test")
    await until(lambda: simulator.world.cameras[FRONT].process is not None)

    await simulator.set_tokens(1, present=False, event="unauthenticated")

    assert await waiting == "camera_unauthorized"


async def test_without_a_connection_nothing_is_started(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await simulator.kill()
    await until(lambda: hass.states.get(ENTITIES[FRONT]).state == "unavailable")

    assert await _reason(hass, FRONT) == "cannot_connect"


@all_cameras
async def test_a_preloaded_stream_is_created_even_if_its_camera_does_not_start(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    await hass.data["camera_prefs"].async_update(ENTITIES[CABIN], preload_stream=True)

    stream = await _camera(hass, CABIN).async_create_stream()

    assert stream is not None
