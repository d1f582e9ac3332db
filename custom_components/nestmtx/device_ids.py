"""The ids by which Home Assistant knows the devices and entities of an entry.

An id says what the device is, and not which entry has it: an entry that is deleted and added again
gets the names, areas and entity ids back that Home Assistant remembers. Where another entry has a
device of that id already, a number tells them apart. Who has which is kept in the device registry.
"""

from itertools import count
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr

from .const import DOMAIN
from .device_key import DeviceKey

_NUMBER: Final = "#"
"""What a number begins with; no checksum has it."""


class DeviceIds:
    """The ids of one entry."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Take over which ids the entry's devices have."""
        self._hass = hass
        self._entry_id = entry_id
        self._registry = dr.async_get(hass)
        self._ids = {
            name.partition(_NUMBER)[0]: name
            for device in dr.async_entries_for_config_entry(self._registry, entry_id)
            for domain, name in device.identifiers
            if domain == DOMAIN
        }

    def identifier(self, device_key: DeviceKey) -> tuple[str, str]:
        """Return the identifier of a device."""
        return DOMAIN, self._id(device_key)

    def unique_id(self, device_key: DeviceKey, suffix: str) -> str:
        """Return the unique id of an entity of a device."""
        return f"{self._id(device_key)}_{suffix}"

    def _id(self, device_key: DeviceKey) -> str:
        """Return the id of the device that there is, or the first that no other entry has."""
        plain = "_".join(filter(None, device_key))
        known = self._ids.get(plain)
        if known is None or not self._has(self._entry_id, known):
            numbered = (f"{plain}{_NUMBER}{number}" for number in count(2))
            known = plain
            while self._is_taken(known):
                known = next(numbered)
            self._ids[plain] = known
        return known

    def _is_taken(self, device_id: str) -> bool:
        entries = self._hass.config_entries.async_entries(DOMAIN)
        others = (entry.entry_id for entry in entries if entry.entry_id != self._entry_id)
        return any(self._has(other, device_id) for other in others)

    def _has(self, entry_id: str, device_id: str) -> bool:
        identifier = DOMAIN, device_id
        return self._registry.async_get_device_by_identifier(identifier, entry_id) is not None
