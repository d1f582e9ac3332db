"""The cameras."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final, cast, override

from homeassistant.components.camera import (
    Camera as CameraEntity,
    CameraEntityDescription,
    CameraEntityFeature,
    get_dynamic_camera_stream_settings,
)
from homeassistant.components.camera.webrtc import CameraWebRTCProvider, WebRTCClientConfiguration
from homeassistant.components.stream import CONF_RTSP_TRANSPORT, Stream
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from webrtc_models import RTCConfiguration

from .client import Camera, stream_urls
from .const import CONF_WEB_RTC, DOMAIN, LOGGER
from .data import NestMTXConfigEntry, NestMTXData
from .device_key import SERVER_KEY
from .entity import NestMTXCameraEntity, async_add_camera_entities
from .errors import HOPELESS
from .listeners import CREDENTIALS, ListenerScope
from .picture_store import Picture
from .placeholders import Placeholder, async_placeholder, placeholder_for
from .stills import async_turned
from .webrtc import WakeFirstProvider, WhepProvider

PARALLEL_UPDATES = 0

CAMERA: Final = CameraEntityDescription(key="camera", translation_key="camera", name=None)
MAX_RECOVERIES: Final = 30
"""Consecutive attempts to restore a stream that Home Assistant reads."""
_RECOVERY: Final = 5.0
"""Seconds between two attempts."""


async def async_setup_entry(
    hass: HomeAssistant,
    entry: NestMTXConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the cameras."""
    data = entry.runtime_data
    coordinator = data.coordinator
    whep = WhepProvider(coordinator) if entry.options.get(CONF_WEB_RTC, True) else None
    if whep is not None:
        entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, whep.async_stop))
    await async_add_camera_entities(
        entry, async_add_entities, lambda camera: [NestMTXCamera(data, camera, whep)]
    )


class NestMTXCamera(NestMTXCameraEntity, CameraEntity):
    """A camera, which is streaming while ready. It is enabled and disabled by a switch."""

    _attr_brand = "Google Nest"
    _unrecorded_attributes = frozenset(
        {
            *("awake_until", "live_phase", "live_since", "live_verified", "requested"),
            *("start_problem", "usual_start", "viewers"),
        }
    )
    fields = frozenset(
        {
            *("device_type", "identified_as", "ready", "url_rtsp_tcp", "url_web_rtc"),
            # What a card shows, even if the sensors of these are disabled.
            *("requested", "viewers"),
            # What may prevent a start.
            *("authorized_until", "credential_id", "extension_failed", "is_enabled", "path"),
        }
    )

    def __init__(self, data: NestMTXData, camera: Camera, whep: WhepProvider | None) -> None:
        """Set the stream's URLs at once: Home Assistant requests the source first."""
        CameraEntity.__init__(self)
        super().__init__(data.coordinator, camera, CAMERA)
        # Never UDP, where a server names the address to which FFmpeg sends its packets.
        self.stream_options[CONF_RTSP_TRANSPORT] = "tcp"
        self.key = camera.key
        self.stream_urls = stream_urls(camera, data.coordinator.video_host)
        self._followed = camera
        self.data = data
        self._stills = data.stills
        self._whep = whep
        self._wake_first: WakeFirstProvider | None = None
        self._start: asyncio.Task[None] | None = None
        self._recovery: asyncio.Task[None] | None = None
        self._refused: frozenset[str] = frozenset()
        self._warn_of_refused()

    @property
    @override
    def is_streaming(self) -> bool:
        """Return true if the stream is ready."""
        return self.camera.ready

    @property
    @override
    def model(self) -> str | None:
        """Return the model, or the device type."""
        return self.camera.model

    @property
    def whep_url(self) -> str | None:
        """The WHEP endpoint of the stream."""
        return self.stream_urls.whep

    @property
    @override
    def supported_features(self) -> CameraEntityFeature:
        """Return STREAM if there is a stream, or if its URL was refused: opening it then fails."""
        has_stream = self.stream_urls.rtsp or self.stream_urls.refused
        return CameraEntityFeature.STREAM if has_stream else CameraEntityFeature(0)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """Return the attributes that dashboards use.

        They don't offer a live view that cannot start.
        """
        until = self.data.keep_awake.until(self.key)
        error = self.coordinator.start_error(self.key)
        return {
            **({"awake_until": until} if until else {}),
            "requested": self.camera.requested,
            "start_problem": error.problem if error else None,
            "viewers": self.camera.viewers,
            **self._live_attributes,
        }

    @property
    def _live_attributes(self) -> dict[str, Any]:
        view = self._whep.view_of(self.key) if self._whep else None
        if self._whep is None or view is None:
            return {}
        return {
            "live_phase": view.phase,
            "live_since": view.phase_since,
            "live_verified": view.is_verified or self._stills.is_steady(self.key),
            "usual_start": self._whep.usual_start(self.key),
        }

    @override
    async def async_added_to_hass(self) -> None:
        """Load the last picture from before a restart, and follow changes."""
        await self._stills.async_load(self.key)
        self.async_on_remove(self._stills.async_follow(self.key, self._handle_picture))
        keep_awake = self.data.keep_awake
        self.async_on_remove(lambda: keep_awake.async_let_sleep(self.key))
        self.async_on_remove(keep_awake.async_follow(self.key, self.async_write_ha_state))
        if self._whep is not None:
            self.async_on_remove(self._whep.async_follow(self.key, self.async_write_ha_state))
        credentials = ListenerScope(SERVER_KEY, frozenset({CREDENTIALS}))
        self.async_on_remove(
            self.coordinator.async_add_listener(self.async_write_ha_state, credentials)
        )
        await super().async_added_to_hass()

    # Live views

    @override
    async def stream_source(self) -> str | None:
        """Return the RTSP URL of the stream; opening it wakes the camera."""
        return self.stream_urls.rtsp

    async def async_start_stream(self) -> None:
        """Wake the camera and wait until it streams video. Raises HomeAssistantError."""
        await self.coordinator.async_start_stream(self.key)

    async def _async_start_for_good(self) -> None:
        """Start the camera in a task that goes on if the caller is cancelled.

        Voice assistants give up after seconds. The camera starts nevertheless, so that the next
        attempt finds it awake.
        """
        if self._start is None or self._start.done():
            self._start = self.coordinator.config_entry.async_create_background_task(
                self.hass, self.async_start_stream(), f"{DOMAIN} start"
            )
            # Retrieve the exception: the caller may have been cancelled by then.
            self._start.add_done_callback(lambda start: start.cancelled() or start.exception())
        start = self._start
        await asyncio.wait({start})
        start.result()

    @override
    async def async_create_stream(self) -> Stream | None:
        """Wake the camera before its stream is opened, as Home Assistant allows only 5 s for that.

        Raises HomeAssistantError, also for a page that receives the camera over WebRTC: the page
        would not close this stream, which would keep the camera awake.
        """
        if self._whep is not None and await self._whep.async_plays(self.key):
            raise HomeAssistantError(translation_domain=DOMAIN, translation_key="plays_web_rtc")
        try:
            await self._async_start_for_good()
        except HomeAssistantError as err:
            settings = await get_dynamic_camera_stream_settings(self.hass, self.entity_id)
            if not settings.preload_stream:
                raise
            # A preloaded stream is retried by Home Assistant forever: don't raise here.
            LOGGER.warning("%s isn't streaming yet: %s", self.entity_id, err)
        return await super().async_create_stream()

    async def async_open_stream(self) -> Stream | None:
        """Wake the camera and open its stream for a caller without a page, such as a recording."""
        await self._async_start_for_good()
        return await super().async_create_stream()

    @override
    async def _async_get_supported_webrtc_provider[T](
        self, fn: Callable[[HomeAssistant, CameraEntity], Coroutine[None, None, T | None]]
    ) -> T | None:
        """Choose WebRTC from MediaMTX, else one of Home Assistant's providers, such as go2rtc."""
        if self._whep is not None and self.stream_urls.whep and self.supported_features:
            return cast("T", self._whep)
        provider = await super()._async_get_supported_webrtc_provider(fn)
        if provider is None:
            return None
        if self._wake_first is None or self._wake_first.provider is not provider:
            self._wake_first = WakeFirstProvider(
                cast("CameraWebRTCProvider", provider), self.async_start_stream
            )
        return cast("T", self._wake_first)

    @callback
    @override
    def _async_get_webrtc_client_configuration(self) -> WebRTCClientConfiguration:
        """Return MediaMTX's ICE servers; Home Assistant adds its own."""
        if self._whep is None or self.webrtc_provider is not self._whep:
            return WebRTCClientConfiguration()
        self._whep.async_expect_offer(self.key)
        return WebRTCClientConfiguration(
            configuration=RTCConfiguration(ice_servers=[*self._whep.ice_servers])
        )

    # Pictures

    @override
    async def async_camera_image(
        self, width: int | None = None, height: int | None = None
    ) -> bytes | None:
        """Return the last picture, or a placeholder that shows why there is none."""
        await self._stills.async_look_at(self.key, self.stream)
        picture = self._stills.last(self.key)
        if picture is None:
            state = self.hass.states.get(self.entity_id)
            name = state.name if state else self.camera.name or ""
            return await async_placeholder(self.hass, self._placeholder, name)
        return await async_turned(self.hass, self.entity_id, picture)

    @callback
    def _handle_picture(self, picture: Picture, *, is_final: bool) -> None:
        if self._whep is not None:
            self._whep.async_picture_taken(self.key, picture.taken)

    @property
    def _placeholder(self) -> Placeholder:
        if not self.available:
            return Placeholder.UNAVAILABLE
        credential = self.coordinator.data.credentials.get(self.camera.credential_id or 0)
        authorized = credential is None or credential.is_authorized
        return placeholder_for(self.camera, authorized=authorized)

    # Changes

    @callback
    @override
    def _refresh(self) -> None:
        former, self._followed = self._followed, self.camera
        if former.urls != self.camera.urls:
            self._follow_urls()
        if former.ready and not self.camera.ready:
            self._recover()

    def _follow_urls(self) -> None:
        former = self.stream_urls
        self.stream_urls = stream_urls(self.camera, self.coordinator.video_host)
        if self.stream_urls == former:
            return
        self._warn_of_refused()
        if self.stream_urls.whep != former.whep:
            self.hass.async_create_task(self.async_refresh_providers())
        # Home Assistant keeps the stream until the entity is removed.
        source = self.stream_urls.rtsp
        if source != former.rtsp and source is not None and self.stream is not None:
            self.stream.update_source(source)

    def _warn_of_refused(self) -> None:
        """Warn once for each column, as a server could change it continually."""
        refused = frozenset(self.stream_urls.refused) - self._refused
        self._refused |= refused
        for column in refused:
            LOGGER.warning(
                "The NestMTX server %s returned an invalid video URL for %s:"
                " %s is not a stream on %s",
                self.coordinator.address.host,
                self.camera.name,
                column,
                self.coordinator.video_host,
            )

    def _recover(self) -> None:
        """Start the camera again if Home Assistant still reads its stream."""
        if self.stream is None or (self._recovery is not None and not self._recovery.done()):
            return
        self._recovery = self.coordinator.config_entry.async_create_background_task(
            self.hass, self._async_recover(self.stream), f"{DOMAIN} recovery"
        )

    async def _async_recover(self, stream: Stream) -> None:
        """Start the camera's stream and keep it until Home Assistant reconnects on its own.

        If the camera cannot start, end Home Assistant's attempts, too.
        """
        for _ in range(MAX_RECOVERIES):
            if not stream.outputs() or self.camera.watched:
                return
            try:
                await self.coordinator.async_start_stream(self.key, unattended=True)
            except HomeAssistantError as err:
                LOGGER.debug("%s isn't streaming again yet: %s", self.entity_id, err)
                if err.translation_key in HOPELESS:
                    break
            await asyncio.sleep(_RECOVERY)
        for output in tuple(stream.outputs().values()):
            await stream.remove_provider(output)
