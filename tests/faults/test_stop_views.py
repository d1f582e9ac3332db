"""Unloading and the stop of Home Assistant are quick, with open views and a silent server."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import replace

from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import (
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from custom_components.nestmtx.client import Timings
from tests.conftest import Until
from tests.simulator import Simulator, Times, World
from tests.simulator.faults import Trouble
from tests.simulator.viewer import Viewer

from .proxy import FaultProxy

LONGEST = 1.0
"""Seconds."""
WATCHED = (1, 2, 3, 4, 5)
"""The watched cameras."""

type Ending = Callable[[HomeAssistant, MockConfigEntry], Awaitable[None]]


@pytest.fixture
def world(world: World) -> World:
    """Five configured cameras with WebRTC."""
    world.protocols.add("web_rtc")
    world.cameras = {number: world.cameras[number] for number in WATCHED}
    for number in WATCHED:
        camera = world.cameras[number]
        camera.path, camera.enabled = camera.path or f"camera-{number}", True
        camera.credential_id = 1
    return world


@pytest.fixture
def timings(timings: Timings) -> Timings:
    """Timings that wait for a camera that doesn't start."""
    return replace(timings, start_timeout=60.0)


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Home Assistant's own websocket leaves a timer when it is cancelled by the stop."""
    return True


@pytest.fixture
def times() -> Times:
    """Timings that wait for a viewer who doesn't come."""
    return replace(Times.fast(), handshake_timeout=60.0, start_timeout=60.0)


@pytest.fixture
async def simulator(world: World, times: Times, socket_enabled: None) -> AsyncGenerator[Simulator]:
    """A running server, which answers everything at the end."""
    simulator = Simulator(world, times=times)
    await simulator.start()
    yield simulator
    simulator.faults.whep_unanswered.clear()
    await simulator.stop()


@pytest.fixture
def entry(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    """An entry with live views over WebRTC."""
    hass.config_entries.async_update_entry(entry, options={})
    return entry


async def _unload(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    assert await hass.config_entries.async_unload(entry.entry_id)


async def _stop(hass: HomeAssistant, _: MockConfigEntry) -> None:
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()


ENDINGS = pytest.mark.parametrize("ending", [_unload, _stop], ids=lambda each: each.__name__[1:])


@pytest.fixture
async def browser(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, hass_ws_client: WebSocketGenerator
) -> AsyncGenerator[MockHAClientWebSocket]:
    """A browser's connection to Home Assistant."""
    browser = await hass_ws_client(hass)
    yield browser
    await browser.close()


async def _watch(
    hass: HomeAssistant, browser: MockHAClientWebSocket, answers: int = len(WATCHED)
) -> list[int]:
    """Send an offer to each camera, and wait for answers; return the subscriptions."""
    subscriptions, answered = [], 0
    async with Viewer() as viewer:
        offer = await viewer.offer()
        for entity_id in hass.states.async_entity_ids("camera"):
            await browser.send_json_auto_id(
                {"type": "camera/webrtc/offer", "entity_id": entity_id, "offer": offer}
            )
            # Answers to earlier offers may come in between.
            while (message := await browser.receive_json())["type"] != "result":
                answered += message["event"]["type"] == "answer"
            subscriptions.append(message["id"])
    while answered < answers:
        answered += (await browser.receive_json())["event"]["type"] == "answer"
    return subscriptions


def _deleted(simulator: Simulator) -> set[str]:
    return {path for method, path in simulator.whep.requests if method == "DELETE"}


@ENDINGS
async def test_five_views_whose_end_is_not_answered_do_not_delay_the_end(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    browser: MockHAClientWebSocket,
    simulator: Simulator,
    proxy: FaultProxy,
    ending: Ending,
) -> None:
    await _watch(hass, browser)
    simulator.faults.whep_unanswered.add("DELETE")
    proxy.swallow()

    begun = hass.loop.time()
    await ending(hass, loaded_entry)

    assert hass.loop.time() - begun < LONGEST
    assert len(_deleted(simulator)) == len(WATCHED)


@ENDINGS
async def test_views_that_were_just_closed_do_not_delay_the_end(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    browser: MockHAClientWebSocket,
    simulator: Simulator,
    ending: Ending,
) -> None:
    subscriptions = await _watch(hass, browser)
    simulator.faults.whep_unanswered.add("DELETE")
    for each in subscriptions:
        await browser.send_json_auto_id({"type": "unsubscribe_events", "subscription": each})
    while len(_deleted(simulator)) < len(WATCHED):
        await asyncio.sleep(0.01)

    begun = hass.loop.time()
    await ending(hass, loaded_entry)

    assert hass.loop.time() - begun < LONGEST


@ENDINGS
async def test_views_that_wait_for_their_camera_do_not_delay_the_end(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    browser: MockHAClientWebSocket,
    simulator: Simulator,
    proxy: FaultProxy,
    until: Until,
    ending: Ending,
) -> None:
    for number in WATCHED:
        simulator.world.cameras[number].trouble = Trouble(process_start=60.0)
    await _watch(hass, browser, answers=0)
    await until(lambda: len(simulator.whep.requests) >= len(WATCHED))
    proxy.swallow()

    begun = hass.loop.time()
    await ending(hass, loaded_entry)

    assert hass.loop.time() - begun < LONGEST
