"""python-socketio's client, and all uses of its private API.

`tests/client/test_socketio.py` fails if one of these private parts changes. They are, with the
problem that each solves:

- `AsyncClient.eio`, its handler `message` and `AsyncClient._handle_eio_message`: a packet that the
  library cannot parse raises in a task that is not awaited, and the connection stays open.
- `AsyncClient.eio.read_loop_task`: a transport that ends before the library counts as connected
  is not reported by any event.
- `AsyncClient.eio.write_loop_task`: both loops keep running after a `disconnect` that timed out.
- `engineio.base_client.connected_clients`: the library never removes clients that it did not
  disconnect itself.
"""

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import aiohttp
from engineio import json
from engineio.base_client import connected_clients
from engineio.exceptions import EngineIOError
import socketio
from socketio.exceptions import SocketIOError

if TYPE_CHECKING:
    from collections.abc import Callable

    from .websocket import WebsocketOpener

_LOGGER = logging.getLogger(__name__)

# The library logs whole packets, including tokens and passwords: discard its log.
_WIRE_LOGGER = logging.getLogger(f"{__name__}.wire")
_WIRE_LOGGER.addHandler(logging.NullHandler())
_WIRE_LOGGER.propagate = False
_WIRE_LOGGER.setLevel(logging.CRITICAL)

LIBRARY_ERRORS = (
    SocketIOError,
    EngineIOError,
    aiohttp.ClientError,
    OSError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""Exceptions of the library, which parses packets without validating them."""

parse_json = json.loads
"""The library's parser: rejects an integer of over 100 digits."""

MAX_MESSAGE_SIZE = 3 * 1024 * 1024
"""Bytes of a message; a longer one ends the connection.

A camera's row has about 2.5 kB: the maximum of 600 makes 1.5 MB, and the 1000 that an action may
request at once 2.5 MB. Parsing the worst message of this size blocks the event loop for about a
quarter of a second.
"""
CLOSE_TIMEOUT = 0.4
"""Seconds to wait for a disconnect from a server that may be gone."""


class SocketIO:
    """A Socket.IO connection over one websocket, in the default namespace.

    `on_end` is called, possibly more than once, when the connection ends; `on_refused` with the
    server's reason when it refuses the connection.
    """

    def __init__(
        self,
        opener: WebsocketOpener,
        on_end: Callable[..., None],
        on_refused: Callable[..., None],
    ) -> None:
        """Initialize; nothing is opened yet. The caller keeps ownership of the opener."""
        self._on_end = on_end
        self._client = socketio.AsyncClient(
            reconnection=False,
            logger=_WIRE_LOGGER,
            engineio_logger=_WIRE_LOGGER,
            handle_sigint=False,
            http_session=opener,
            request_timeout=CLOSE_TIMEOUT,
            websocket_extra_options={"max_msg_size": MAX_MESSAGE_SIZE},
        )
        self._client.eio.on("message", self._decode)
        self._client.on("disconnect", on_end)
        self._client.on("connect_error", on_refused)

    async def connect(self, url: str, token: str, timeout: float) -> None:
        """Open the connection. Raises LIBRARY_ERRORS, and TimeoutError after `timeout` seconds."""
        async with asyncio.timeout(timeout):
            await self._client.connect(
                url, auth={"token": token}, transports=["websocket"], wait_timeout=timeout
            )

    def watch_transport(self) -> None:
        """Report the end of the transport, even before the library counts as connected."""
        self._client.eio.read_loop_task.add_done_callback(self._on_end)

    async def emit(self, event: str, data: Any) -> None:
        """Send an event. Raises SocketIOError when the connection has ended."""
        await self._client.emit(event, data)

    async def close(self) -> None:
        """End the connection, its tasks in the library, and the library's reference to it."""
        engine = self._client.eio
        loops = [task for task in (engine.read_loop_task, engine.write_loop_task) if task]
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await self._client.disconnect()
        except (TimeoutError, *LIBRARY_ERRORS) as err:
            _LOGGER.debug("The connection was not closed cleanly: %s", type(err).__name__)
        finally:
            for task in loops:
                task.cancel()
            await asyncio.gather(*loops, return_exceptions=True)
            if engine in connected_clients:
                connected_clients.remove(engine)

    async def _decode(self, data: str | bytes) -> None:
        """Let the library parse a packet; end the connection if it cannot."""
        try:
            await self._client._handle_eio_message(data)  # noqa: SLF001
        except LIBRARY_ERRORS as err:
            _LOGGER.debug("The server sent an invalid packet: %s", type(err).__name__)
            self._on_end()
