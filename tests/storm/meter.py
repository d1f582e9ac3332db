"""What something costs this process, and how long it blocks the loop meanwhile."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
import time

_STEP = 0.005


@dataclass(slots=True)
class Cost:
    """Seconds."""

    cpu: float = 0.0
    """Of the processor, in all threads."""
    lag: float = 0.0
    """The longest that the loop had something to do later than asked for."""


@asynccontextmanager
async def measured() -> AsyncGenerator[Cost]:
    """Measure what happens meanwhile; the measuring costs some, too."""
    cost = Cost()
    watch = asyncio.create_task(_watch(cost))
    before = time.process_time()
    yield cost
    cost.cpu = time.process_time() - before
    watch.cancel()
    await asyncio.wait([watch])


async def _watch(cost: Cost) -> None:
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + _STEP
        await asyncio.sleep(_STEP)
        cost.lag = max(cost.lag, loop.time() - due)
