"""A reader in a task, and the simulated server's view of its readers."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from custom_components.nestmtx.client import NestMTXError
from tests.simulator import Simulator

type Read = Callable[[str], Reading]
"""Starts reading a path."""


class Reading:
    """A reader, and how often it reported that its stream is ready."""

    def __init__(self, read: Callable[[Callable[[], None]], Coroutine[Any, Any, None]]) -> None:
        """Start reading."""
        self.opened = 0
        self.task = asyncio.create_task(read(self._opened))

    def _opened(self) -> None:
        self.opened += 1

    async def cancel(self) -> None:
        """Stop reading."""
        self.task.cancel()
        with suppress(asyncio.CancelledError, NestMTXError):
            await self.task


def readers(simulator: Simulator, path: str = "front") -> list[str]:
    """Return the query of each reader of a path."""
    life = simulator._lives._life(path)
    return [reader.query for reader in life.readers.values()] if life else []
