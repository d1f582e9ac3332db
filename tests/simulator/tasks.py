"""The owner of all background tasks."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class Tasks:
    """Tasks that end with their owner."""

    def __init__(self) -> None:
        """Initialize without tasks."""
        self._running: set[asyncio.Task[Any]] = set()

    def spawn[Result](self, work: Coroutine[Any, Any, Result]) -> asyncio.Task[Result]:
        """Run a coroutine in the background."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def finish(self) -> None:
        """Wait until all tasks have ended."""
        while running := self._running - {asyncio.current_task()}:
            await asyncio.wait(running)

    async def end(self) -> None:
        """Cancel all running tasks, and those that they start meanwhile."""
        while running := self._running - {asyncio.current_task()}:
            for task in running:
                task.cancel()
            await asyncio.wait(running)
