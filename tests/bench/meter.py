"""How often things are measured, and how two of them are compared."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import astuple, dataclass
import gc
from statistics import median
import time

type Measure = Callable[[], Awaitable[float]]
"""Does something once; returns what that costs, or how much of it there is."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Our figures and those of the reference, round by round."""

    ours: tuple[float, ...]
    reference: tuple[float, ...]

    def times(self, factor: float) -> Pair:
        """Return the figures in another unit."""
        return Pair(*(tuple(factor * each for each in side) for side in astuple(self)))

    @property
    def ratio(self) -> float:
        """The median of the rounds' ratios: what else the machine does concerns both of a round."""
        return median(one / other for one, other in zip(self.ours, self.reference, strict=True))


async def alternating(rounds: int, *measures: Measure) -> list[tuple[float, ...]]:
    """Measure in turn; returns the figures of each, round by round.

    Each is measured once before, unheeded: caches are filled then.
    """
    taken: list[list[float]] = [[] for _ in measures]
    for number in range(rounds + 1):
        for measure, figures in zip(measures, taken, strict=True):
            # What one of them leaves behind is not collected at another one's cost.
            gc.collect()
            figure = await measure()
            if number:
                figures.append(figure)
    return [tuple(figures) for figures in taken]


async def compared(rounds: int, ours: Measure, reference: Measure) -> Pair:
    """Measure two things in turn."""
    return Pair(*await alternating(rounds, ours, reference))


async def cpu(act: Callable[[], Awaitable[object]]) -> float:
    """Return the seconds of the processor, in all threads of this process, that something takes."""
    before = time.process_time()
    await act()
    return time.process_time() - before


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that so many of all are not above."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]
