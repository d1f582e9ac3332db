"""Device identifiers and unique ids of an entry.

An id identifies the device without its entry, so that an entry that is deleted and added again gets
back the names, areas and entity ids that Home Assistant remembers. If another entry already has a
device with that id, a number is appended. The device registry keeps which entry has which id.
"""

from itertools import count
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntry

from .const import DOMAIN
from .device_key import DeviceKey

_NUMBER: Final = "#"
"""The prefix of the number, which occurs in no checksum."""


class DeviceIds:
    """The ids of one entry."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Load the ids of the entry's devices from the registry."""
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

    def device(self, device_key: DeviceKey) -> DeviceEntry | None:
        """Return the registered device, if any."""
        return self._registry.async_get_device_by_identifier(
            self.identifier(device_key), self._entry_id
        )

    def unique_id(self, device_key: DeviceKey, suffix: str) -> str:
        """Return the unique id of a device's entity."""
        return f"{self._id(device_key)}_{suffix}"

    def _id(self, device_key: DeviceKey) -> str:
        """Return the registered device's id, or else the first id that no other entry has."""
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
