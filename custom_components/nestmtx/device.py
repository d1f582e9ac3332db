"""The devices of an entry: the server, and one for each camera and each credential."""

from typing import TYPE_CHECKING, Literal, NamedTuple

from homeassistant.core import callback
from homeassistant.helpers import area_registry as ar, device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntry, DeviceEntryType, DeviceInfo

from .const import DOMAIN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .client import Camera, Credential, Version
    from .coordinator import NestMTXConfigEntry, NestMTXCoordinator


class Subject(NamedTuple):
    """What an entity is about: the server, or a camera or credential by its key."""

    kind: Literal["server", "camera", "credential"]
    key: str = ""

    @classmethod
    def server(cls) -> Subject:
        """Return the server."""
        return cls("server")

    def identifier(self, entry: NestMTXConfigEntry) -> tuple[str, str]:
        """Return the identifier of the device."""
        return DOMAIN, self.unique_id(entry)

    def unique_id(self, entry: NestMTXConfigEntry, *suffix: str) -> str:
        """Return a unique id; it begins with the entry: two servers may have one camera."""
        return "_".join((entry.entry_id, *filter(None, self), *suffix))


def _server_info(coordinator: NestMTXCoordinator) -> DeviceInfo:
    """Return what the device registry is to know of the server."""
    return DeviceInfo(
        identifiers={Subject.server().identifier(coordinator.config_entry)},
        name=coordinator.config_entry.title,
        manufacturer="NestMTX",
        model="NestMTX server",
        sw_version=_firmware(coordinator.data.server.version),
        configuration_url=coordinator.address.url,
        entry_type=DeviceEntryType.SERVICE,
    )


def _camera_info(coordinator: NestMTXCoordinator, camera: Camera) -> DeviceInfo:
    """Return what the device registry is to know of a camera."""
    subject = Subject("camera", camera.key)
    return DeviceInfo(
        **_named(subject, camera.name, camera.id),
        identifiers={subject.identifier(coordinator.config_entry)},
        manufacturer="Google Nest",
        model=camera.model,
        suggested_area=camera.room,
        configuration_url=coordinator.address.url,
        via_device_id=coordinator.server_device_id,
    )


def _credential_info(coordinator: NestMTXCoordinator, credential: Credential) -> DeviceInfo:
    """Return what the device registry is to know of a credential."""
    subject = Subject("credential", credential.key)
    return DeviceInfo(
        **_named(subject, credential.description, credential.id),
        identifiers={subject.identifier(coordinator.config_entry)},
        manufacturer="Google",
        model="Device Access credential",
        configuration_url=coordinator.address.url,
        entry_type=DeviceEntryType.SERVICE,
        via_device_id=coordinator.server_device_id,
    )


def _firmware(version: Version) -> str | None:
    if version.release is None or version.mediamtx is None:
        return version.release
    return f"{version.release} (MediaMTX {version.mediamtx})"


def _named(subject: Subject, name: str | None, row_id: int) -> DeviceInfo:
    if name:
        return DeviceInfo(name=name)
    return DeviceInfo(translation_key=subject.kind, translation_placeholders={"id": str(row_id)})


@callback
def async_update_server_device(coordinator: NestMTXCoordinator) -> str:
    """Register the server, or bring its device up to date; return the device's id."""
    return _async_update(coordinator, _server_info(coordinator)).id


@callback
def async_update_camera_device(
    coordinator: NestMTXCoordinator, former: Camera | None, camera: Camera
) -> None:
    """Register a camera, or bring its device up to date with its name, model and room.

    One that its user has put elsewhere stays there.
    """
    if former is not None and _facts(former) == _facts(camera):
        return
    device = _async_update(coordinator, _camera_info(coordinator, camera))
    if former is None or former.room == camera.room:
        return
    areas = ar.async_get(coordinator.hass)
    area = areas.async_get_area_by_name(former.room) if former.room else None
    if device.area_id == (area.id if area else None):
        area_id = areas.async_get_or_create(camera.room).id if camera.room else None
        dr.async_get(coordinator.hass).async_update_device(device.id, area_id=area_id)


@callback
def async_update_credential_device(coordinator: NestMTXCoordinator, credential: Credential) -> None:
    """Register a credential, or bring its device up to date with its name."""
    _async_update(coordinator, _credential_info(coordinator, credential))


def _facts(camera: Camera) -> tuple[str | int | None, ...]:
    """What shows in a camera's device."""
    return camera.id, camera.name, camera.model, camera.room


@callback
def _async_update(coordinator: NestMTXCoordinator, info: DeviceInfo) -> DeviceEntry:
    return dr.async_get(coordinator.hass).async_get_or_create(
        config_entry_id=coordinator.config_entry.entry_id, **info
    )


@callback
def async_device_ids(
    coordinator: NestMTXCoordinator, subjects: Iterable[Subject]
) -> frozenset[str]:
    """Return the ids of the devices that there are of some subjects."""
    registry, entry = dr.async_get(coordinator.hass), coordinator.config_entry
    devices = (
        registry.async_get_device_by_identifier(subject.identifier(entry), entry.entry_id)
        for subject in subjects
    )
    return frozenset(device.id for device in devices if device is not None)


@callback
def async_strangers(coordinator: NestMTXCoordinator) -> frozenset[str]:
    """Return the ids of devices of nothing that is known of the server.

    They are from before the start. An empty list says nothing: where the server lists no camera
    at all, no camera's device is a stranger; the same with credentials.
    """
    registry, entry = dr.async_get(coordinator.hass), coordinator.config_entry
    known = _identifiers(coordinator)
    prefixes = tuple({Subject(kind).unique_id(entry) for kind, _ in coordinator.subjects})
    return frozenset(
        device.id
        for device in dr.async_entries_for_config_entry(registry, entry.entry_id)
        if known.isdisjoint(device.identifiers)
        and any(name.startswith(prefixes) for _, name in device.identifiers)
    )


@callback
def async_remove_devices(coordinator: NestMTXCoordinator, device_ids: Iterable[str]) -> None:
    """Remove devices, and with them their entities."""
    registry = dr.async_get(coordinator.hass)
    for device_id in device_ids:
        registry.async_remove_device(device_id)


def is_stale(coordinator: NestMTXCoordinator, identifiers: Iterable[tuple[str, str]]) -> bool:
    """Return whether the identifiers of a device are of nothing that there is on the server."""
    return _identifiers(coordinator).isdisjoint(identifiers)


def _identifiers(coordinator: NestMTXCoordinator) -> set[tuple[str, str]]:
    """Return the identifiers of all devices that there are to be."""
    subjects = {Subject.server(), *coordinator.subjects}
    return {subject.identifier(coordinator.config_entry) for subject in subjects}
