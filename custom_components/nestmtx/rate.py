"""How much is passed on of what comes too often."""

from dataclasses import dataclass, replace

_MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Rate:
    """Lets so many pass each minute, and counts those that are left out."""

    most: int
    passed: int = 0
    left_out: int = 0
    """How many were left out in this minute."""
    ends_at: float = 0.0
    """When this minute is over, by a monotonic clock."""

    @property
    def passes(self) -> bool:
        """Whether the last one passed."""
        return not self.left_out

    def after(self, now: float) -> Rate:
        """Return the rate after one more."""
        if now >= self.ends_at:
            return Rate(self.most, passed=1, ends_at=now + _MINUTE)
        if self.passed < self.most:
            return replace(self, passed=self.passed + 1)
        return replace(self, left_out=self.left_out + 1)
