"""A limit to how many are passed on of what comes too often."""

from dataclasses import dataclass, field, replace

MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class RateLimit:
    """Lets `limit` pass in each period, and counts those that are left out."""

    limit: int
    period: float = field(default_factory=lambda: MINUTE)
    """Seconds."""
    passed: int = 0
    left_out: int = 0
    """How many were left out in this period."""
    ends_at: float = 0.0
    """When this period is over, by a monotonic clock."""

    @property
    def passes(self) -> bool:
        """Whether the last one passed."""
        return not self.left_out

    def hit(self, now: float) -> RateLimit:
        """Return the rate limit after one more came; `now` is of a monotonic clock."""
        if now >= self.ends_at:
            return RateLimit(self.limit, self.period, passed=1, ends_at=now + self.period)
        if self.passed < self.limit:
            return replace(self, passed=self.passed + 1)
        return replace(self, left_out=self.left_out + 1)
