"""Link cameras to the same cameras in core's Google Nest integration.

That integration has what NestMTX lacks: motion, persons, sounds, and the doorbell button. Home
Assistant links devices that share an identifier. NestMTX's checksum of a camera is the hash of
the name by which Google, and so that integration, identifies it.
"""

import hashlib
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Event, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import EventDeviceRegistryUpdatedData

from .coordinator import NestMTXCoordinator
from .device_key import DeviceKey

NEST: Final = "nest"
"""The domain of that integration and its identifiers. Nothing is imported from it."""


class LinkedDevices:
    """Keeps the identifiers that the cameras of an entry share with Google Nest's devices."""

    def __init__(self, coordinator: NestMTXCoordinator) -> None:
        """Start without links."""
        self._coordinator = coordinator
        self._hass = coordinator.hass
        self._entry_id = coordinator.config_entry.entry_id
        self._registry = dr.async_get(coordinator.hass)

    @callback
    def async_update(self) -> None:
        """Link the cameras that Google Nest has, and unlink those that it no longer has."""
        names = self._names()
        for camera in self._coordinator.cameras:
            identifier = self._coordinator.ids.identifier(DeviceKey("camera", camera.key))
            device = self._registry.async_get_device_by_identifier(identifier, self._entry_id)
            if device is None:
                continue
            name = names.get(camera.checksum or "")
            own = {each for each in device.identifiers if each[0] != NEST}
            identifiers = own | ({(NEST, name)} if name else set())
            if identifiers != device.identifiers:
                self._registry.async_update_device(device.id, new_identifiers=identifiers)

    @callback
    def async_handle_event(self, event: Event[EventDeviceRegistryUpdatedData]) -> None:
        """Update the links when Google Nest's devices or their identifiers change."""
        if self._concerns_nest(event.data):
            self.async_update()

    def _concerns_nest(self, data: EventDeviceRegistryUpdatedData) -> bool:
        if data["action"] == "update":
            return "identifiers" in data["changes"]
        if data["action"] == "remove":
            identifiers = data["device"]["identifiers"]
        else:
            device = self._registry.async_get(data["device_id"])
            identifiers = device.identifiers if device else ()
        return any(identifier[0] == NEST for identifier in identifiers)

    def _names(self) -> dict[str, str]:
        """Return the Google names of Google Nest's devices, by checksum."""
        return {
            hashlib.sha256(name.encode()).hexdigest(): name
            for entry in self._hass.config_entries.async_entries(NEST)
            for device in dr.async_entries_for_config_entry(self._registry, entry.entry_id)
            for domain, name in device.identifiers
            if domain == NEST
        }


@callback
def async_setup_linked_devices(entry: ConfigEntry, coordinator: NestMTXCoordinator) -> None:
    """Keep an entry's cameras linked until it is unloaded; call after `async_setup_devices`."""
    linked = LinkedDevices(coordinator)
    entry.async_on_unload(
        coordinator.hass.bus.async_listen(
            dr.EVENT_DEVICE_REGISTRY_UPDATED, linked.async_handle_event
        )
    )
    entry.async_on_unload(coordinator.async_add_listener(linked.async_update))
    linked.async_update()
