"""Switches that enable a camera and make it persistent."""

from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.restore_state import ExtraStoredData, RestoreEntity

from .client import Camera
from .coordinator import NestMTXCoordinator
from .data import NestMTXConfigEntry
from .entity import NestMTXCameraEntity, async_add_camera_entities

PARALLEL_UPDATES = 0

ENABLED: Final = SwitchEntityDescription(
    key="enabled", translation_key="enabled", entity_category=EntityCategory.CONFIG
)
PERSISTENT: Final = SwitchEntityDescription(
    key="persistent", translation_key="persistent", entity_category=EntityCategory.CONFIG
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: NestMTXConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the switches of the cameras."""
    coordinator = entry.runtime_data.coordinator
    await async_add_camera_entities(
        entry,
        async_add_entities,
        lambda camera: (
            NestMTXEnabledSwitch(coordinator, camera, ENABLED),
            NestMTXPersistentSwitch(coordinator, camera, PERSISTENT),
        ),
    )


@dataclass(frozen=True)
class _Memory(ExtraStoredData):
    """Whether a camera was persistent when it was disabled, which the server doesn't keep."""

    was_persistent: bool

    @override
    def as_dict(self) -> dict[str, Any]:
        """Return the values to store."""
        return {"was_persistent": self.was_persistent}


class NestMTXEnabledSwitch(NestMTXCameraEntity, SwitchEntity, RestoreEntity):
    """Enables a camera; if it was persistent before it was disabled, it is persistent again."""

    fields = frozenset({"is_enabled", "is_persistent"})

    def __init__(
        self,
        coordinator: NestMTXCoordinator,
        camera: Camera,
        description: SwitchEntityDescription,
    ) -> None:
        """Start without a previous state."""
        self._was_persistent = camera.is_persistent
        super().__init__(coordinator, camera, description)

    @property
    @override
    def is_on(self) -> bool:
        """Return true if the camera is enabled."""
        return self.camera.is_enabled

    @property
    @override
    def extra_restore_state_data(self) -> ExtraStoredData:
        """Return the previous state to restore after a restart."""
        return _Memory(self._was_persistent)

    @override
    async def async_added_to_hass(self) -> None:
        """Restore the previous state from before a restart."""
        if memory := await self.async_get_last_extra_data():
            self._was_persistent = bool(memory.as_dict().get("was_persistent"))
        await super().async_added_to_hass()

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Enable the camera."""
        await self.coordinator.async_update_camera(
            self.device_key.key, is_enabled=True, is_persistent=self._was_persistent
        )

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Disable the camera."""
        await self.coordinator.async_update_camera(self.device_key.key, is_enabled=False)

    @callback
    @override
    def _refresh(self) -> None:
        if self.camera.is_enabled:
            self._was_persistent = self.camera.is_persistent


class NestMTXPersistentSwitch(NestMTXCameraEntity, SwitchEntity):
    """Makes a camera stream all the time."""

    fields = frozenset({"is_persistent"})

    @property
    @override
    def is_on(self) -> bool:
        """Return true if the camera is persistent."""
        return self.camera.is_persistent

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Let the camera stream all the time."""
        await self.coordinator.async_update_camera(self.device_key.key, is_persistent=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Let the camera stream only while it is watched, and wait until its stream ends."""
        await self.coordinator.async_update_camera(self.device_key.key, is_persistent=False)
