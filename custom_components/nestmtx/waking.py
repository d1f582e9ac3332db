"""Lets other providers of WebRTC, such as Home Assistant's go2rtc, open cameras that sleep."""

from typing import TYPE_CHECKING, cast, override

from homeassistant.components.camera import Camera as CameraEntity
from homeassistant.components.camera.webrtc import CameraWebRTCProvider, WebRTCSendMessage
from homeassistant.core import callback
from webrtc_models import RTCIceCandidateInit

if TYPE_CHECKING:
    from .camera import NestMTXCamera

_MOST_CANDIDATES = 64


class WakingProvider(CameraWebRTCProvider):
    """Has a camera start before another provider, such as go2rtc, opens its stream.

    That one gives a stream five seconds, in which no camera wakes up.
    """

    def __init__(self, provider: CameraWebRTCProvider) -> None:
        """Stand before a provider."""
        self.provider = provider
        self._waiting: dict[str, list[RTCIceCandidateInit]] = {}

    @property
    @override
    def domain(self) -> str:
        """The provider's domain."""
        return self.provider.domain

    @callback
    @override
    def async_is_supported(self, stream_source: str) -> bool:
        """Ask the provider."""
        return self.provider.async_is_supported(stream_source)

    @override
    async def async_handle_async_webrtc_offer(
        self, camera: CameraEntity, offer_sdp: str, session_id: str, send_message: WebRTCSendMessage
    ) -> None:
        """Have the camera start, and pass the offer on, unless the view was closed meanwhile."""
        self._waiting[session_id] = []
        try:
            await cast("NestMTXCamera", camera).async_start_stream()
        finally:
            candidates = self._waiting.pop(session_id, None)
        if candidates is None:
            return
        await self.provider.async_handle_async_webrtc_offer(
            camera, offer_sdp, session_id, send_message
        )
        for candidate in candidates:
            await self.provider.async_on_webrtc_candidate(session_id, candidate)

    @override
    async def async_on_webrtc_candidate(
        self, session_id: str, candidate: RTCIceCandidateInit
    ) -> None:
        """Pass a candidate on, once the offer has been."""
        waiting = self._waiting.get(session_id)
        if waiting is None:
            await self.provider.async_on_webrtc_candidate(session_id, candidate)
        elif len(waiting) < _MOST_CANDIDATES:
            waiting.append(candidate)

    @callback
    @override
    def async_close_session(self, session_id: str) -> None:
        """Close a live view."""
        self._waiting.pop(session_id, None)
        self.provider.async_close_session(session_id)

    @override
    async def async_get_image(
        self, camera: CameraEntity, width: int | None = None, height: int | None = None
    ) -> bytes | None:
        """Leave pictures to the camera: the provider would wake it."""
        return None

    @override
    async def async_register_camera(self, camera: CameraEntity) -> None:
        """Tell the provider."""
        await self.provider.async_register_camera(camera)

    @override
    async def async_unregister_camera(self, camera: CameraEntity) -> None:
        """Tell the provider."""
        await self.provider.async_unregister_camera(camera)

    @override
    async def async_on_camera_prefs_update(self, camera: CameraEntity) -> None:
        """Tell the provider."""
        await self.provider.async_on_camera_prefs_update(camera)
