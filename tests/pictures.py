"""When a camera's picture was taken, which its state doesn't show."""

from datetime import datetime

from homeassistant.core import HomeAssistant


def taken_at(hass: HomeAssistant, entity_id: str) -> datetime | None:
    """Return when the picture of a camera's entity was taken; None for a placeholder."""
    camera = hass.data["camera"].get_entity(entity_id)
    picture = camera.data.stills.last(camera.key)
    return picture.taken if picture else None
