"""Live views of sleeping cameras with another provider, such as go2rtc."""

import asyncio
from dataclasses import replace
from typing import override

from homeassistant.components.camera import (
    Camera as CameraEntity,
    CameraWebRTCProvider,
    WebRTCSendMessage,
    async_register_webrtc_provider,
)
from homeassistant.components.camera.webrtc import WebRTCAnswer
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from webrtc_models import RTCIceCandidateInit

from tests.conftest import Until, all_cameras
from tests.simulator import Simulator, Times, World

FRONT = "camera.front_yard_front_yard_cam"
CABIN = "camera.cabin_cabin_cam_1"
EARLY, LATE = RTCIceCandidateInit("candidate:early"), RTCIceCandidateInit("candidate:late")


class Go2Rtc(CameraWebRTCProvider):
    """A stand-in for Home Assistant's provider, which would need the go2rtc program."""

    def __init__(self, simulator: Simulator) -> None:
        """Start without calls."""
        self.ready_at_offer: list[bool] = []
        self.candidates: list[RTCIceCandidateInit] = []
        self.closed: list[str] = []
        self._simulator = simulator

    @property
    @override
    def domain(self) -> str:
        """The provider's name."""
        return "go2rtc"

    @callback
    @override
    def async_is_supported(self, stream_source: str) -> bool:
        """Return true for RTSP."""
        return stream_source.startswith("rtsp:")

    @override
    async def async_handle_async_webrtc_offer(
        self, camera: CameraEntity, offer_sdp: str, session_id: str, send_message: WebRTCSendMessage
    ) -> None:
        """Record whether the stream was ready."""
        self.ready_at_offer.append(self._simulator.world.cameras[1].stream.ready)
        send_message(WebRTCAnswer("answer"))

    @override
    async def async_on_webrtc_candidate(
        self, session_id: str, candidate: RTCIceCandidateInit
    ) -> None:
        """Record the candidate."""
        self.candidates.append(candidate)

    @callback
    @override
    def async_close_session(self, session_id: str) -> None:
        """Record the session."""
        self.closed.append(session_id)


@pytest.fixture
def world(world: World) -> World:
    """A world without WebRTC."""
    world.protocols.discard("web_rtc")
    return world


@pytest.fixture
def times() -> Times:
    """Timings with cameras that take a moment to start."""
    return replace(
        Times.fast(), start_timeout=60.0, process_start=0.5, rtsp_start=0.5, close_after=3.0
    )


@pytest.fixture
async def go2rtc(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> Go2Rtc:
    """The provider, registered like Home Assistant's own."""
    provider = Go2Rtc(simulator)
    async_register_webrtc_provider(hass, provider)
    await hass.async_block_till_done()
    return provider


def _camera(hass: HomeAssistant, entity_id: str = FRONT) -> CameraEntity:
    return hass.data["camera"].get_entity(entity_id)


async def test_a_camera_without_webrtc_uses_home_assistants_provider(
    hass: HomeAssistant, go2rtc: Go2Rtc
) -> None:
    assert _camera(hass).camera_capabilities.frontend_stream_types == {"hls", "web_rtc"}
    assert _camera(hass).webrtc_provider.domain == "go2rtc"


async def test_a_sleeping_camera_streams_before_the_offer_is_passed_on(
    hass: HomeAssistant, go2rtc: Go2Rtc
) -> None:
    answers: list[object] = []

    await _camera(hass).async_handle_async_webrtc_offer("offer", "session", answers.append)

    assert go2rtc.ready_at_offer == [True]
    assert answers == [WebRTCAnswer("answer")]


async def _offering(hass: HomeAssistant, simulator: Simulator, until: Until) -> asyncio.Task[None]:
    """Send an offer; return the task that waits for the starting camera."""
    offering = hass.async_create_background_task(
        _camera(hass).async_handle_async_webrtc_offer("offer", "session", lambda _: None), "offer"
    )
    await until(lambda: simulator.world.cameras[1].process is not None)
    return offering


async def test_candidates_wait_for_the_offer(
    hass: HomeAssistant, go2rtc: Go2Rtc, simulator: Simulator, until: Until
) -> None:
    camera = _camera(hass)
    offering = await _offering(hass, simulator, until)

    await camera.async_on_webrtc_candidate("session", EARLY)
    assert go2rtc.candidates == []
    await offering
    await camera.async_on_webrtc_candidate("session", LATE)

    assert go2rtc.candidates == [EARLY, LATE]


async def test_a_view_that_is_closed_while_the_camera_starts_is_not_opened(
    hass: HomeAssistant, go2rtc: Go2Rtc, simulator: Simulator, until: Until
) -> None:
    camera = _camera(hass)
    offering = await _offering(hass, simulator, until)

    camera.close_webrtc_session("session")
    await offering

    assert go2rtc.ready_at_offer == []
    assert go2rtc.closed == ["session"]


@all_cameras
async def test_a_camera_that_does_not_start_says_why(hass: HomeAssistant, go2rtc: Go2Rtc) -> None:
    with pytest.raises(HomeAssistantError, match="needs authorization"):
        await _camera(hass, CABIN).async_handle_async_webrtc_offer("offer", "s", lambda _: None)

    assert go2rtc.ready_at_offer == []
