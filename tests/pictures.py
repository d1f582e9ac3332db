"""When the picture was taken that a camera shows now: its state says nothing of it."""

from datetime import datetime

from homeassistant.core import HomeAssistant


def taken_at(hass: HomeAssistant, entity_id: str) -> datetime | None:
    """Return when the picture of a camera's entity was taken; None where it shows a drawing."""
    camera = hass.data["camera"].get_entity(entity_id)
    picture = camera.data.stills.last(camera.key)
    return picture.taken if picture else None
