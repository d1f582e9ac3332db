"""Image entities: the last picture of each camera; the state is when it was taken."""

from datetime import datetime, timedelta
from typing import Final, override

from homeassistant.components.camera import DOMAIN as CAMERA_DOMAIN
from homeassistant.components.image import ImageEntity, ImageEntityDescription
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_call_later

from .client import Camera
from .const import DOMAIN
from .data import NestMTXConfigEntry, NestMTXData
from .entity import NO_FIELDS, NestMTXCameraEntity, async_add_camera_entities
from .listeners import ListenerScope
from .picture_store import Picture
from .stills import async_turned

PARALLEL_UPDATES = 0

LAST_PICTURE: Final = ImageEntityDescription(key="last_picture", translation_key="last_picture")
INTERVAL: Final = timedelta(minutes=5)
"""The time between two pictures shown while a camera streams. Each adds a row to the database and a
line to Activity; a shorter view shows only its last picture."""
SETTLED: Final = 5.0
"""Seconds after a stream's end within which the picture of its last frame is ready, if any."""


async def async_setup_entry(
    hass: HomeAssistant,
    entry: NestMTXConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the last picture of each camera."""
    await async_add_camera_entities(
        entry, async_add_entities, lambda camera: [NestMTXLastPicture(entry.runtime_data, camera)]
    )


class NestMTXLastPicture(NestMTXCameraEntity, ImageEntity):
    """A camera's last picture, changed less often than the camera entity's."""

    fields = NO_FIELDS

    def __init__(self, data: NestMTXData, camera: Camera) -> None:
        """Start without a picture."""
        ImageEntity.__init__(self, data.coordinator.hass)
        super().__init__(data.coordinator, camera, LAST_PICTURE)
        self._stills = data.stills
        self._shown: Picture | None = None
        self._withheld_since: datetime | None = None
        """When the oldest picture not shown yet was taken; None if there is none."""
        self._cancel_settled: CALLBACK_TYPE | None = None

    @override
    async def async_added_to_hass(self) -> None:
        """Show the last picture from before a restart."""
        key = self.device_key.key
        await self._stills.async_load(key)
        self._show(self._stills.last(key))
        self.async_on_remove(self._stills.async_follow(key, self._handle_picture))
        ready = ListenerScope(self.device_key, frozenset({"ready"}))
        self.async_on_remove(self.coordinator.async_add_listener(self._handle_ready, ready))
        self.async_on_remove(self._cancel)
        await super().async_added_to_hass()

    @override
    async def async_image(self) -> bytes | None:
        """Return the picture whose time is the state."""
        if self._shown is None:
            return None
        ids, registry = self.coordinator.ids, er.async_get(self.hass)
        unique_id = ids.unique_id(self.device_key, CAMERA_DOMAIN)
        entity_id = registry.async_get_entity_id(CAMERA_DOMAIN, DOMAIN, unique_id)
        return await async_turned(self.hass, entity_id, self._shown)

    @callback
    def _handle_ready(self) -> None:
        """Show the withheld picture once the stream has ended."""
        if self._withheld_since and not self.camera.ready and self._cancel_settled is None:
            self._cancel_settled = async_call_later(self.hass, SETTLED, self._handle_settled)

    @callback
    def _handle_settled(self, _: datetime) -> None:
        self._cancel_settled = None
        if self._withheld_since is not None and not self.camera.ready:
            self._show(self._stills.last(self.device_key.key))
            self.async_write_ha_state()

    @callback
    def _cancel(self) -> None:
        if self._cancel_settled is not None:
            self._cancel_settled()
            self._cancel_settled = None

    @callback
    def _handle_picture(self, picture: Picture, *, is_final: bool) -> None:
        since = self._withheld_since or picture.taken
        if self._shown is None or is_final or picture.taken - since >= INTERVAL:
            self._show(picture)
            self.async_write_ha_state()
        else:
            self._withheld_since = since

    def _show(self, picture: Picture | None) -> None:
        self._shown, self._withheld_since = picture, None
        self._attr_image_last_updated = picture.taken if picture else None
