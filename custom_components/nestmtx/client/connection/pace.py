"""How fast events are read: Home Assistant writes a state for each, into its database, too."""


class Pace:
    """Lets `burst` events pass at once, and `rate` a second for good.

    The Generic Cell Rate Algorithm (ITU-T I.371): one number, no timer. What is not read waits at
    its sender. Times are of a monotonic clock.
    """

    def __init__(self, rate: float, burst: float) -> None:
        """No event has come yet."""
        self._interval = 1 / rate
        self._tolerance = burst / rate
        self._due = float("-inf")

    def count(self, now: float) -> None:
        """Count an event."""
        self._due = max(self._due, now - self._tolerance) + self._interval

    def pause(self, now: float) -> float:
        """Return for how many seconds nothing more is to be read."""
        return max(0.0, self._due - now)
