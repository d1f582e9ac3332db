"""Repeat measurements in rounds, and compare two of them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import astuple, dataclass
import gc
from statistics import median
import time

_TICK = 0.001
"""Seconds between two looks at the event loop."""

type Measure = Callable[[], Awaitable[float]]
"""Does something once; returns its cost or amount."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Our figures and the reference's, by round."""

    ours: tuple[float, ...]
    reference: tuple[float, ...]

    def times(self, factor: float) -> Pair:
        """Return the figures in another unit."""
        return Pair(*(tuple(factor * each for each in side) for side in astuple(self)))

    @property
    def ratio(self) -> float:
        """The median of the rounds' ratios, as other load affects both figures of a round."""
        return median(one / other for one, other in zip(self.ours, self.reference, strict=True))


async def alternating(rounds: int, *measures: Measure) -> list[tuple[float, ...]]:
    """Measure in turn; return the figures of each, by round.

    Each is measured once before, unheeded: caches are filled then.
    """
    taken: list[list[float]] = [[] for _ in measures]
    for number in range(rounds + 1):
        for measure, figures in zip(measures, taken, strict=True):
            # Don't collect one measurement's garbage at the cost of another.
            gc.collect()
            figure = await measure()
            if number:
                figures.append(figure)
    return [tuple(figures) for figures in taken]


async def compared(rounds: int, ours: Measure, reference: Measure) -> Pair:
    """Measure two things in turn."""
    return Pair(*await alternating(rounds, ours, reference))


async def cpu(act: Callable[[], Awaitable[object]]) -> float:
    """Return the CPU seconds that something takes, in all threads of this process."""
    before = time.process_time()
    await act()
    return time.process_time() - before


async def longest_block(act: Callable[[], Awaitable[object]]) -> float:
    """Return the longest time in seconds for which something blocks the event loop."""
    loop = asyncio.get_running_loop()
    longest, former = 0.0, loop.time()

    def tick() -> None:
        nonlocal longest, former, handle
        now = loop.time()
        longest, former = max(longest, now - former), now
        handle = loop.call_later(_TICK, tick)

    handle = loop.call_later(_TICK, tick)
    try:
        await act()
    finally:
        handle.cancel()
    return max(longest, loop.time() - former)


def percentile(values: Sequence[float], share: float) -> float:
    """Return a percentile."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]
