"""Which of the cameras that a server lists are taken over, so that no server fills the registries.

Home Assistant remembers areas for good, and deleted entities for as long as their entry is there.
"""

from collections.abc import Mapping
from typing import Final

from .const import LOGGER
from .rate_limit import RateLimit

MAX_NEW_OBJECTS: Final = 600
"""Cameras, and as many credentials, a day beside those of the first list. The others wait."""
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

    def admit(self, ids: Mapping[str, int], now: float) -> dict[str, int]:
        """Return the ids, by key, that are taken over; `now` is of a monotonic clock."""
        new = [key for key in ids if key not in self._admitted]
        if not self._admitted:
            self._admitted.update(new)
        else:
            for key in new:
                self._rate_limit = self._rate_limit.hit(now)
                if self._rate_limit.passes:
                    self._admitted.add(key)
        admitted = {key: row_id for key, row_id in ids.items() if key in self._admitted}
        if len(admitted) < len(ids) and not self._has_warned:
            self._has_warned = True
            LOGGER.warning(
                "The server lists more new %s than %s a day: the others wait",
                self._kind,
                MAX_NEW_OBJECTS,
            )
        return admitted
