"""Cameras: streaming while ready, with a stream if the server has one, and never woken."""

from http import HTTPStatus
from unittest.mock import patch

from homeassistant.components.camera import async_get_stream_source
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from tests.conftest import SnapshotOf, Until
from tests.simulator import Simulator
from tests.simulator.rows import camera_row

FRONT = "camera.front_yard_front_yard_cam"
LIVING_ROOM = "camera.living_room_living_room"


def _features(hass: HomeAssistant, entity_id: str) -> int:
    return hass.states.get(entity_id).attributes["supported_features"]


async def test_each_camera_is_as_in_the_snapshot(snapshot_of: SnapshotOf) -> None:
    await snapshot_of(Platform.CAMERA)


async def test_a_camera_is_streaming_while_it_is_ready(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    assert hass.states.get(FRONT).state == "idle"

    await simulator.set_ready(1, True)
    await until(lambda: hass.states.get(FRONT).state == "streaming")

    await simulator.set_ready(1, False)
    await until(lambda: hass.states.get(FRONT).state == "idle")


async def test_a_camera_says_why_it_cannot_start_and_that_it_can_again(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    def problem(entity_id: str = FRONT) -> str | None:
        return hass.states.get(entity_id).attributes["start_problem"]

    assert problem() is None
    assert problem(LIVING_ROOM) == "camera_unconfigured"

    await simulator.set_tokens(1, False, "unauthenticated")
    await until(lambda: problem() == "camera_unauthorized")
    await simulator.set_tokens(1, True, "authenticated")
    await until(lambda: problem() is None)

    switch = FRONT.replace("camera.", "switch.", 1) + "_enabled"
    await hass.services.async_call("switch", "turn_off", {"entity_id": switch}, blocking=True)
    await until(lambda: problem() == "camera_off")


async def test_the_stream_is_the_servers_rtsp_and_never_its_hls(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    camera = hass.data["camera"].get_entity(FRONT)
    assert (
        await async_get_stream_source(hass, FRONT)
        == f"rtsp://127.0.0.1:{simulator.rtsp_port}/front"
    )

    simulator.world.protocols.discard("rtsp")
    await until(lambda: camera.coordinator.camera(camera.device_key.key).url_rtsp_tcp is None)

    assert await async_get_stream_source(hass, FRONT) is None


async def test_a_stream_that_is_open_follows_its_source(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await async_setup_component(hass, "stream", {})
    camera = hass.data["camera"].get_entity(FRONT)
    stream = await camera.async_create_stream()

    simulator.world.cameras[1].path = "porch"
    await until(lambda: stream.source == f"rtsp://127.0.0.1:{simulator.rtsp_port}/porch")


async def test_a_stream_that_failed_does_not_make_the_camera_unavailable(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    await async_setup_component(hass, "stream", {})
    camera = hass.data["camera"].get_entity(FRONT)
    stream = await camera.async_create_stream()

    with patch.object(type(stream), "available", False):
        camera.async_write_ha_state()

    assert hass.states.get(FRONT).state == "streaming"


async def test_a_camera_without_a_path_has_no_stream_until_it_gets_one(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    assert _features(hass, LIVING_ROOM) == 0
    living_room = next(
        camera for camera in simulator.world.cameras.values() if camera.name == "Living Room"
    )

    living_room.path = "living"

    await until(lambda: _features(hass, LIVING_ROOM) == 2)


async def test_a_picture_request_is_answered_at_once_and_wakes_no_camera(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    hass_client: ClientSessionGenerator,
) -> None:
    client = await hass_client()
    simulator.requests.clear()

    response = await client.get(hass.states.get(FRONT).attributes["entity_picture"])

    assert response.status == HTTPStatus.OK
    assert response.content_type == "image/jpeg"
    assert (await response.read()).startswith(b"\xff\xd8")
    assert {request["command"] for request in simulator.requests} <= {"list"}
    assert hass.states.get(FRONT).state == "idle"


async def test_a_video_url_of_another_host_is_logged_and_not_opened(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    simulator: Simulator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    row = camera_row(simulator.world.cameras[1], simulator.world, 0)
    hostile = {"url_rtsp_tcp": "file:///etc/passwd", "url_web_rtc": "http://u:p@elsewhere/x"}
    answer = {"page": 1, "itemsPerPage": 100, "total": 1, "items": [row | hostile]}
    simulator.faults.answers[("cameras", "list")] = answer
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    await async_setup_component(hass, "stream", {})

    with pytest.raises(HomeAssistantError) as error:
        await hass.data["camera"].get_entity(FRONT).async_create_stream()

    assert error.value.translation_key == "stream_refused"
    assert await async_get_stream_source(hass, FRONT) is None
    warnings = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert sum("url_rtsp_tcp" in message for message in warnings) == 1
    assert sum("url_web_rtc" in message for message in warnings) == 1
    assert "u:p@" not in caplog.text
    await hass.config_entries.async_unload(entry.entry_id)
