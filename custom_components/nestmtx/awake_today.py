"""The sensor that shows how long a camera has been awake today."""

from datetime import datetime, timedelta
from typing import Final, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import UnitOfTime
from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.event import async_track_time_change, async_track_time_interval
from homeassistant.helpers.restore_state import (
    ExtraStoredData,
    RestoredExtraData,
    RestoreEntity,
)
from homeassistant.util import dt as dt_util

from .awake import AwakeTime, resumed, stored_awake_time
from .client import Camera
from .coordinator import NestMTXCoordinator
from .device_key import SERVER_KEY
from .entity import NestMTXCameraEntity
from .listeners import CONNECTED, ListenerScope

MINUTE: Final = timedelta(minutes=1)

AWAKE_TODAY: Final = SensorEntityDescription(
    key="awake_today",
    translation_key="awake_today",
    device_class=SensorDeviceClass.DURATION,
    state_class=SensorStateClass.TOTAL_INCREASING,
    native_unit_of_measurement=UnitOfTime.SECONDS,
    suggested_unit_of_measurement=UnitOfTime.MINUTES,
    suggested_display_precision=0,
    entity_registry_enabled_default=False,
)


class NestMTXAwakeToday(NestMTXCameraEntity, SensorEntity, RestoreEntity):
    """How long a camera has streamed since midnight; kept across restarts.

    The state is written when the stream begins and ends, and every minute while it runs.
    """

    fields = frozenset({"ready"})
    _is_awake = False
    _is_followed = False
    """Whether the camera's stream has been known since the time was counted last."""
    _cancel_timer: CALLBACK_TYPE | None = None

    def __init__(
        self, coordinator: NestMTXCoordinator, camera: Camera, description: SensorEntityDescription
    ) -> None:
        """Start at 0 seconds, with the running stream."""
        super().__init__(coordinator, camera, description)
        self._time = AwakeTime(0.0, _since(camera) or dt_util.utcnow())

    @property
    @override
    def native_value(self) -> int:
        """Return the seconds."""
        return round(self._time.seconds)

    @property
    @override
    def extra_restore_state_data(self) -> ExtraStoredData:
        """Return the counted time to restore after a restart."""
        return RestoredExtraData(
            self._time.counted(dt_util.utcnow(), is_awake=self._is_awake).as_dict()
        )

    @override
    async def async_added_to_hass(self) -> None:
        """Continue from the time counted before a restart."""
        extra = await self.async_get_last_extra_data()
        # After its entity ID changes, the same entity is added again, without stored data.
        if stored := stored_awake_time(extra.as_dict()) if extra else None:
            self._time = stored
            self._is_followed = False
        self._count(dt_util.utcnow())
        await super().async_added_to_hass()
        connection = ListenerScope(SERVER_KEY, frozenset({CONNECTED}))
        self.async_on_remove(
            self.coordinator.async_add_listener(self._handle_connection, connection)
        )
        self.async_on_remove(
            async_track_time_change(self.hass, self._handle_time, hour=0, minute=0, second=0)
        )

    @override
    async def async_will_remove_from_hass(self) -> None:
        """Cancel the timer."""
        self._end_timer()
        await super().async_will_remove_from_hass()

    @callback
    def _handle_time(self, now: datetime) -> None:
        self._count(now)
        self.async_write_ha_state()

    @callback
    def _handle_connection(self) -> None:
        self._count(dt_util.utcnow())

    @callback
    @override
    def _refresh(self) -> None:
        self._count(dt_util.utcnow())

    def _count(self, now: datetime) -> None:
        """Count up to `now`, but not the time in which the server was not connected."""
        camera, is_connected = self.camera, self.coordinator.connected
        if self._is_followed:
            self._time = self._time.counted(now, is_awake=self._is_awake)
        elif is_connected:
            self._time = resumed(self._time, now, _since(camera))
        self._is_followed = is_connected
        self._is_awake = is_connected and camera.ready
        if not self._is_awake:
            self._end_timer()
        elif self._cancel_timer is None:
            self._cancel_timer = async_track_time_interval(self.hass, self._handle_time, MINUTE)

    def _end_timer(self) -> None:
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None


def _since(camera: Camera) -> datetime | None:
    """Return when a camera's running stream began; None if none is running."""
    return camera.ready_since if camera.ready else None
