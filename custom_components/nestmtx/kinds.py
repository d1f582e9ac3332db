"""Which of this integration's entities triggers and conditions are about."""

from collections.abc import Set as AbstractSet

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN


def entities_of_kind(
    hass: HomeAssistant, entity_ids: AbstractSet[str], translation_key: str
) -> set[str]:
    """Return those of the entities that are of one kind.

    A device has several binary sensors: whoever targets a device means one of them.
    """
    registry = er.async_get(hass)
    return {
        entity_id
        for entity_id in entity_ids
        if (entry := registry.async_get(entity_id)) is not None
        and entry.platform == DOMAIN
        and entry.translation_key == translation_key
    }
