"""The websockets that the Socket.IO library opens, and forgets when a peer falls silent.

What is not public of aiohttp's websockets is used here only: the history of redirects.
"""

import asyncio
from typing import TYPE_CHECKING, Any

import aiohttp

if TYPE_CHECKING:
    from collections.abc import Callable

_MESSAGES = frozenset({aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY})
_PING = "2"
"""How a message of Engine.IO begins that is answered by its own text."""
_PONG_SIZE = 500
"""Bytes that an answer takes at least while it waits to be sent."""
MAX_UNREAD_PONGS = 1024 * 1024
"""Bytes of answers that wait for a peer to read them."""
MAX_IN_A_ROW = 16
"""Messages that are received before other tasks run: those of a burst are there at once."""


class Websocket:
    """A websocket that hands its messages to `handle` first, and limits what is owed to its peer.

    `handle(data)` returns whether the message is dealt with: the library would make a task of it.
    `pause()` returns for how many seconds nothing more is to be read. The library keeps all pongs
    until the peer reads them.
    """

    def __init__(
        self,
        websocket: aiohttp.ClientWebSocketResponse,
        handle: Callable[[str | bytes], bool],
        pause: Callable[[], float],
    ) -> None:
        """Nothing waits yet."""
        self._websocket = websocket
        self._handle = handle
        self._pause = pause
        self._received = 0
        self._owed = 0

    def __getattr__(self, name: str) -> Any:
        """Be a websocket in all other respects."""
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
        """Return the next message; other tasks run now and then, though all messages are there."""
        self._received += 1
        if self._received % MAX_IN_A_ROW == 0:
            await asyncio.sleep(0)
        return await self._websocket.receive()

    async def send_str(self, data: str) -> None:
        """Send a text, and wait until the peer takes more."""
        await self._websocket.send_str(data)
        self._owed = 0


class WebsocketOpener:
    """Stands in for the aiohttp session that the library is given; closes what it opened.

    The library keeps a websocket that is not open yet where nobody can reach it, and drops one
    whose peer does not answer without closing it.
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        handle: Callable[[str | bytes], bool],
        pause: Callable[[], float],
    ) -> None:
        """Nothing is open yet; the session stays its owner's. For the rest see `Websocket`."""
        self._http = http
        self._handle = handle
        self._pause = pause
        self._websockets: list[aiohttp.ClientWebSocketResponse] = []

    @property
    def closed(self) -> bool:
        """Whether the session is closed."""
        return self._http.closed

    async def ws_connect(self, url: str, **options: Any) -> Websocket:
        """Open a websocket. Raises aiohttp.ClientError, also where the server redirects.

        aiohttp follows redirects and has no option against it: the token must not go elsewhere.
        """
        websocket: aiohttp.ClientWebSocketResponse = await self._http.ws_connect(url, **options)
        self._websockets.append(websocket)
        if websocket._response.history:  # noqa: SLF001
            raise aiohttp.ClientConnectionError("The server redirects")
        return Websocket(websocket, self._handle, self._pause)

    async def close(self, timeout: float) -> None:
        """Close all websockets; a peer that does not take part in it is waited for no longer."""
        try:
            async with asyncio.timeout(timeout):
                await asyncio.gather(*(websocket.close() for websocket in self._websockets))
        except TimeoutError, aiohttp.ClientError, OSError:
            # A close that is cancelled, or fails, has let go of the socket all the same.
            pass
        self._websockets.clear()
