"""Text entities: the path under which a camera's stream is published."""

from typing import Final, override

from homeassistant.components.text import TextEntity, TextEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .data import NestMTXConfigEntry
from .entity import NestMTXCameraEntity, async_add_camera_entities

PARALLEL_UPDATES = 0

# Without a pattern, as core's error for a value that doesn't match is not translated.
PATH: Final = TextEntityDescription(
    key="path",
    translation_key="path",
    entity_category=EntityCategory.CONFIG,
    entity_registry_enabled_default=False,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: NestMTXConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the paths of the cameras."""
    await async_add_camera_entities(
        entry,
        async_add_entities,
        lambda camera: [NestMTXPathText(entry.runtime_data.coordinator, camera, PATH)],
    )


class NestMTXPathText(NestMTXCameraEntity, TextEntity):
    """The path of a camera's stream; empty while the camera is not set up."""

    fields = frozenset({"path"})

    @property
    @override
    def native_value(self) -> str:
        """Return the path."""
        return self.camera.path or ""

    @override
    async def async_set_value(self, value: str) -> None:
        """Publish the stream under another path; with an empty value, stop publishing it."""
        await self.coordinator.async_update_camera(self.device_key.key, path=value or None)
