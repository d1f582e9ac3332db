"""Limits the rate of events: Home Assistant writes a state to its database for each."""


class Pace:
    """Allows `burst` events at once, and a sustained `rate` per second.

    The Generic Cell Rate Algorithm (ITU-T I.371): one number, no timer. Unread events wait at the
    sender. Times are seconds of a monotonic clock.
    """

    def __init__(self, rate: float, burst: float) -> None:
        """Initialize before the first event."""
        self._interval = 1 / rate
        self._tolerance = burst / rate
        self._due = float("-inf")

    def count(self, now: float) -> None:
        """Count an event."""
        self._due = max(self._due, now - self._tolerance) + self._interval

    def pause(self, now: float) -> float:
        """Return for how many seconds to stop reading."""
        return max(0.0, self._due - now)
