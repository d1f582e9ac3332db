"""Live views over WebRTC, signaled by Home Assistant between a browser and MediaMTX."""

import asyncio
from dataclasses import replace
import logging
import statistics
import time
from unittest.mock import AsyncMock, patch

from homeassistant.components.camera import Camera as CameraEntity
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import (
    MockHAClientWebSocket,
)

from tests.conftest import Until, all_cameras
from tests.simulator import Simulator, Times, World
from tests.simulator.faults import Trouble
from tests.simulator.peer import Peer
from tests.simulator.viewer import Viewer

from .viewing import next_message, offer_to, watch

FRONT = "camera.front_yard_front_yard_cam"
DRIVEWAY = "camera.driveway_driveway_battery"
CABIN = "camera.cabin_cabin_cam_1"


@pytest.fixture
def world(world: World) -> World:
    """The recorded cameras, over WebRTC, too."""
    world.protocols.add("web_rtc")
    return world


@pytest.fixture
def times() -> Times:
    """The server holds readers for longer than the integration waits."""
    return replace(Times.fast(), start_timeout=60.0, close_after=0.5)


def _camera(hass: HomeAssistant, entity_id: str) -> CameraEntity:
    return hass.data["camera"].get_entity(entity_id)


async def test_a_camera_offers_hls_and_webrtc(browser: MockHAClientWebSocket) -> None:
    await browser.send_json_auto_id({"type": "camera/capabilities", "entity_id": FRONT})

    capabilities = (await browser.receive_json())["result"]

    assert sorted(capabilities["frontend_stream_types"]) == ["hls", "web_rtc"]


async def test_a_sleeping_camera_plays(
    browser: MockHAClientWebSocket, simulator: Simulator, viewer: Viewer
) -> None:
    simulator.world.cameras[1].trouble = Trouble(process_start=0.5)

    await watch(browser, FRONT, viewer)

    first = await viewer.frame()
    assert await viewer.frame() > first


async def test_closing_a_view_ends_its_session(
    browser: MockHAClientWebSocket, simulator: Simulator, viewer: Viewer, until: Until
) -> None:
    subscription = await watch(browser, FRONT, viewer)
    assert len(simulator.whep.sessions) == 1

    await browser.send_json_auto_id({"type": "unsubscribe_events", "subscription": subscription})

    await until(lambda: not simulator.whep.sessions)
    assert simulator.whep.requests[-1][0] == "DELETE"


async def test_candidates_before_and_after_the_answer_reach_the_server(
    browser: MockHAClientWebSocket, simulator: Simulator, viewer: Viewer, until: Until
) -> None:
    simulator.world.cameras[1].trouble = Trouble(process_start=0.5)
    _, session = await offer_to(browser, FRONT, await viewer.offer(trickle_later=True))

    await _send_candidates(browser, FRONT, session, viewer)
    early = len(_methods(simulator, "PATCH"))
    answer = await next_message(browser)
    await viewer.take(answer["answer"])
    await until(lambda: len(_methods(simulator, "PATCH")) == 1)
    await _send_candidates(browser, FRONT, session, viewer)

    assert early == 0
    assert len(_methods(simulator, "PATCH")) == 1 + len(viewer.candidates)
    assert await viewer.frame() > 0


def _methods(simulator: Simulator, method: str) -> list[str]:
    return [path for each, path in simulator.whep.requests if each == method]


async def _send_candidates(
    browser: MockHAClientWebSocket, entity_id: str, session: str, viewer: Viewer
) -> None:
    for candidate in viewer.candidates:
        await browser.send_json_auto_id(
            {
                "type": "camera/webrtc/candidate",
                "entity_id": entity_id,
                "session_id": session,
                "candidate": {"candidate": candidate.removeprefix("a="), "sdpMLineIndex": 0},
            }
        )
        assert (await browser.receive_json())["success"]


async def test_candidates_of_an_unknown_view_are_ignored(
    browser: MockHAClientWebSocket, simulator: Simulator, viewer: Viewer
) -> None:
    await viewer.offer(trickle_later=True)

    await _send_candidates(browser, FRONT, "unknown", viewer)

    assert not _methods(simulator, "PATCH")


@pytest.mark.parametrize("mid", ["1" * 5000, "9" * 16, "\N{SUPERSCRIPT TWO}", "video", ""])
async def test_a_candidate_for_missing_media_is_no_error(
    browser: MockHAClientWebSocket,
    simulator: Simulator,
    viewer: Viewer,
    caplog: pytest.LogCaptureFixture,
    mid: str,
) -> None:
    _, session = await offer_to(browser, FRONT, await viewer.offer())
    assert (await next_message(browser))["type"] == "answer"

    await browser.send_json_auto_id(
        {
            "type": "camera/webrtc/candidate",
            "entity_id": FRONT,
            "session_id": session,
            "candidate": {"candidate": viewer.candidates[0].removeprefix("a="), "sdpMid": mid},
        }
    )

    assert (await browser.receive_json())["success"]
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_an_offer_without_media_that_is_answered_makes_no_error(
    browser: MockHAClientWebSocket,
    simulator: Simulator,
    until: Until,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with patch.multiple(Peer, take=AsyncMock(), answer=AsyncMock(return_value="v=0\r\n")):
        await offer_to(browser, FRONT, "v=0\r\n")
        assert (await next_message(browser))["type"] == "answer"
    checked = len(_methods(simulator, "PATCH"))

    await simulator.control(simulator.world.cameras[1].process_name, "restart")

    await until(lambda: len(_methods(simulator, "PATCH")) > checked)
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.parametrize("times", [replace(Times.fast(), start_timeout=0.5)], ids=["held_0.5_s"])
async def test_a_camera_that_is_not_ready_in_time_says_so(
    browser: MockHAClientWebSocket, simulator: Simulator, viewer: Viewer
) -> None:
    simulator.world.cameras[2].trouble = Trouble(process_start=30.0)

    await offer_to(browser, DRIVEWAY, await viewer.offer())

    message = await next_message(browser)
    assert message["type"] == "error"
    assert "waited a minute" in message["message"]


@all_cameras
async def test_a_camera_that_cannot_start_says_why_and_is_not_woken(
    browser: MockHAClientWebSocket, simulator: Simulator, viewer: Viewer
) -> None:
    await offer_to(browser, CABIN, await viewer.offer())

    message = await next_message(browser)
    assert message["type"] == "error"
    assert message["code"] == "cannot_start", "the card does not ask again by itself"
    assert "needs authorization" in message["message"]
    assert not _methods(simulator, "POST")


async def test_an_offer_that_the_server_refuses_says_why(
    browser: MockHAClientWebSocket, simulator: Simulator
) -> None:
    await simulator.open_reader(1)
    await offer_to(browser, FRONT, "v=0\r\n")

    message = await next_message(browser)

    assert message["type"] == "error"
    assert "Failed to open the live view" in message["message"]


async def test_at_most_sixteen_views_of_a_camera_are_answered(
    browser: MockHAClientWebSocket, simulator: Simulator, viewer: Viewer
) -> None:
    simulator.world.cameras[1].trouble = Trouble(process_start=1.0)
    offer = await viewer.offer()
    for number in range(20):
        await offer_to(browser, FRONT, offer.replace("o=- ", f"o=- {number}", 1))

    messages = [await next_message(browser) for _ in range(16)]

    assert {message["type"] for message in messages} == {"answer"}
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1):
            await browser.receive_json()


async def test_unloading_closes_all_views(
    hass: HomeAssistant,
    browser: MockHAClientWebSocket,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    viewer: Viewer,
) -> None:
    await watch(browser, FRONT, viewer)

    await hass.config_entries.async_unload(loaded_entry.entry_id)

    assert not simulator.whep.sessions


async def test_the_servers_ice_servers_are_given_to_browsers(
    hass: HomeAssistant, entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    simulator.world.ice_servers = (
        '<turn:turn.example:3478>; rel="ice-server"; username="u"; credential="c"',
    )
    await hass.config_entries.async_setup(entry.entry_id)
    camera = _camera(hass, FRONT)
    await until(lambda: bool(camera.webrtc_provider.ice_servers))

    servers = camera.async_get_webrtc_client_configuration().configuration.ice_servers

    assert servers[0].urls == "turn:turn.example:3478"
    assert (servers[0].username, servers[0].credential) == ("u", "c")
    await hass.config_entries.async_unload(entry.entry_id)


async def test_the_option_turns_webrtc_off(
    hass: HomeAssistant, entry: MockConfigEntry, simulator: Simulator
) -> None:
    hass.config_entries.async_update_entry(entry, options={"web_rtc": False})
    await hass.config_entries.async_setup(entry.entry_id)

    capabilities = _camera(hass, FRONT).camera_capabilities

    assert capabilities.frontend_stream_types == {"hls"}
    await hass.config_entries.async_unload(entry.entry_id)


@all_cameras
async def test_signaling_costs_less_than_50_ms(
    browser: MockHAClientWebSocket, hass: HomeAssistant, simulator: Simulator, until: Until
) -> None:
    """From a browser's offer to its answer, without the server's own time."""
    await simulator.open_reader(1)
    coordinator = _camera(hass, FRONT).coordinator
    await until(lambda: coordinator.data.cameras[1].watched)
    through, straight = [], []
    for _ in range(10):
        async with Viewer() as viewer:
            offer = await viewer.offer()
            begun = time.perf_counter()
            await offer_to(browser, FRONT, offer)
            assert (await next_message(browser))["type"] == "answer"
            through.append(time.perf_counter() - begun)
        async with Viewer() as viewer:
            offer = await viewer.offer()
            begun = time.perf_counter()
            async with coordinator.http.post(
                f"http://127.0.0.1:{simulator.web_rtc_port}/front/whep",
                data=offer,
                headers={"Content-Type": "application/sdp"},
            ) as response:
                await response.text()
            straight.append(time.perf_counter() - begun)

    overhead = statistics.median(through) - statistics.median(straight)

    assert overhead < 0.05
