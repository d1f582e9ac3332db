"""Sensors of cameras, credentials, and the server."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, override

from homeassistant.components.sensor import (
    RestoreSensor,
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import PERCENTAGE, EntityCategory, Platform, UnitOfInformation
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .awake_today import AWAKE_TODAY, NestMTXAwakeToday
from .client import (
    POLLS,
    STREAMING,
    Authorization,
    Camera,
    CameraStatus,
    CronJob,
    Feed,
    Fields,
    Health,
    Load,
    Server,
)
from .coordinator import NestMTXCoordinator
from .cron_jobs import async_add_job_entities, humanized, job_key, translation_key
from .data import NestMTXConfigEntry
from .entity import (
    NestMTXCameraEntity,
    NestMTXCredentialEntity,
    NestMTXServerEntity,
    async_add_camera_entities,
    async_add_credential_entities,
)

PARALLEL_UPDATES = 0

LAST_RUN: Final = "last_run_"

type Value = str | int | float | datetime | None
"""None is unknown."""


@dataclass(frozen=True, kw_only=True)
class CameraSensorDescription(SensorEntityDescription):
    """Describes a sensor of a camera."""

    fields: Fields
    """The fields of the camera that the entity shows."""
    value_fn: Callable[[Camera], Value]


@dataclass(frozen=True, kw_only=True)
class ServerSensorDescription(SensorEntityDescription):
    """Describes a sensor of the server."""

    feed: Feed
    value_fn: Callable[[Server], Value]


# "unavailable" is reserved by Home Assistant for entities without a known state.
_STATUS_STATES: Final = {
    status: "not_available" if status is CameraStatus.UNAVAILABLE else status.value
    for status in CameraStatus
}


def _bytes(key: str, value_fn: Callable[[Camera], int | None]) -> CameraSensorDescription:
    return CameraSensorDescription(
        key=key,
        translation_key=key,
        device_class=SensorDeviceClass.DATA_SIZE,
        # Of the running stream: each stream starts at 0, which is a reset of the total.
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfInformation.BYTES,
        suggested_unit_of_measurement=UnitOfInformation.MEGABYTES,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        fields=frozenset({key}),
        value_fn=value_fn,
    )


def _detail(key: str, value_fn: Callable[[Camera], Value]) -> CameraSensorDescription:
    return CameraSensorDescription(
        key=key,
        translation_key=key,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        fields=frozenset({key}),
        value_fn=value_fn,
    )


CAMERA_SENSORS = (
    CameraSensorDescription(
        key="status",
        translation_key="status",
        device_class=SensorDeviceClass.ENUM,
        options=list(_STATUS_STATES.values()),
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        fields=frozenset({"status"}),
        value_fn=lambda camera: None if camera.status is None else _STATUS_STATES[camera.status],
    ),
    CameraSensorDescription(
        key="viewers",
        translation_key="viewers",
        fields=frozenset({"viewers"}),
        entity_registry_enabled_default=False,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda camera: camera.viewers,
    ),
    CameraSensorDescription(
        key="streaming_since",
        translation_key="streaming_since",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        fields=frozenset({"ready_since"}),
        value_fn=lambda camera: camera.ready_since,
    ),
    CameraSensorDescription(
        key="authorization_expires",
        translation_key="authorization_expires",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        fields=frozenset({"authorized_until"}),
        value_fn=lambda camera: camera.authorized_until,
    ),
    _detail("resolution", lambda camera: camera.resolution),
    _detail("protocols", lambda camera: camera.protocols),
    _detail("video_codecs", lambda camera: camera.video_codecs),
    _detail("audio_codecs", lambda camera: camera.audio_codecs),
    _detail("tracks", lambda camera: camera.tracks),
    _bytes("data_received", lambda camera: camera.data_received),
    _bytes("data_sent", lambda camera: camera.data_sent),
    # As text, because a number would be shown with thousands separators.
    _detail(
        "process_id",
        lambda camera: None if camera.process_id is None else str(camera.process_id),
    ),
)

AUTHORIZATION: Final = SensorEntityDescription(
    key="authorization",
    translation_key="authorization",
    device_class=SensorDeviceClass.ENUM,
    entity_category=EntityCategory.DIAGNOSTIC,
    options=list(Authorization),
)
LAST_AUTHORIZED: Final = SensorEntityDescription(
    key="last_authorized",
    translation_key="last_authorized",
    device_class=SensorDeviceClass.TIMESTAMP,
    entity_category=EntityCategory.DIAGNOSTIC,
    entity_registry_enabled_default=False,
)

CAMERAS_STREAMING: Final = SensorEntityDescription(
    key="cameras_streaming",
    translation_key="cameras_streaming",
    state_class=SensorStateClass.MEASUREMENT,
)


def _load(value_fn: Callable[[Load], Value]) -> Callable[[Server], Value]:
    return lambda server: None if server.load is None else value_fn(server.load)


def _last_run(job: str) -> Callable[[Server], Value]:
    unknown = CronJob(job)
    return lambda server: (server.cron_jobs or {}).get(job, unknown).last_run_at


SERVER_SENSORS = (
    ServerSensorDescription(
        key="health",
        translation_key="health",
        device_class=SensorDeviceClass.ENUM,
        entity_category=EntityCategory.DIAGNOSTIC,
        options=list(Health),
        feed=Feed.HEALTH,
        value_fn=lambda server: server.health,
    ),
    ServerSensorDescription(
        key="cpu",
        translation_key="cpu",
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        feed=Feed.LOAD,
        value_fn=_load(lambda load: load.cpu),
    ),
    ServerSensorDescription(
        key="memory",
        translation_key="memory",
        device_class=SensorDeviceClass.DATA_SIZE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfInformation.BYTES,
        suggested_unit_of_measurement=UnitOfInformation.MEGABYTES,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        feed=Feed.LOAD,
        value_fn=_load(lambda load: load.memory_used),
    ),
    ServerSensorDescription(
        key="processes",
        translation_key="processes",
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        feed=Feed.LOAD,
        value_fn=_load(lambda load: sum(each.pid is not None for each in load.processes)),
    ),
)


def last_run_sensor(job: str) -> ServerSensorDescription:
    """Return the description of the sensor that shows when a job last ran."""
    return ServerSensorDescription(
        key=f"{LAST_RUN}{job_key(job)}",
        translation_key=translation_key(job, LAST_RUN),
        translation_placeholders={"job": humanized(job)},
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        feed=Feed.CRON_JOBS,
        value_fn=_last_run(job),
    )


@callback
def shown_feeds(hass: HomeAssistant, entry_id: str) -> set[Feed]:
    """Return the feeds of the server's sensors that are or will be enabled."""
    registry = er.async_get(hass)
    is_disabled = {
        each.translation_key or "": each.disabled
        for each in er.async_entries_for_config_entry(registry, entry_id)
        if each.domain == Platform.SENSOR
    }
    feeds = {
        each.feed
        for each in SERVER_SENSORS
        if not is_disabled.get(each.key, not each.entity_registry_enabled_default)
    }
    shows_jobs = any(key.startswith(LAST_RUN) and not is_disabled[key] for key in is_disabled)
    return feeds | {Feed.CRON_JOBS} if shows_jobs else feeds


async def async_setup_entry(
    hass: HomeAssistant,
    entry: NestMTXConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of the server, its cameras and credentials."""
    coordinator = entry.runtime_data.coordinator
    async_add_entities(
        [
            NestMTXCamerasStreaming(coordinator, CAMERAS_STREAMING),
            *(NestMTXServerSensor(coordinator, description) for description in SERVER_SENSORS),
        ]
    )
    async_add_job_entities(
        entry,
        async_add_entities,
        lambda job: NestMTXServerSensor(coordinator, last_run_sensor(job)),
    )
    await async_add_camera_entities(
        entry,
        async_add_entities,
        lambda camera: (
            *(
                NestMTXCameraSensor(coordinator, camera, description)
                for description in CAMERA_SENSORS
            ),
            NestMTXAwakeToday(coordinator, camera, AWAKE_TODAY),
        ),
    )
    await async_add_credential_entities(
        entry,
        async_add_entities,
        lambda credential: (
            NestMTXAuthorization(coordinator, credential, AUTHORIZATION),
            NestMTXLastAuthorized(coordinator, credential, LAST_AUTHORIZED),
        ),
    )


class NestMTXServerSensor(NestMTXServerEntity, SensorEntity):
    """A sensor of the server."""

    entity_description: ServerSensorDescription

    def __init__(
        self, coordinator: NestMTXCoordinator, description: ServerSensorDescription
    ) -> None:
        """Show a value of the description's feed."""
        self.feed = description.feed
        self.fields = frozenset({POLLS[description.feed].field})
        super().__init__(coordinator, description)

    @property
    @override
    def native_value(self) -> Value:
        """Return the value."""
        return self.entity_description.value_fn(self.coordinator.data.server)


class NestMTXCamerasStreaming(NestMTXServerEntity, SensorEntity):
    """The number of streaming cameras."""

    fields = frozenset({STREAMING})

    @property
    @override
    def native_value(self) -> int:
        """Return the number of cameras."""
        return self.coordinator.data.streaming


class NestMTXCameraSensor(NestMTXCameraEntity, SensorEntity):
    """A sensor of a camera."""

    entity_description: CameraSensorDescription

    def __init__(
        self, coordinator: NestMTXCoordinator, camera: Camera, description: CameraSensorDescription
    ) -> None:
        """Show some fields of the camera."""
        self.fields = description.fields
        super().__init__(coordinator, camera, description)

    @property
    @override
    def native_value(self) -> Value:
        """Return the value."""
        return self.entity_description.value_fn(self.camera)


class NestMTXAuthorization(NestMTXCredentialEntity, SensorEntity):
    """Whether a credential is authorized with Google."""

    fields = frozenset({"authorization"})

    @property
    @override
    def native_value(self) -> str:
        """Return the state of the authorization."""
        return self.credential.authorization


class NestMTXLastAuthorized(NestMTXCredentialEntity, RestoreSensor):
    """When Google last authorized a credential; only events report it, so it is restored."""

    fields = frozenset({"authorized_at"})
    _restored: datetime | None = None

    @property
    @override
    def native_value(self) -> datetime | None:
        """Return the time."""
        return self.credential.authorized_at or self._restored

    @override
    async def async_added_to_hass(self) -> None:
        """Restore the time from before a restart."""
        await super().async_added_to_hass()
        last = await self.async_get_last_sensor_data()
        if last is not None and isinstance(last.native_value, datetime):
            self._restored = last.native_value
