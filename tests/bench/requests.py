"""The number of requests answered in a second."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
import time

from .meter import Pair, alternating
from .scene import Scene, scene
from .table import Figure, Goal, Line

_REQUESTS = 400


async def requests(rounds: int) -> AsyncGenerator[Line]:
    """Send requests one after another, and many at a time."""
    async with scene(1) as here:
        for at_a_time in (1, 100):
            rates, costs = await _measured(here, at_a_time, rounds)
            what = f"{at_a_time} at a time"
            goal = Goal(">=", 0.85)
            yield Figure.compared(f"Requests per second, {what}", rates, "/s", "bare", goal)
            yield Figure.compared(f"CPU per request, {what}", costs, "ms", "bare")


async def _measured(here: Scene, at_a_time: int, rounds: int) -> tuple[Pair, Pair]:
    costs: tuple[list[float], list[float]] = ([], [])

    async def measure(ask: Callable[[], Awaitable[object]], cost: list[float]) -> float:
        before, begin = time.process_time(), time.monotonic()
        await asyncio.gather(*(_one_by_one(ask, _REQUESTS // at_a_time) for _ in range(at_a_time)))
        cost.append(1000 * (time.process_time() - before) / _REQUESTS)
        return _REQUESTS / (time.monotonic() - begin)

    rates = await alternating(
        rounds,
        lambda: measure(here.ask, costs[0]),
        lambda: measure(here.bare.ask, costs[1]),
    )
    return Pair(*rates), Pair(*(tuple(each[1:]) for each in costs))


async def _one_by_one(ask: Callable[[], Awaitable[object]], count: int) -> None:
    for _ in range(count):
        await ask()
