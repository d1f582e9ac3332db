"""The integration's devices, from Home Assistant's registries."""

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
    """Return the devices of one integration with their entities, sorted by name."""
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
    """Return the translation key of an entity; the main entity of a device has none."""
    domain: str = entity_row["entity_id"].partition(".")[0]
    translation_key = entity_row["translation_key"]
    return f"{domain}.{translation_key}" if translation_key else domain
