"""A live view that has ended reports the reason within seconds, as browsers don't notice."""

import asyncio
from dataclasses import replace
from unittest.mock import patch

from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
import pytest
from pytest_homeassistant_custom_component.typing import MockHAClientWebSocket

from custom_components.nestmtx.live_view import end_of_view
from tests.conftest import Until
from tests.pictures import taken_at
from tests.simulator import Simulator, Times, World
from tests.simulator.faults import Trouble
from tests.simulator.records import wall_clock
from tests.simulator.viewer import Viewer

from .viewing import next_message, offer_to, watch

pytestmark = pytest.mark.usefixtures("all_enabled")

FRONT = "camera.front_yard_front_yard_cam"
VIEWERS = "sensor.front_yard_front_yard_cam_viewers"


@pytest.fixture
def world(world: World) -> World:
    """The recorded cameras, over WebRTC, too."""
    world.protocols.add("web_rtc")
    return world


@pytest.fixture
def times() -> Times:
    """The server holds readers for longer than the integration waits."""
    return replace(Times.fast(), start_timeout=60.0, close_after=0.5)


@pytest.mark.parametrize(
    ("is_connected", "is_young", "was_asleep", "expected"),
    [
        (True, False, False, "stream_ended"),
        (False, True, True, "stream_flaps"),
        (True, True, True, "stream_flaps"),
        (False, True, False, "stream_ended"),
        (False, False, True, "view_not_connected"),
    ],
)
def test_the_reason_depends_on_how_the_session_ended(
    is_connected: bool,
    is_young: bool,
    was_asleep: bool,
    expected: str,
) -> None:
    reason = end_of_view(is_connected=is_connected, is_young=is_young, was_asleep=was_asleep)

    assert reason == expected


async def test_a_view_says_that_the_video_server_is_gone(
    hass: HomeAssistant, browser: MockHAClientWebSocket, simulator: Simulator, viewer: Viewer
) -> None:
    await watch(browser, FRONT, viewer)

    await simulator.whep.close()

    message = await next_message(browser)
    assert message["type"] == "error"
    assert message["message"].startswith("Failed to connect to the video server")
    assert "live_phase" not in hass.states.get(FRONT).attributes


async def test_an_offer_to_an_unreachable_video_server_says_so(
    browser: MockHAClientWebSocket, simulator: Simulator, viewer: Viewer
) -> None:
    await simulator.whep.close()

    await offer_to(browser, FRONT, await viewer.offer())

    message = await next_message(browser)
    assert message["message"].startswith("Failed to connect to the video server")


async def test_a_view_goes_on_while_the_link_to_the_server_is_lost(
    hass: HomeAssistant,
    browser: MockHAClientWebSocket,
    simulator: Simulator,
    viewer: Viewer,
    until: Until,
) -> None:
    await watch(browser, FRONT, viewer)
    simulator.faults.unauthorized = True
    await simulator.disconnect_all()
    await until(lambda: hass.states.get(FRONT).state == "unavailable")

    first = await viewer.frame()

    assert await viewer.frame() > first
    assert len(simulator.whep.sessions) == 1
    simulator.faults.unauthorized = False
    await until(lambda: hass.states.get(FRONT).state == "streaming")
    assert hass.states.get(VIEWERS).state == "1"


async def test_an_unknown_path_at_the_video_server_has_its_own_message(
    browser: MockHAClientWebSocket, simulator: Simulator, viewer: Viewer
) -> None:
    simulator.faults.missing_paths.add("front")

    await offer_to(browser, FRONT, await viewer.offer())

    message = await next_message(browser)
    assert message["message"].startswith("The NestMTX server has no stream at the camera's path")


async def test_a_view_of_a_camera_that_stalls_says_so_once_and_goes_on(
    hass: HomeAssistant,
    browser: MockHAClientWebSocket,
    simulator: Simulator,
    viewer: Viewer,
    until: Until,
) -> None:
    await watch(browser, FRONT, viewer)
    await until(lambda: taken_at(hass, FRONT) is not None)
    camera = simulator.world.cameras[1]

    for _ in range(2):
        camera.trouble = Trouble(stalled_since=wall_clock())

        message = await next_message(browser)
        assert (message["type"], message["code"]) == ("error", "camera_stalls")
        assert message["message"].startswith("The camera isn't sending video")
        camera.trouble = Trouble()
        # The camera continues with the next second.
        await asyncio.sleep(1.5)
    assert len(simulator.whep.sessions) == 1


async def test_a_view_closed_before_its_answer_is_ended_when_the_answer_comes(
    browser: MockHAClientWebSocket, simulator: Simulator, viewer: Viewer, until: Until
) -> None:
    simulator.world.cameras[1].trouble = Trouble(process_start=0.5)
    subscription, _ = await offer_to(browser, FRONT, await viewer.offer())

    await browser.send_json_auto_id({"type": "unsubscribe_events", "subscription": subscription})

    await until(lambda: simulator.whep.requests[-1][0] == "DELETE")
    await until(lambda: not simulator.whep.sessions)


async def test_a_player_that_reconnects_leaves_no_session_behind(
    browser: MockHAClientWebSocket, simulator: Simulator, viewer: Viewer, until: Until
) -> None:
    offer = await viewer.offer()
    for _ in range(3):
        await offer_to(browser, FRONT, offer)
        assert (await next_message(browser))["type"] == "answer"

    await until(lambda: len(simulator.whep.sessions) == 1)


async def test_two_players_of_one_page_are_two_views(
    browser: MockHAClientWebSocket, simulator: Simulator, viewer: Viewer
) -> None:
    await watch(browser, FRONT, viewer)
    async with Viewer() as another:
        await watch(browser, FRONT, another)

        assert len(simulator.whep.sessions) == 2


async def test_the_camera_shows_the_phase_of_its_view(
    hass: HomeAssistant,
    browser: MockHAClientWebSocket,
    simulator: Simulator,
    viewer: Viewer,
    until: Until,
) -> None:
    phases: list[str | None] = []
    hass.bus.async_listen(
        "state_changed",
        callback(
            lambda event: phases.append(
                state.attributes.get("live_phase") if (state := event.data["new_state"]) else None
            )
        ),
    )
    simulator.world.cameras[1].trouble = Trouble(process_start=0.5)

    subscription = await watch(browser, FRONT, viewer)
    await until(lambda: hass.states.get(FRONT).attributes.get("live_phase") == "live")
    await browser.send_json_auto_id({"type": "unsubscribe_events", "subscription": subscription})
    await until(lambda: "live_phase" not in hass.states.get(FRONT).attributes)

    seen = list(dict.fromkeys(phase for phase in phases if phase))
    assert seen == ["starting", "waiting", "live"]


async def test_video_of_a_camera_that_was_asleep_is_verified_after_its_authorization(
    hass: HomeAssistant,
    browser: MockHAClientWebSocket,
    simulator: Simulator,
    viewer: Viewer,
    until: Until,
) -> None:
    verified: list[bool | None] = []

    @callback
    def see(event: Event[EventStateChangedData]) -> None:
        if event.data["entity_id"] == FRONT and (state := event.data["new_state"]):
            verified.append(state.attributes.get("live_verified"))

    hass.bus.async_listen("state_changed", see)
    simulator.world.cameras[1].trouble = Trouble(process_start=0.5)

    await watch(browser, FRONT, viewer)
    await until(lambda: hass.states.get(FRONT).attributes.get("live_verified") is True)

    assert list(dict.fromkeys(each for each in verified if each is not None)) == [False, True]


async def test_video_of_a_camera_that_has_streamed_for_a_while_is_verified_at_once(
    hass: HomeAssistant,
    browser: MockHAClientWebSocket,
    simulator: Simulator,
    viewer: Viewer,
    until: Until,
) -> None:
    with (
        patch("custom_components.nestmtx.client.media.gop.STEADY", 0.5),
        patch("custom_components.nestmtx.stills.MAX_GAP", 0.5),
    ):
        await simulator.open_reader(1)
        await until(lambda: taken_at(hass, FRONT) is not None)
        await asyncio.sleep(1)

        await watch(browser, FRONT, viewer)

        assert hass.states.get(FRONT).attributes["live_verified"] is True

        # "Connecting" follows.
        simulator.world.cameras[1].trouble = Trouble(stalled_since=wall_clock())
        await until(lambda: hass.states.get(FRONT).attributes["live_verified"] is False)


async def test_the_next_start_is_estimated_by_the_last_ones(
    hass: HomeAssistant,
    browser: MockHAClientWebSocket,
    simulator: Simulator,
    viewer: Viewer,
    until: Until,
) -> None:
    simulator.world.cameras[1].trouble = Trouble(process_start=0.5)

    await watch(browser, FRONT, viewer)
    await until(lambda: hass.states.get(FRONT).attributes.get("live_phase") == "live")

    assert hass.states.get(FRONT).attributes["usual_start"] >= 0.5


async def test_only_a_few_views_closed_before_their_answer_are_awaited(
    browser: MockHAClientWebSocket, simulator: Simulator, viewer: Viewer, until: Until
) -> None:
    simulator.world.cameras[1].trouble = Trouble(process_start=1.0)
    offer = await viewer.offer()
    for number in range(20):
        subscription, _ = await offer_to(browser, FRONT, offer.replace("o=- ", f"o=- {number}", 1))
        await browser.send_json_auto_id(
            {"type": "unsubscribe_events", "subscription": subscription}
        )
        await browser.receive_json()

    await until(lambda: _count(simulator, "DELETE") == 16)
    assert _count(simulator, "POST") == 20


def _count(simulator: Simulator, method: str) -> int:
    return sum(each == method for each, _ in simulator.whep.requests)


@pytest.mark.parametrize(
    "times",
    [replace(Times.fast(), start_timeout=60.0, control_cut=0.1, late_undemand=0.4)],
    ids=["late_undemand"],
)
async def test_a_view_that_is_opened_during_a_restart_is_offered_when_that_is_over(
    hass: HomeAssistant, browser: MockHAClientWebSocket, simulator: Simulator, viewer: Viewer
) -> None:
    await watch(browser, FRONT, viewer)
    target = {"entity_id": "button.front_yard_front_yard_cam_restart_stream"}
    pressing = hass.async_create_task(
        hass.services.async_call("button", "press", target, blocking=True)
    )
    assert (await next_message(browser))["type"] == "error"

    async with Viewer() as another:
        await watch(browser, FRONT, another)

    await pressing
    assert _count(simulator, "POST") == 2
