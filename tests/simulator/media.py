"""MediaMTX's HLS server, which cannot play NestMTX's cameras, and only wakes them."""

from typing import Final

from aiohttp import web

from .listener import Listener
from .lives import Lives
from .quirks import Quirks
from .streams import Reader, StreamUnavailable

_COOKIE: Final = "cookieCheck"
"""The name of the cookie that a newer version tests, and of the parameter for it."""
_ANYWHERE: Final = {"Access-Control-Allow-Origin": "*"}


class Media:
    """One opening of the HLS port."""

    def __init__(self, quirks: Quirks, lives: Lives) -> None:
        """Initialize; not open yet."""
        self._quirks = quirks
        self._lives = lives
        app = web.Application()
        app.router.add_get("/{path:.+}/index.m3u8", self._on_playlist)
        app.router.add_get("/{path:.+}/", _on_page)
        self._listener = Listener(app)

    async def open(self, host: str, port: int) -> int:
        """Listen, and return the port."""
        return await self._listener.open(host, port)

    async def close(self) -> None:
        """Close all connections, including held requests."""
        await self._listener.drop()
        await self._listener.cancel()
        await self._listener.close()

    async def _on_playlist(self, request: web.Request) -> web.Response:
        """Read the stream briefly once it is ready, and fail, as it cannot be played.

        MPEG-TS supports neither Opus nor two audio tracks.
        """
        if not self._quirks.mediamtx_1_9 and _COOKIE not in {*request.cookies, *request.query}:
            return _redirect(request)
        path = request.match_info["path"]
        query = "&".join(p for p in request.query_string.split("&") if not p.startswith(_COOKIE))
        reader = Reader("hlsMuxer", query)
        try:
            await self._lives.count(path, reader)
        except StreamUnavailable:
            return self._failed()
        await self._lives.close(path, reader.id)
        return self._failed()

    def _failed(self) -> web.Response:
        if self._quirks.mediamtx_1_9:
            return web.Response(status=404, text="404 page not found", headers=_ANYWHERE)
        body = {"status": "error", "error": "muxer instance not available"}
        return web.json_response(body, status=500, headers=_ANYWHERE)


async def _on_page(_request: web.Request) -> web.Response:
    """Return a page with a player, even without a stream."""
    return web.Response(text="<!DOCTYPE html>\n<video></video>\n", content_type="text/html")


def _redirect(request: web.Request) -> web.Response:
    query = "&".join(filter(None, (f"{_COOKIE}=1", request.query_string)))
    cookie = f"{_COOKIE}=1; HttpOnly; Secure; SameSite=None; Partitioned"
    headers = _ANYWHERE | {"Location": f"{request.path}?{query}", "Set-Cookie": cookie}
    return web.Response(status=302, headers=headers)
