"""Store in an entry how its server is recognized when it is added under another address."""

from collections.abc import Sequence
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import callback

from .client import row_marks
from .const import CONF_MARKS
from .coordinator import NestMTXCoordinator

MAX_MARKS: Final = 20
"""Marks of the oldest rows, which are the least likely to be deleted."""


@callback
def async_setup_recognition(entry: ConfigEntry, coordinator: NestMTXCoordinator) -> None:
    """Keep the marks of the server's rows up to date until the entry is unloaded."""

    @callback
    def keep() -> None:
        data = coordinator.data
        marks = kept_marks(
            (*row_marks(data.credentials.values()), *row_marks(data.cameras.values()))
        )
        # An empty list doesn't mean another server.
        if marks and marks != entry.data.get(CONF_MARKS):
            coordinator.hass.config_entries.async_update_entry(
                entry, data={**entry.data, CONF_MARKS: marks}
            )

    entry.async_on_unload(coordinator.async_add_listener(keep))


def kept_marks(marks: Sequence[str]) -> list[str]:
    """Return those of the marks of a server's rows that an entry stores."""
    return list(marks[:MAX_MARKS])
