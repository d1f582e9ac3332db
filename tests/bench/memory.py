"""The memory of a camera, and memory left behind by events."""

from collections.abc import AsyncGenerator
import gc
import sys
import tracemalloc

import psutil

from .lives import ROUND
from .scene import OURS, scene
from .table import Figure, Goal, Line

_FEW, _MANY = 20, 70
_EVENTS = 200_000
_EVENTS_QUICK = 20_000
_WARM_UP = 0.1
"""The share of the events after which everything has happened many times."""


async def memory(rounds: int) -> AsyncGenerator[Line]:
    """Measure the memory that the process keeps of events, and allocates for a camera.

    The first has to be the first of all that a process does: memory that was freed before is used
    again, and hides what grows.
    """
    events = _EVENTS if rounds >= 7 else _EVENTS_QUICK
    before, after = await _kept(events)
    for what, less, more in zip(("memory", "memory blocks"), before, after, strict=True):
        growth = 100 * (more - less) / less
        yield Figure(
            f"{what.capitalize()} growth, {events:,} events", growth, "%", goal=Goal("<", 5)
        )
    few, many = await _allocated(_FEW), await _allocated(_MANY)
    yield Figure("Memory per camera", (many - few) / (_MANY - _FEW) / 1024, "KiB")


async def _allocated(cameras: int) -> int:
    """Return the bytes allocated by setting up an entry and by its cameras' lives."""
    tracemalloc.start()
    async with scene(cameras) as here:
        await here.source.send(OURS)
        await here.ask()
        gc.collect()
        allocated, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return allocated


async def _kept(events: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the memory in use after some of the events, and after all of them."""
    async with scene(50) as here:
        warm = (0, 0)
        for sent in range(0, events, ROUND):
            await here.source.send(OURS)
            await here.ask()
            if not any(warm) and sent >= _WARM_UP * events:
                warm = _in_use()
        return warm, _in_use()


def _in_use() -> tuple[int, int]:
    """Return the bytes held by the process, and the number of allocated blocks."""
    gc.collect()
    return psutil.Process().memory_info().rss, sys.getallocatedblocks()
