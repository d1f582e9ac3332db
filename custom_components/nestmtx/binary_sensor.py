"""Binary sensors: whether the server is connected, a camera ready, and watched."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .client import Camera
from .coordinator import NestMTXConfigEntry
from .entity import NestMTXCameraEntity, NestMTXServerEntity, async_add_camera_entities

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class CameraBinarySensorDescription(BinarySensorEntityDescription):
    """Describes a binary sensor of a camera."""

    is_on_fn: Callable[[Camera], bool]


CONNECTION = BinarySensorEntityDescription(
    key="connection",
    translation_key="connection",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
)

CAMERA_BINARY_SENSORS = (
    CameraBinarySensorDescription(
        key="ready",
        translation_key="ready",
        is_on_fn=lambda camera: camera.ready,
    ),
    CameraBinarySensorDescription(
        key="watched",
        translation_key="watched",
        is_on_fn=lambda camera: camera.watched,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: NestMTXConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the binary sensors of the server and its cameras."""
    coordinator = entry.runtime_data
    async_add_entities([NestMTXConnection(coordinator, CONNECTION)])
    async_add_camera_entities(
        entry,
        async_add_entities,
        lambda camera: (
            NestMTXCameraBinarySensor(coordinator, camera, description)
            for description in CAMERA_BINARY_SENSORS
        ),
    )


class NestMTXConnection(NestMTXServerEntity, BinarySensorEntity):
    """Whether the server is connected: true at once, where others wait out a hiccup."""

    @property
    @override
    def available(self) -> bool:
        """Always: that there is no connection is what it is for."""
        return True

    @property
    @override
    def is_on(self) -> bool:
        """Whether there is a connection that the server accepts."""
        return self.coordinator.connected


class NestMTXCameraBinarySensor(NestMTXCameraEntity, BinarySensorEntity):
    """A binary sensor of a camera."""

    entity_description: CameraBinarySensorDescription

    @property
    @override
    def is_on(self) -> bool:
        """Whether it is so."""
        return self.entity_description.is_on_fn(self.camera)
