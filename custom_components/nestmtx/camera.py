"""The cameras."""

from pathlib import Path
from typing import Final, override

from homeassistant.components.camera import (
    Camera as CameraEntity,
    CameraEntityDescription,
    CameraEntityFeature,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .client import Camera, stream_source
from .coordinator import NestMTXConfigEntry, NestMTXCoordinator
from .entity import NestMTXCameraEntity, async_add_camera_entities

PARALLEL_UPDATES = 0

CAMERA: Final = CameraEntityDescription(key="camera", name=None)
PLACEHOLDER: Final = Path(__file__).with_name("placeholder.jpg")


async def async_setup_entry(
    hass: HomeAssistant,
    entry: NestMTXConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the cameras."""
    placeholder = await hass.async_add_executor_job(PLACEHOLDER.read_bytes)
    async_add_camera_entities(
        entry,
        async_add_entities,
        lambda camera: [NestMTXCamera(entry.runtime_data, camera, placeholder)],
    )


class NestMTXCamera(NestMTXCameraEntity, CameraEntity):
    """A camera: streaming while it is ready. Enabling it is a matter of the server."""

    _attr_brand = "Google Nest"

    def __init__(self, coordinator: NestMTXCoordinator, camera: Camera, placeholder: bytes) -> None:
        """Know the stream's source from the beginning: it is asked for before all else."""
        CameraEntity.__init__(self)
        super().__init__(coordinator, camera, CAMERA)
        self._placeholder = placeholder
        self._source = self._find_source()

    @property
    @override
    def is_streaming(self) -> bool:
        """Whether the stream is ready."""
        return self.camera.ready

    @property
    @override
    def model(self) -> str | None:
        """The model, or the kind of device."""
        return self.camera.model

    @property
    @override
    def supported_features(self) -> CameraEntityFeature:
        """Streaming, where the server has a stream."""
        return CameraEntityFeature.STREAM if self._source else CameraEntityFeature(0)

    @override
    async def stream_source(self) -> str | None:
        """Return the URL of the stream; opening it wakes the camera."""
        return self._source

    @override
    async def async_camera_image(
        self, width: int | None = None, height: int | None = None
    ) -> bytes | None:
        """Return a placeholder: dashboards ask all the time, and must not wake the camera."""
        return self._placeholder

    @callback
    @override
    def _refresh(self) -> None:
        super()._refresh()
        source = self._find_source()
        if source != self._source:
            self._source = source
            # A stream is kept for as long as the entity is there.
            if self.stream is not None and source is not None:
                self.stream.update_source(source)

    def _find_source(self) -> str | None:
        return stream_source(self.camera, self.coordinator.address.host)
