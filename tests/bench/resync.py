"""The cost of a resync without changes."""

import asyncio
from collections.abc import AsyncGenerator
from statistics import median
from unittest.mock import patch

from custom_components.nestmtx.client.connection.fetch import PAGE_SIZE

from .meter import compared, cpu
from .scene import Scene, scene
from .table import Figure, Goal, Line
from .writes import recording

_CAMERAS = 500
_MILLISECONDS = 1000 * 100 / _CAMERAS
"""Goal for 100 cameras."""


async def resync(here: Scene) -> None:
    """Fetch everything, and wait for the end."""
    coordinator = here.entry.runtime_data.coordinator
    done = asyncio.Event()
    former = coordinator.on_resync

    def on_resync() -> None:
        former()
        done.set()

    with patch.object(coordinator, "on_resync", on_resync):
        coordinator.client._sync.resync_soon()
        await done.wait()


async def resyncs(rounds: int) -> AsyncGenerator[Line]:
    """Count the state writes, and compare with fetching the same pages."""
    async with scene(_CAMERAS) as here:

        async def fetch() -> None:
            for page in range(1, _CAMERAS // PAGE_SIZE + 1):
                await here.bare.ask("cameras", {"page": page, "itemsPerPage": PAGE_SIZE})
            await here.bare.ask("credentials")

        with recording() as writes:
            pair = await compared(rounds, lambda: cpu(lambda: resync(here)), lambda: cpu(fetch))
    yield Figure("States written by resyncs, nothing changed", len(writes), "", goal=Goal("<=", 0))
    pair = pair.times(_MILLISECONDS)
    what = "CPU per resync of 100 cameras"
    yield Figure(what, median(pair.ours), "ms", goal=Goal("<", 25))
    yield Figure.compared(f"{what}, compared with fetching", pair, "ms", "bare")
