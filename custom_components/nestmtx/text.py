"""Texts: the path under which a camera's stream is published."""

from typing import Final, override

from homeassistant.components.text import TextEntity, TextEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import NestMTXConfigEntry
from .entity import NestMTXCameraEntity, async_add_camera_entities

PARALLEL_UPDATES = 0

# Without a pattern: core would refuse a wrong one in words that nobody has translated.
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
    async_add_camera_entities(
        entry,
        async_add_entities,
        lambda camera: [NestMTXPath(entry.runtime_data, camera, PATH)],
    )


class NestMTXPath(NestMTXCameraEntity, TextEntity):
    """The path of a camera's stream; empty while the camera is not set up."""

    fields = frozenset({"path"})

    @property
    @override
    def native_value(self) -> str:
        """The path."""
        return self.camera.path or ""

    @override
    async def async_set_value(self, value: str) -> None:
        """Publish the stream under another path, or under none."""
        await self.coordinator.async_update_camera(self.subject.key, path=value or None)
