"""How long a camera has been awake today, as immutable values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from homeassistant.util import dt as dt_util


@dataclass(frozen=True, slots=True)
class AwakeTime:
    """Seconds awake on the local day of `at`, counted up to `at`."""

    seconds: float
    at: datetime

    def counted(self, now: datetime, *, is_awake: bool) -> Self:
        """Return the time counted up to `now`; `is_awake` applies to the whole time since `at`."""
        midnight = dt_util.start_of_local_day(dt_util.as_local(now))
        seconds = self.seconds if self.at >= midnight else 0.0
        if is_awake:
            seconds += max(0.0, (now - max(self.at, midnight)).total_seconds())
        return type(self)(seconds, now)

    def as_dict(self) -> dict[str, Any]:
        """Return the values to store."""
        return {"seconds": self.seconds, "at": self.at.isoformat()}


def stored_awake_time(stored: Mapping[str, Any]) -> AwakeTime | None:
    """Return the stored time; None if it is missing or invalid."""
    seconds, at = stored.get("seconds"), dt_util.parse_datetime(str(stored.get("at")))
    if not isinstance(seconds, int | float) or at is None:
        return None
    return AwakeTime(seconds, at)


def resumed(time: AwakeTime, now: datetime, since: datetime | None) -> AwakeTime:
    """Return the time counted up to `now` after a gap, such as a restart.

    `since` is when the running stream began; None if none is running.
    """
    if since is None:
        return time.counted(now, is_awake=False)
    begin = min(max(since, time.at), now)
    return time.counted(begin, is_awake=False).counted(now, is_awake=True)
