"""Sensors: what a camera is doing, and what a credential may do."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .client import Authorization, Camera, CameraStatus, Credential
from .coordinator import NestMTXConfigEntry
from .entity import (
    NestMTXCameraEntity,
    NestMTXCredentialEntity,
    async_add_camera_entities,
    async_add_credential_entities,
)

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class CameraSensorDescription(SensorEntityDescription):
    """Describes a sensor of a camera."""

    value_fn: Callable[[Camera], str | None]


@dataclass(frozen=True, kw_only=True)
class CredentialSensorDescription(SensorEntityDescription):
    """Describes a sensor of a credential."""

    value_fn: Callable[[Credential], str | None]


# "unavailable" is Home Assistant's own word for an entity that it knows nothing of.
_STATUS_STATES: Final = {
    status: "not_available" if status is CameraStatus.UNAVAILABLE else status.value
    for status in CameraStatus
}

CAMERA_SENSORS = (
    CameraSensorDescription(
        key="status",
        translation_key="status",
        device_class=SensorDeviceClass.ENUM,
        options=list(_STATUS_STATES.values()),
        value_fn=lambda camera: None if camera.status is None else _STATUS_STATES[camera.status],
    ),
)

CREDENTIAL_SENSORS = (
    CredentialSensorDescription(
        key="authorization",
        translation_key="authorization",
        device_class=SensorDeviceClass.ENUM,
        entity_category=EntityCategory.DIAGNOSTIC,
        options=list(Authorization),
        value_fn=lambda credential: credential.authorization,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: NestMTXConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of the cameras and credentials."""
    coordinator = entry.runtime_data
    async_add_camera_entities(
        entry,
        async_add_entities,
        lambda camera: (
            NestMTXCameraSensor(coordinator, camera, description) for description in CAMERA_SENSORS
        ),
    )
    async_add_credential_entities(
        entry,
        async_add_entities,
        lambda credential: (
            NestMTXCredentialSensor(coordinator, credential, description)
            for description in CREDENTIAL_SENSORS
        ),
    )


class NestMTXCameraSensor(NestMTXCameraEntity, SensorEntity):
    """A sensor of a camera."""

    entity_description: CameraSensorDescription

    @property
    @override
    def native_value(self) -> str | None:
        """The value; None is unknown."""
        return self.entity_description.value_fn(self.camera)


class NestMTXCredentialSensor(NestMTXCredentialEntity, SensorEntity):
    """A sensor of a credential."""

    entity_description: CredentialSensorDescription

    @property
    @override
    def native_value(self) -> str | None:
        """The value; None is unknown."""
        return self.entity_description.value_fn(self.credential)
