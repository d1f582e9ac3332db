"""Which of the cameras that a server lists are taken over, so that no server fills the registries.

Home Assistant remembers areas for good, and deleted entities for as long as their entry is there.
"""

from collections.abc import Mapping
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .const import LOGGER
from .rate_limit import RateLimit

MAX_NEW_OBJECTS: Final = 600
"""Cameras, and as many credentials, a day beside those of the first list. The others wait."""
MAX_REMEMBERED: Final = 10_000
"""Deleted entities of an entry with which nothing new is taken over: those of some 500 cameras."""
MAX_NEW_AREAS: Final = 60
"""Areas a day that rooms make which change. A camera whose room would be one more stays."""
DAY: Final = 24 * 3600.0


class Admission:
    """Takes over all of the first list, and some more a day; what was once taken over stays."""

    def __init__(self, kind: str) -> None:
        """Nothing was listed yet."""
        self._kind = kind
        self._admitted: set[str] = set()
        self._rate_limit = RateLimit(MAX_NEW_OBJECTS, DAY)
        self._has_warned = False

    def admit(self, ids: Mapping[str, int], now: float, remembered: int = 0) -> dict[str, int]:
        """Return the ids, by key, that are taken over.

        `now` is of a monotonic clock, `remembered` the number of entities that were deleted.
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
                "The server lists more new %s than are taken over: %s a day, and none after %s"
                " deleted entities. The others wait",
                self._kind,
                MAX_NEW_OBJECTS,
                MAX_REMEMBERED,
            )
        return admitted


def deleted_entities(hass: HomeAssistant, entry_id: str) -> int:
    """Return how many deleted entities of an entry Home Assistant remembers."""
    deleted = er.async_get(hass).deleted_entities.values()
    return sum(each.config_entry_id == entry_id for each in deleted)
