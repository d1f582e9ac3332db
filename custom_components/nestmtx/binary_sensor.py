"""Binary sensors of the server's connection, cameras and their streams, and credentials."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util

from .client import Camera, Fields
from .coordinator import NestMTXCoordinator
from .data import NestMTXConfigEntry
from .entity import (
    NestMTXCameraEntity,
    NestMTXCredentialEntity,
    NestMTXServerEntity,
    async_add_camera_entities,
    async_add_credential_entities,
)
from .listeners import CONNECTED

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class CameraBinarySensorDescription(BinarySensorEntityDescription):
    """Describes a binary sensor of a camera."""

    fields: Fields
    """The fields of the camera that the entity shows."""
    is_on_fn: Callable[[Camera], bool]


CONNECTION: Final = BinarySensorEntityDescription(
    key="connection",
    translation_key="connection",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
)

WATCHED: Final = CameraBinarySensorDescription(
    key="watched",
    translation_key="watched",
    fields=frozenset({"watched"}),
    is_on_fn=lambda camera: camera.watched,
)
# Without a device class: Home Assistant's maintenance page lists every binary sensor of class
# "problem", even while it is off. Only the credential can be fixed there.
STALLED: Final = CameraBinarySensorDescription(
    key="stream_stalled",
    translation_key="stream_stalled",
    entity_category=EntityCategory.DIAGNOSTIC,
    fields=frozenset({"stalled"}),
    is_on_fn=lambda camera: camera.stalled,
)
CAMERA_BINARY_SENSORS: Final = (
    CameraBinarySensorDescription(
        # The camera's own state shows this, too.
        key="ready",
        translation_key="ready",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        fields=frozenset({"ready"}),
        is_on_fn=lambda camera: camera.ready,
    ),
    WATCHED,
    CameraBinarySensorDescription(
        key="requested",
        translation_key="requested",
        fields=frozenset({"requested"}),
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        is_on_fn=lambda camera: camera.requested,
    ),
    STALLED,
)
STREAM_AUTHORIZATION: Final = BinarySensorEntityDescription(
    key="stream_authorization",
    translation_key="stream_authorization",
    entity_category=EntityCategory.DIAGNOSTIC,
)

CREDENTIAL_PROBLEM: Final = BinarySensorEntityDescription(
    key="problem",
    translation_key="problem",
    device_class=BinarySensorDeviceClass.PROBLEM,
    entity_category=EntityCategory.DIAGNOSTIC,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: NestMTXConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the binary sensors of the server, its cameras and credentials."""
    coordinator = entry.runtime_data.coordinator
    async_add_entities([NestMTXConnection(coordinator, CONNECTION)])
    await async_add_camera_entities(
        entry,
        async_add_entities,
        lambda camera: [
            *(
                NestMTXCameraBinarySensor(coordinator, camera, description)
                for description in CAMERA_BINARY_SENSORS
            ),
            NestMTXStreamAuthorization(coordinator, camera, STREAM_AUTHORIZATION),
        ],
    )
    await async_add_credential_entities(
        entry,
        async_add_entities,
        lambda credential: [NestMTXCredentialProblem(coordinator, credential, CREDENTIAL_PROBLEM)],
    )


class NestMTXConnection(NestMTXServerEntity, BinarySensorEntity):
    """Whether the server is connected; shown at once, while other entities have a grace period."""

    fields = frozenset({CONNECTED})

    @property
    @override
    def available(self) -> bool:
        """Return true: the entity reports the lost connection."""
        return True

    @property
    @override
    def is_on(self) -> bool:
        """Return true if connected and authenticated."""
        return self.coordinator.connected


class NestMTXCameraBinarySensor(NestMTXCameraEntity, BinarySensorEntity):
    """A binary sensor of a camera."""

    entity_description: CameraBinarySensorDescription

    def __init__(
        self,
        coordinator: NestMTXCoordinator,
        camera: Camera,
        description: CameraBinarySensorDescription,
    ) -> None:
        """Show the fields of the camera that the description names."""
        self.fields = description.fields
        super().__init__(coordinator, camera, description)

    @property
    @override
    def is_on(self) -> bool:
        """Return true if the camera is in this state."""
        return self.entity_description.is_on_fn(self.camera)


class NestMTXStreamAuthorization(NestMTXCameraEntity, BinarySensorEntity):
    """Whether Google will end a running stream: the extension failed, or the time is over."""

    fields = frozenset({"authorization_over_at", "authorization_failed"})
    _over_at: datetime | None = None
    _cancel_timer: CALLBACK_TYPE | None = None

    @property
    @override
    def is_on(self) -> bool:
        """Return true if there is a problem."""
        return self.camera.lacks_authorization(dt_util.utcnow())

    @override
    async def async_will_remove_from_hass(self) -> None:
        """Cancel the timer."""
        self._end_timer()
        await super().async_will_remove_from_hass()

    @callback
    @override
    def _refresh(self) -> None:
        over_at = self.camera.authorization_over_at
        if over_at == self._over_at:
            return
        self._end_timer()
        self._over_at = over_at
        if over_at is not None and over_at > dt_util.utcnow():
            self._cancel_timer = async_track_point_in_utc_time(
                self.hass, self._handle_over, over_at
            )

    @callback
    def _handle_over(self, _: datetime) -> None:
        self._cancel_timer = None
        self._handle_coordinator_update()

    def _end_timer(self) -> None:
        self._over_at = None
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None


class NestMTXCredentialProblem(NestMTXCredentialEntity, BinarySensorEntity):
    """Whether a credential needs to be authorized with Google."""

    fields = frozenset({"is_authorized"})

    @property
    @override
    def is_on(self) -> bool:
        """Return true if there is a problem."""
        return not self.credential.is_authorized
