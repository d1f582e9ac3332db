"""A limit to how many are passed on of what comes too often."""

from dataclasses import dataclass, replace

_MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class RateLimit:
    """Lets `limit` pass each minute, and counts those that are left out."""

    limit: int
    passed: int = 0
    left_out: int = 0
    """How many were left out in this minute."""
    ends_at: float = 0.0
    """When this minute is over, by a monotonic clock."""

    @property
    def passes(self) -> bool:
        """Whether the last one passed."""
        return not self.left_out

    def hit(self, now: float) -> RateLimit:
        """Return the rate limit after one more came; `now` is of a monotonic clock."""
        if now >= self.ends_at:
            return RateLimit(self.limit, passed=1, ends_at=now + _MINUTE)
        if self.passed < self.limit:
            return replace(self, passed=self.passed + 1)
        return replace(self, left_out=self.left_out + 1)
