"""A rate limit, as an immutable value."""

from dataclasses import dataclass, field, replace

MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class RateLimit:
    """Lets `limit` hits pass in each period, and counts those left out."""

    limit: int
    period: float = field(default_factory=lambda: MINUTE)
    """Seconds."""
    passed: int = 0
    left_out: int = 0
    """Hits left out in this period."""
    ends_at: float = 0.0
    """When this period ends, by a monotonic clock."""

    @property
    def passes(self) -> bool:
        """Whether the last hit passed."""
        return not self.left_out

    def hit(self, now: float) -> RateLimit:
        """Return the rate limit after another hit; `now` is from a monotonic clock."""
        if now >= self.ends_at:
            return RateLimit(self.limit, self.period, passed=1, ends_at=now + self.period)
        if self.passed < self.limit:
            return replace(self, passed=self.passed + 1)
        return replace(self, left_out=self.left_out + 1)
