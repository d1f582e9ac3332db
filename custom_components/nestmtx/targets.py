"""Resolve the targets of triggers and conditions.

A target is a camera, or a device, area, floor or label with cameras. The trigger or condition may
use another entity of the camera's device.
"""

from collections.abc import Set as AbstractSet

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN


@callback
def entities_of_kind(
    hass: HomeAssistant, entity_ids: AbstractSet[str], translation_key: str
) -> set[str]:
    """Return the entities of one kind among the targets and on the targeted cameras' devices."""
    registry = er.async_get(hass)
    targeted = [entry for each in entity_ids if (entry := _entry(registry, each)) is not None]
    siblings = (
        sibling
        for camera in targeted
        if camera.domain == Platform.CAMERA and camera.device_id is not None
        for sibling in er.async_entries_for_device(registry, camera.device_id)
        if sibling.platform == DOMAIN
    )
    return {
        entry.entity_id
        for entry in (*targeted, *siblings)
        if entry.translation_key == translation_key
    }


def _entry(registry: er.EntityRegistry, entity_id: str) -> er.RegistryEntry | None:
    entry = registry.async_get(entity_id)
    return entry if entry is not None and entry.platform == DOMAIN else None
