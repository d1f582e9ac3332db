"""The devices of an entry: the server, and one for each camera and credential."""

from typing import NamedTuple

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import callback
from homeassistant.helpers import area_registry as ar, device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntry, DeviceEntryType, DeviceInfo

from .admission import DAY, MAX_NEW_AREAS
from .client import Camera, Credential, Version
from .const import CONF_ROOMS
from .coordinator import NestMTXCoordinator
from .device_key import SERVER_KEY, DeviceKey
from .listeners import ListenerScope
from .rate_limit import RateLimit


class _CameraFacts(NamedTuple):
    """The facts shown by a camera's device."""

    id: int
    name: str | None
    model: str | None
    room: str | None


class Devices:
    """Keeps the devices of an entry in sync with the server's lists."""

    def __init__(self, coordinator: NestMTXCoordinator) -> None:
        """Register the server's device."""
        self._coordinator = coordinator
        self._entry = coordinator.config_entry
        self._entry_id = self._entry.entry_id
        self._ids = coordinator.ids
        self._registry = dr.async_get(coordinator.hass)
        self._cameras: dict[str, _CameraFacts] = {}
        self._credentials: dict[str, Credential] = {}
        self._rooms: dict[str, str | None] = dict(self._entry.data.get(CONF_ROOMS, {}))
        """The last room of each camera, kept across restarts."""
        self._stale: frozenset[str] = frozenset()
        self._new_areas = RateLimit(MAX_NEW_AREAS, DAY)
        self._server_device_id = self._register(self._server_info()).id

    @callback
    def async_update_server(self) -> None:
        """Update the server's device."""
        self._register(self._server_info())

    @callback
    def async_update(self) -> None:
        """Register new objects, update the known ones, and remove those that are gone."""
        gone = {DeviceKey("camera", key) for key in self._cameras}
        gone |= {DeviceKey("credential", key) for key in self._credentials}
        self._remove(self._device_ids(gone - self._coordinator.device_keys))
        former = self._cameras
        self._cameras = {camera.key: _facts(camera) for camera in self._coordinator.cameras}
        for camera in self._coordinator.cameras:
            self._update_camera(former.get(camera.key), camera)
        known = self._credentials
        self._credentials = {each.key: each for each in self._coordinator.credentials}
        for key, credential in self._credentials.items():
            if key not in known or _described(known[key]) != _described(credential):
                self._register(self._credential_info(credential))
        self._keep_rooms()

    @callback
    def async_remove_stale(self) -> None:
        """Remove devices from before the restart that are missing from two complete lists."""
        stale = stale_device_ids(self._coordinator)
        self._remove(stale & self._stale)
        self._stale = stale

    def _update_camera(self, former: _CameraFacts | None, camera: Camera) -> None:
        """Register a camera, or update its device with its name, model and room.

        A device that the user has moved to another area stays there.
        """
        if former == _facts(camera):
            return
        device = self._register(self._camera_info(camera))
        is_known, room = camera.key in self._rooms, self._rooms.get(camera.key)
        self._rooms[camera.key] = camera.room
        if not is_known or room == camera.room:
            return
        areas = ar.async_get(self._coordinator.hass)
        area = areas.async_get_area_by_name(room) if room else None
        if device.area_id != (area.id if area else None):
            return
        if camera.room and areas.async_get_area_by_name(camera.room) is None:
            self._new_areas = self._new_areas.hit(self._coordinator.hass.loop.time())
            if not self._new_areas.passes:
                return
        area_id = areas.async_get_or_create(camera.room).id if camera.room else None
        self._registry.async_update_device(device.id, area_id=area_id)

    def _keep_rooms(self) -> None:
        """Store the rooms of the cameras that have a device, for the next start."""
        self._rooms = {
            key: room
            for key, room in self._rooms.items()
            if self._device_ids({DeviceKey("camera", key)})
        }
        if self._rooms != self._entry.data.get(CONF_ROOMS):
            data = {**self._entry.data, CONF_ROOMS: self._rooms}
            self._coordinator.hass.config_entries.async_update_entry(self._entry, data=data)

    def _register(self, info: DeviceInfo) -> DeviceEntry:
        return self._registry.async_get_or_create(config_entry_id=self._entry_id, **info)

    def _remove(self, device_ids: frozenset[str]) -> None:
        """Remove devices and their entities."""
        for device_id in device_ids:
            self._registry.async_remove_device(device_id)

    def _device_ids(self, device_keys: set[DeviceKey]) -> frozenset[str]:
        devices = (self._ids.device(device_key) for device_key in device_keys)
        return frozenset(device.id for device in devices if device is not None)

    def _server_info(self) -> DeviceInfo:
        """Return the device info of the server."""
        coordinator = self._coordinator
        return DeviceInfo(
            identifiers={self._ids.identifier(SERVER_KEY)},
            name=coordinator.config_entry.title,
            manufacturer="NestMTX",
            model="NestMTX server",
            sw_version=_firmware(coordinator.data.server.version),
            configuration_url=coordinator.address.url,
            entry_type=DeviceEntryType.SERVICE,
        )

    def _camera_info(self, camera: Camera) -> DeviceInfo:
        """Return the device info of a camera."""
        device_key = DeviceKey("camera", camera.key)
        return DeviceInfo(
            **_named(device_key, camera.name, camera.id),
            identifiers={self._ids.identifier(device_key)},
            manufacturer="Google Nest",
            model=camera.model,
            suggested_area=camera.room,
            configuration_url=self._coordinator.address.url,
            via_device_id=self._server_device_id,
        )

    def _credential_info(self, credential: Credential) -> DeviceInfo:
        """Return the device info of a credential."""
        device_key = DeviceKey("credential", credential.key)
        return DeviceInfo(
            **_named(device_key, credential.description, credential.id),
            identifiers={self._ids.identifier(device_key)},
            manufacturer="Google",
            model="Device Access credential",
            configuration_url=self._coordinator.address.url,
            entry_type=DeviceEntryType.SERVICE,
            via_device_id=self._server_device_id,
        )


@callback
def async_setup_devices(entry: ConfigEntry, coordinator: NestMTXCoordinator) -> None:
    """Keep the devices of an entry up to date until it is unloaded."""
    devices = Devices(coordinator)
    version = ListenerScope(SERVER_KEY, frozenset({"version"}))
    entry.async_on_unload(coordinator.async_add_listener(devices.async_update))
    entry.async_on_unload(coordinator.async_add_listener(devices.async_update_server, version))
    entry.async_on_unload(coordinator.async_add_resync_listener(devices.async_remove_stale))


@callback
def stale_device_ids(coordinator: NestMTXCoordinator) -> frozenset[str]:
    """Return the ids of devices that belong to nothing on the server's lists.

    An empty list is not trusted: if the server lists no camera, no camera's device is stale; the
    same applies to credentials.
    """
    registry, entry_id = dr.async_get(coordinator.hass), coordinator.config_entry.entry_id
    identifiers = _identifiers(coordinator)
    prefixes = tuple({f"{kind}_" for kind, _ in coordinator.device_keys})
    return frozenset(
        device.id
        for device in dr.async_entries_for_config_entry(registry, entry_id)
        if identifiers.isdisjoint(device.identifiers)
        and any(name.startswith(prefixes) for _, name in device.identifiers)
    )


def is_stale(coordinator: NestMTXCoordinator, device: DeviceEntry) -> bool:
    """Return whether a device belongs to nothing on the server's lists."""
    return _identifiers(coordinator).isdisjoint(device.identifiers)


def _identifiers(coordinator: NestMTXCoordinator) -> set[tuple[str, str]]:
    """Return the identifiers of the devices of the server and of all its objects."""
    return {coordinator.ids.identifier(each) for each in (SERVER_KEY, *coordinator.device_keys)}


def _facts(camera: Camera) -> _CameraFacts:
    return _CameraFacts(camera.id, camera.name, camera.model, camera.room)


def _described(credential: Credential) -> tuple[int, str | None]:
    """Return the facts shown by a credential's device."""
    return credential.id, credential.description


def _firmware(version: Version) -> str | None:
    if version.release is None or version.mediamtx is None:
        return version.release
    return f"{version.release} (MediaMTX {version.mediamtx})"


def _named(device_key: DeviceKey, name: str | None, row_id: int) -> DeviceInfo:
    if name:
        return DeviceInfo(name=name)
    return DeviceInfo(translation_key=device_key.kind, translation_placeholders={"id": str(row_id)})
