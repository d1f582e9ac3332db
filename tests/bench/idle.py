"""The cost of an idle entry."""

import asyncio
from collections.abc import AsyncGenerator

from tests.soak.home_assistant import home, loaded

from .meter import cpu
from .source import source
from .table import Figure, Line

_CAMERAS = 20
_MINUTE = 60.0
_LOG = 7.5
"""Seconds between two lines of the server's log."""


async def idle(rounds: int) -> AsyncGenerator[Line]:
    """Measure a minute, within which every periodic task runs once.

    With fewer rounds than usual, measure a third of it, possibly without periodic tasks.
    """
    seconds = _MINUTE if rounds >= 7 else _MINUTE / 3
    async with source(_CAMERAS, idle_log=_LOG) as server, home() as hass:
        alone = await cpu(lambda: asyncio.sleep(seconds / 6)) * 6
        async with loaded(hass, server.address.host, server.address.port):
            # Wait for the end of connecting, as the first lists are fetched again after the lag.
            await asyncio.sleep(1)
            ours = await cpu(lambda: asyncio.sleep(seconds))
    hours = 3600 / seconds
    yield Figure(
        f"CPU per hour at rest, {_CAMERAS} cameras",
        *(ours * hours, "s", alone * hours, "without it"),
    )
