"""The integration's devices, as Home Assistant's registries list them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

CAMERA = "camera.camera"

type Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Device:
    """A device and its enabled entities, by domain and key, such as sensor.status."""

    name: str
    entities: Mapping[str, str]


def devices(platform: str, entity_rows: Iterable[Row], device_rows: Iterable[Row]) -> list[Device]:
    """Join the registries for one integration, in the order of the devices' names."""
    entities: dict[str, dict[str, str]] = {}
    for row in entity_rows:
        if row["platform"] == platform and not row["disabled_by"] and not row["hidden_by"]:
            entities.setdefault(row["device_id"], {})[key(row)] = row["entity_id"]
    found = (
        Device(
            name=str(row["name_by_user"] or row["name"]),
            entities=entities[row["id"]],
        )
        for row in device_rows
        if row["id"] in entities
    )
    return sorted(found, key=lambda device: device.name.casefold())


def key(entity_row: Row) -> str:
    """Name an entity by what it shows; the main entity of a device has no key of its own."""
    domain: str = entity_row["entity_id"].partition(".")[0]
    translation_key = entity_row["translation_key"]
    return f"{domain}.{translation_key}" if translation_key else domain
