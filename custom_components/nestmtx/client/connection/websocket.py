"""The websockets that the Socket.IO library opens, and loses when a peer goes silent.

This is the only module that uses a private part of aiohttp's websockets: the redirect history.
"""

import asyncio
from typing import TYPE_CHECKING, Any

import aiohttp

if TYPE_CHECKING:
    from collections.abc import Callable

_MESSAGES = frozenset({aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY})
_PING = "2"
"""Prefix of an Engine.IO ping, which is answered with its own text."""
_PONG_SIZE = 500
"""Minimum bytes that a pong takes while it waits to be sent."""
MAX_UNREAD_PONGS = 1024 * 1024
"""Bytes of pongs that wait for a peer to read them."""
MAX_IN_A_ROW = 16
"""Messages received before other tasks run: those of a burst are available at once."""


class Websocket:
    """A websocket that passes its messages to `handle` first, and limits unsent pongs.

    `handle(data)` returns whether it has handled the message; the library creates a task for each
    of the others. `pause()` returns for how many seconds to stop reading. The library keeps all
    pongs until the peer reads them.
    """

    def __init__(
        self,
        websocket: aiohttp.ClientWebSocketResponse,
        handle: Callable[[str | bytes], bool],
        pause: Callable[[], float],
    ) -> None:
        """Initialize without unsent pongs."""
        self._websocket = websocket
        self._handle = handle
        self._pause = pause
        self._received = 0
        self._owed = 0

    def __getattr__(self, name: str) -> Any:
        """Return any other attribute of the websocket."""
        return getattr(self._websocket, name)

    async def receive(self) -> aiohttp.WSMessage:
        """Return the next message for the library. Raises aiohttp.ClientConnectionError."""
        message = await self._receive()
        while message.type in _MESSAGES and self._handle(message.data):
            if (pause := self._pause()) > 0:
                await asyncio.sleep(pause)
            message = await self._receive()
        if message.type is aiohttp.WSMsgType.TEXT and message.data.startswith(_PING):
            self._owed += _PONG_SIZE + len(message.data)
            if self._owed > MAX_UNREAD_PONGS:
                raise aiohttp.ClientConnectionError("The server does not read")
        return message

    async def _receive(self) -> aiohttp.WSMessage:
        """Return the next message; yield regularly even if all messages are already available."""
        self._received += 1
        if self._received % MAX_IN_A_ROW == 0:
            await asyncio.sleep(0)
        return await self._websocket.receive()

    async def send_str(self, data: str) -> None:
        """Send a text, and wait until the peer accepts more."""
        await self._websocket.send_str(data)
        self._owed = 0


class WebsocketOpener:
    """Replaces the library's aiohttp session, and closes the websockets that it opened.

    The library keeps a websocket that is still opening out of reach, and drops one with an
    unresponsive peer without closing it.
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        handle: Callable[[str | bytes], bool],
        pause: Callable[[], float],
    ) -> None:
        """Initialize; the caller keeps ownership of the session. See `Websocket` for the rest."""
        self._http = http
        self._handle = handle
        self._pause = pause
        self._websockets: list[aiohttp.ClientWebSocketResponse] = []

    @property
    def closed(self) -> bool:
        """Whether the session is closed."""
        return self._http.closed

    async def ws_connect(self, url: str, **options: Any) -> Websocket:
        """Open a websocket. Raises aiohttp.ClientError, also if the server redirects.

        aiohttp always follows redirects here, but the token must not be sent elsewhere.
        """
        websocket: aiohttp.ClientWebSocketResponse = await self._http.ws_connect(url, **options)
        self._websockets.append(websocket)
        if websocket._response.history:  # noqa: SLF001
            raise aiohttp.ClientConnectionError("The server redirects")
        return Websocket(websocket, self._handle, self._pause)

    async def close(self, timeout: float) -> None:
        """Close all websockets; wait up to `timeout` seconds for unresponsive peers."""
        try:
            async with asyncio.timeout(timeout):
                await asyncio.gather(*(websocket.close() for websocket in self._websockets))
        except TimeoutError, aiohttp.ClientError, OSError:
            # A cancelled or failed close has released the socket, too.
            pass
        self._websockets.clear()
