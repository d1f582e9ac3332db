"""The websockets that the Socket.IO library opens, and forgets when a peer falls silent."""

import asyncio
from typing import Any

import aiohttp


class Transport:
    """Stands in for the aiohttp session that the library is given; closes what it opened.

    The library keeps a websocket that is not open yet where nobody can reach it, and drops one
    whose peer does not answer without closing it.
    """

    def __init__(self, http: aiohttp.ClientSession) -> None:
        """Nothing is open yet; the session stays its owner's."""
        self._http = http
        self._websockets: list[aiohttp.ClientWebSocketResponse] = []

    @property
    def closed(self) -> bool:
        """Whether the session is closed."""
        return self._http.closed

    async def ws_connect(self, url: str, **options: Any) -> aiohttp.ClientWebSocketResponse:
        """Open a websocket. Raises aiohttp.ClientError, also where the server sends elsewhere.

        aiohttp follows a redirect, and tells so nowhere else: what is said then is not for others.
        """
        websocket: aiohttp.ClientWebSocketResponse = await self._http.ws_connect(url, **options)
        self._websockets.append(websocket)
        if websocket._response.history:  # noqa: SLF001
            raise aiohttp.ClientConnectionError("The server sends elsewhere")
        return websocket

    async def close(self, timeout: float) -> None:
        """Close all websockets; a peer that does not take part in it is waited for no longer."""
        try:
            async with asyncio.timeout(timeout):
                await asyncio.gather(*(websocket.close() for websocket in self._websockets))
        except TimeoutError, aiohttp.ClientError, OSError:
            # A close that is cancelled, or fails, has let go of the socket all the same.
            pass
        self._websockets.clear()
