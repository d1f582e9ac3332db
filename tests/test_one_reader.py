"""One viewer is one reader, although a page requests HLS and WebRTC at once."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
import gc
import logging
from typing import Any
from unittest.mock import patch

from homeassistant.components.camera import Camera as CameraEntity
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import MockHAClientWebSocket, WebSocketGenerator

from custom_components.nestmtx.client import StartProblem, StreamNotStarted, WhepSession
from tests.simulator import Simulator, Times, World
from tests.simulator.faults import Trouble
from tests.simulator.probe import PATIENCE
from tests.simulator.viewer import Viewer

FRONT = "camera.front_yard_front_yard_cam"


@pytest.fixture
def world(world: World) -> World:
    """The recorded cameras, over WebRTC, too."""
    world.protocols.add("web_rtc")
    return world


@pytest.fixture
def times() -> Times:
    """A session that doesn't connect ends after some time."""
    return replace(Times.fast(), start_timeout=60.0, handshake_timeout=1.0, close_after=0.5)


@pytest.fixture
async def camera(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> AsyncGenerator[CameraEntity]:
    """The camera; its stream is stopped at the end."""
    await async_setup_component(hass, "stream", {})
    camera: CameraEntity = hass.data["camera"].get_entity(FRONT)
    yield camera
    if camera.stream is not None:
        await camera.stream.stop()


class Page:
    """A page that opens a camera like Home Assistant's own: HLS and WebRTC at once."""

    def __init__(self, browser: MockHAClientWebSocket) -> None:
        """Start without open streams."""
        self._browser = browser
        self._last_id = self._offer_id = self._stream_id = 0
        self._kept: list[dict[str, Any]] = []

    async def open(self, viewer: Viewer) -> None:
        """Request HLS, and send an offer."""
        await self.request_hls()
        await self.offer(viewer)

    async def offer(self, viewer: Viewer) -> None:
        """Send only an offer."""
        offer = await viewer.offer()
        self._offer_id = await self._send(type="camera/webrtc/offer", offer=offer)

    async def ask_how_to_connect(self) -> None:
        """Request the client configuration, as before an offer."""
        await self._send(type="camera/webrtc/get_client_config")

    async def request_hls(self) -> None:
        """Request only HLS."""
        self._stream_id = await self._send(type="camera/stream")

    async def close_view(self) -> None:
        """Close the live view."""
        self._last_id += 1
        await self._browser.send_json(
            {"id": self._last_id, "type": "unsubscribe_events", "subscription": self._offer_id}
        )

    async def answer(self) -> dict[str, Any]:
        """Return the answer to the offer, or the error."""
        message = await self._next(
            lambda each: (
                each["id"] == self._offer_id
                and each.get("event", {}).get("type") in {"answer", "error"}
            )
        )
        return message["event"]

    async def hls(self) -> dict[str, Any]:
        """Return the answer to the request for HLS."""
        return await self._next(lambda each: each["id"] == self._stream_id)

    async def _send(self, **message: Any) -> int:
        self._last_id += 1
        await self._browser.send_json({"id": self._last_id, "entity_id": FRONT, **message})
        return self._last_id

    async def _next(self, is_meant: Any) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE):
            while True:
                for message in self._kept:
                    if is_meant(message):
                        self._kept.remove(message)
                        return message
                self._kept.append(await self._browser.receive_json())


@pytest.fixture
async def page(camera: CameraEntity, browser: MockHAClientWebSocket) -> Page:
    """A page of Home Assistant."""
    return Page(browser)


def _viewers(simulator: Simulator) -> int:
    """Return the number of readers, without the reader for snapshots."""
    return len(simulator.world.cameras[1].stream.viewers)


async def test_hls_is_refused_once_webrtc_is_connected(
    page: Page, simulator: Simulator, viewer: Viewer
) -> None:
    await page.open(viewer)
    await viewer.take((await page.answer())["answer"])

    hls = await page.hls()

    assert not hls["success"]
    assert "already playing over WebRTC" in hls["error"]["message"]
    assert _viewers(simulator) == 1


async def test_hls_waits_until_webrtc_is_connected_and_not_only_answered(
    page: Page, simulator: Simulator, viewer: Viewer
) -> None:
    await page.open(viewer)
    answer = (await page.answer())["answer"]

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await page.hls()

    await viewer.take(answer)
    assert not (await page.hls())["success"]


async def test_hls_goes_on_when_webrtc_does_not_connect(
    page: Page, simulator: Simulator, viewer: Viewer
) -> None:
    await page.open(viewer)
    assert (await page.answer())["type"] == "answer"

    error = await page.answer()
    hls = await page.hls()

    assert "over WebRTC" in error["message"]
    assert hls["success"]


async def test_after_webrtc_failed_a_browser_gets_hls_at_once(
    page: Page, simulator: Simulator, viewer: Viewer
) -> None:
    await page.open(viewer)
    await page.hls()
    async with Viewer() as another:
        begun = asyncio.get_running_loop().time()
        await page.open(another)

        hls = await page.hls()

    assert hls["success"]
    waited = asyncio.get_running_loop().time() - begun
    assert waited < simulator.times.handshake_timeout


async def test_a_page_without_an_offer_gets_hls(page: Page) -> None:
    await page.request_hls()

    assert (await page.hls())["success"]


async def test_a_view_of_one_page_does_not_affect_another_page(
    hass: HomeAssistant, page: Page, viewer: Viewer, hass_ws_client: WebSocketGenerator
) -> None:
    other = Page(await hass_ws_client(hass))
    await page.open(viewer)

    await other.request_hls()

    assert (await other.hls())["success"]


async def test_a_caller_without_a_page_gets_a_stream_while_webrtc_plays(
    page: Page, camera: CameraEntity, viewer: Viewer
) -> None:
    await page.open(viewer)
    await viewer.take((await page.answer())["answer"])
    await page.hls()

    assert await camera.async_create_stream() is not None


async def test_hls_fails_with_the_same_error_as_webrtc_if_the_camera_does_not_start(
    page: Page, simulator: Simulator, viewer: Viewer
) -> None:
    simulator.world.cameras[1].enabled = False
    await simulator.disconnect_all()
    await asyncio.sleep(0.5)

    await page.open(viewer)
    error, hls = await page.answer(), await page.hls()

    assert "disabled" in error["message"]
    assert hls["error"]["message"] == error["message"]


async def test_a_view_that_is_closed_before_its_answer_opens_no_hls(
    page: Page, simulator: Simulator, viewer: Viewer
) -> None:
    simulator.world.cameras[1].trouble = Trouble(process_start=1.0)
    await page.open(viewer)
    await asyncio.sleep(0.2)

    await page.close_view()

    assert "closed" in (await page.hls())["error"]["message"]


async def test_a_view_that_is_closed_before_it_is_known_to_be_connected_opens_no_hls(
    page: Page, simulator: Simulator, viewer: Viewer
) -> None:
    simulator.faults.lost = {"read": 1.0}
    await page.open(viewer)
    await viewer.take((await page.answer())["answer"])

    await page.close_view()

    assert "closed" in (await page.hls())["error"]["message"]
    async with Viewer() as another:
        await page.open(another)
        await another.take((await page.answer())["answer"])
        assert not (await page.hls())["success"], "the browser is not put aside for it"


async def test_a_late_offer_is_awaited_if_the_page_requested_the_client_configuration(
    page: Page, viewer: Viewer
) -> None:
    await page.request_hls()
    await page.ask_how_to_connect()
    await asyncio.sleep(0.6)

    await page.offer(viewer)
    await viewer.take((await page.answer())["answer"])

    assert not (await page.hls())["success"]


async def test_hls_goes_on_if_only_webrtc_has_no_such_path(
    page: Page, simulator: Simulator, viewer: Viewer
) -> None:
    with patch.object(WhepSession, "offer", side_effect=StreamNotStarted(StartProblem.REFUSED)):
        await page.open(viewer)

        assert (await page.answer())["type"] == "error"
        assert (await page.hls())["success"]


async def test_a_cancelled_start_that_fails_logs_no_error(
    camera: CameraEntity, simulator: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    simulator.world.cameras[1].trouble = Trouble(refused=True)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await camera.async_create_stream()
    await asyncio.sleep(3)
    gc.collect()

    assert [each for each in caplog.records if each.levelno >= logging.ERROR] == []
