"""Collect all output of Home Assistant, and search it for secrets."""

from collections.abc import Iterable
import json
import logging
from pathlib import Path
import traceback
from typing import Any

from homeassistant.const import EVENT_CALL_SERVICE, MATCH_ALL
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er, issue_registry as ir

ACCOUNTS = frozenset({"core.config_entries", "auth"})
"""Files in which Home Assistant stores accounts."""


class Places:
    """The collected output, by kind of place."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Start listening to all events."""
        self._hass = hass
        self.texts: dict[str, list[str]] = {}
        hass.bus.async_listen(MATCH_ALL, self._on_event)

    def add(self, place: str, *values: Any) -> None:
        """Add the output of a place."""
        texts = (value if isinstance(value, str) else repr(value) for value in values)
        self.texts.setdefault(place, []).extend(texts)

    def add_error(self, err: BaseException) -> None:
        """Add an exception, with its causes."""
        self.add("exceptions", *traceback.format_exception(err))
        if isinstance(err, HomeAssistantError):
            self.add("sentences", str(err), err.translation_placeholders)

    def add_log(self, records: Iterable[logging.LogRecord]) -> None:
        """Add a log, except core's lines that repeat the caller's own data."""
        formatter = logging.Formatter("%(name)s %(message)s")
        for record in records:
            if record.name != "homeassistant.core" or EVENT_CALL_SERVICE not in record.getMessage():
                self.add("log records", formatter.format(record))

    def add_registries(self) -> None:
        """Add the registries of devices, entities and issues."""
        devices, entities = dr.async_get(self._hass), er.async_get(self._hass)
        self.add("devices", *(device.dict_repr for device in devices.devices))
        self.add("entities", *(entry.extended_dict for entry in entities.entities.values()))
        self.add("issues", *(repr(issue) for issue in ir.async_get(self._hass).issues.values()))

    def add_files(self, folder: Path) -> None:
        """Add all files, except those with the entries and the users."""
        for path in folder.rglob("*"):
            if path.is_file() and path.name not in ACCOUNTS:
                self.add("files", f"{path.name} {path.read_bytes()!r}")

    def found(self, secrets: Iterable[str]) -> dict[str, list[str]]:
        """Return the places where secrets are found."""
        needles = {spelling for secret in secrets for spelling in _spellings(secret)}
        return {
            place: leaks
            for place, texts in self.texts.items()
            if (leaks := [text[:2000] for text in texts if any(each in text for each in needles)])
        }

    @callback
    def _on_event(self, event: Event[Any]) -> None:
        # This event of core repeats the caller's own data.
        if event.event_type != EVENT_CALL_SERVICE:
            self.add("events of the bus", event.as_dict())


def _spellings(secret: str) -> set[str]:
    """Return the encodings in which a text may occur."""
    return {secret, json.dumps(secret)[1:-1], repr(secret)[1:-1]}
