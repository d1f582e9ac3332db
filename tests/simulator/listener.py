"""An HTTP port that can be closed as abruptly as by a killed process."""

import asyncio
from collections.abc import Iterable
import socket
from typing import Any, Protocol

from aiohttp import web
from aiohttp.typedefs import Handler
from aiohttp.web_app import _cached_build_middleware

_GRACE = 0.5
"""Seconds for handlers to notice that their connection has ended."""


class Listening(Protocol):
    """A listening socket."""

    def fileno(self) -> int:
        """Return its file descriptor."""


async def stop_accepting(sockets: Iterable[Listening]) -> None:
    """Stop accepting connections; return when the accepted ones are established.

    Closing a server during an accept fails.
    """
    for listening in sockets:
        asyncio.get_running_loop().remove_reader(listening.fileno())
    await asyncio.sleep(0)


class Listener:
    """Serves an application on one port; `close` leaves no sockets or tasks."""

    def __init__(self, app: web.Application) -> None:
        """Initialize, and track the application's requests."""
        self._handling: set[asyncio.Task[Any]] = set()
        self._sockets: list[socket.socket] = []
        app.middlewares.append(self._watch)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)

    async def open(self, host: str, port: int) -> int:
        """Listen, and return the port; port 0 selects a free one."""
        await self._runner.setup()
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family)
        await web.SockSite(self._runner, listening).start()
        self._sockets.append(listening)
        bound: int = listening.getsockname()[1]
        return bound

    async def drop(self) -> None:
        """Stop listening, and abort every connection."""
        sockets, self._sockets = self._sockets, []
        await stop_accepting(sockets)
        for site in self._runner.sites:
            await site.stop()
        server = self._runner.server
        for connection in server.connections if server else []:
            if connection.transport is not None:
                connection.transport.abort()

    async def cancel(self) -> None:
        """Cancel the handlers of held requests, which don't end with their connection."""
        for task in (handling := self._handling - {asyncio.current_task()}):
            task.cancel()
        if handling:
            await asyncio.wait(handling)

    async def close(self) -> None:
        """Abort everything, and wait until its handlers have ended."""
        await self.drop()
        handling = self._handling - {asyncio.current_task()}
        if handling:
            _, stuck = await asyncio.wait(handling, timeout=_GRACE)
            for task in stuck:
                task.cancel()
        await self._runner.cleanup()
        # The cache keeps every application with a middleware, and its references.
        _cached_build_middleware.cache_clear()

    @web.middleware
    async def _watch(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        task = asyncio.current_task()
        if task is not None:
            self._handling.add(task)
            task.add_done_callback(self._handling.discard)
        return await handler(request)
