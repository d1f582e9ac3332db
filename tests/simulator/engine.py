"""The Socket.IO server, with one owner of all its tasks."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, override

import engineio
import socketio

from .tasks import Tasks

MAX_PAYLOAD = 1_000_000
"""Bytes of a message, as recorded: a larger one closes its socket."""


def socket_server(tasks: Tasks, ping_interval: float, ping_timeout: float) -> socketio.AsyncServer:
    """Return a Socket.IO server whose pings and handlers end with `tasks`."""

    class OwnedEngine(engineio.AsyncServer):  # type: ignore[misc]
        """An engine with owned tasks: python-engineio leaves its ping tasks running."""

        @override
        def start_background_task(
            self, target: Callable[..., Coroutine[Any, Any, Any]], *args: Any, **kwargs: Any
        ) -> asyncio.Task[Any]:
            return tasks.spawn(target(*args, **kwargs))

    class OwnedServer(socketio.AsyncServer):  # type: ignore[misc]
        """The same for python-socketio, which gets its engine from here."""

        @override
        def _engineio_server_class(self) -> type[engineio.AsyncServer]:
            return OwnedEngine

    return OwnedServer(
        async_mode="aiohttp",
        cors_allowed_origins=[],
        monitor_clients=False,
        ping_interval=ping_interval,
        ping_timeout=ping_timeout,
        max_http_buffer_size=MAX_PAYLOAD,
        http_compression=False,
    )
