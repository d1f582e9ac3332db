"""Limit how many of a server's cameras are added, so that no server fills the registries.

Home Assistant keeps areas forever, and deleted entities until their config entry is removed.
"""

from collections.abc import Mapping
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .const import LOGGER
from .rate_limit import RateLimit

MAX_NEW_OBJECTS: Final = 600
"""New cameras, and new credentials, a day after those of the first list. The others wait."""
MAX_REMEMBERED: Final = 10_000
"""Deleted entities of an entry beyond which nothing new is added: those of some 500 cameras."""
MAX_NEW_AREAS: Final = 60
"""Areas a day created by changing rooms. Beyond that, a camera stays in its area."""
DAY: Final = 24 * 3600.0


class Admission:
    """Admits all of the first list and a limited number a day; what is admitted stays so."""

    def __init__(self, kind: str) -> None:
        """Start with nothing admitted; `kind` names the objects in the log."""
        self._kind = kind
        self._admitted: set[str] = set()
        self._rate_limit = RateLimit(MAX_NEW_OBJECTS, DAY)
        self._has_warned = False

    def admit(self, ids: Mapping[str, int], now: float, remembered: int = 0) -> dict[str, int]:
        """Return the admitted ids, by key.

        `now` is from a monotonic clock; `remembered` is the number of deleted entities.
        """
        new = [key for key in ids if key not in self._admitted]
        if not self._admitted:
            self._admitted.update(new)
        elif remembered < MAX_REMEMBERED:
            for key in new:
                self._rate_limit = self._rate_limit.hit(now)
                if self._rate_limit.passes:
                    self._admitted.add(key)
        admitted = {key: row_id for key, row_id in ids.items() if key in self._admitted}
        if len(admitted) < len(ids) and not self._has_warned:
            self._has_warned = True
            LOGGER.warning(
                "Too many new %s on the server. At most %s are added per day, and none after %s"
                " deleted entities",
                self._kind,
                MAX_NEW_OBJECTS,
                MAX_REMEMBERED,
            )
        return admitted


def deleted_entities(hass: HomeAssistant, entry_id: str) -> int:
    """Return how many deleted entities of an entry are in the entity registry."""
    deleted = er.async_get(hass).deleted_entities.values()
    return sum(each.config_entry_id == entry_id for each in deleted)
