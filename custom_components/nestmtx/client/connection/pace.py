"""How fast events are read: Home Assistant writes a state for each, into its database, too."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Lets `burst` events pass at once, and `rate` a second for good.

    The Generic Cell Rate Algorithm (ITU-T I.371): one number, no timer. What is not read waits at
    its sender.
    """

    rate: float
    burst: float
    due: float = float("-inf")
    """When the events so far would have come at the rate, by a monotonic clock."""

    def count(self, now: float) -> Pace:
        """Return the pace after one more event."""
        due = max(self.due, now - self.burst / self.rate) + 1 / self.rate
        return Pace(self.rate, self.burst, due)

    def pause(self, now: float) -> float:
        """Return for how many seconds nothing more is to be read."""
        return max(0.0, self.due - now)
