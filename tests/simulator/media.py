"""MediaMTX's HLS server: whoever asks for a playlist becomes a reader of that path."""

import asyncio
from datetime import UTC, datetime
from typing import Final

from aiohttp import web

from . import picture
from .faults import Faults
from .film import Film
from .listener import Listener
from .lives import Lives
from .records import elapsed, wall_clock
from .streams import Reader, StreamUnavailable
from .tasks import Tasks
from .times import Times

_SEGMENTS: Final = 6
"""How many seconds a playlist reaches back."""
_KEPT: Final = 20
"""Seconds for which a segment can be asked for."""
_COOKIE: Final = "cookieCheck"
"""The name of the cookie that is tried, and of the parameter that says so."""
_NO_CACHE: Final = {"Cache-Control": "no-cache", "Access-Control-Allow-Origin": "*"}


class Muxer:
    """The one HLS reader that a path has, however many clients there are; its id is empty."""

    def __init__(self, path: str, query: str, lives: Lives, times: Times) -> None:
        """The query is that of the first request."""
        self.opened = asyncio.Event()
        self._path = path
        self._reader = Reader("hlsMuxer", query, id="")
        self._lives = lives
        self._times = times
        self._last_request = elapsed()

    @property
    def over(self) -> bool:
        """Whether the stream that it read is gone."""
        return self.opened.is_set() and self._lives.picture(self._path) is None

    def touch(self) -> None:
        """Count as a reader for longer."""
        self._last_request = elapsed()

    async def run(self) -> None:
        """Read until nobody has asked for a while."""
        try:
            await self._lives.open(self._path, self._reader)
            self.opened.set()
            left = self._left
            while left > 0 and not self.over:
                await asyncio.sleep(left)
                left = self._left
            await self._lives.close(self._path, self._reader.id)
        except StreamUnavailable:
            return
        finally:
            self.opened.set()

    @property
    def _left(self) -> float:
        return self._last_request + self._times.hls_reader_timeout - elapsed()


class Media:
    """One opening of the HLS port."""

    def __init__(self, faults: Faults, times: Times, lives: Lives, film: Film) -> None:
        """Not yet open."""
        self._faults = faults
        self._times = times
        self._lives = lives
        self._film = film
        self._tasks = Tasks()
        self._muxers: dict[str, Muxer] = {}
        app = web.Application()
        app.router.add_get("/{path:.+}/index.m3u8", self._on_index)
        app.router.add_get("/{path:.+}/stream.m3u8", self._on_playlist)
        app.router.add_get("/{path:.+}/{second:\\d+}.ts", self._on_segment)
        self._listener = Listener(app)

    async def open(self, host: str, port: int) -> int:
        """Listen; answers the port."""
        return await self._listener.open(host, port)

    async def close(self) -> None:
        """Let go of everybody, held requests included."""
        await self._listener.drop()
        await self._tasks.end()
        await self._listener.close()

    async def _on_index(self, request: web.Request) -> web.Response:
        """Held until there is a stream, as MediaMTX holds it."""
        if self._faults.hls_redirects and _COOKIE not in {*request.cookies, *request.query}:
            return _redirect(request)
        path = request.match_info["path"]
        muxer = self._muxers.get(path)
        if muxer is None or muxer.over:
            muxer = Muxer(path, request.query_string, self._lives, self._times)
            self._muxers[path] = muxer
            self._tasks.spawn(self._run(path, muxer))
        muxer.touch()
        await muxer.opened.wait()
        if self._lives.picture(path) is None:
            return _gone(f"no stream is available on path '{path}'")
        return _playlist(multivariant_playlist())

    async def _run(self, path: str, muxer: Muxer) -> None:
        try:
            await muxer.run()
        finally:
            if self._muxers.get(path) is muxer:
                del self._muxers[path]

    async def _on_playlist(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        if not self._touched(path):
            return _gone("muxer not found")
        return _playlist(media_playlist(self._newest(path)))

    async def _on_segment(self, request: web.Request) -> web.Response:
        path, second = request.match_info["path"], int(request.match_info["second"])
        scene = self._lives.scene(path, second)
        if not self._touched(path) or scene is None:
            return _gone("muxer not found")
        if not 0 <= self._newest(path) - second <= _KEPT:
            return _gone("segment not found")
        data = await self._film.segment(scene)
        return web.Response(body=data, content_type="video/MP2T", headers=_NO_CACHE)

    def _newest(self, path: str) -> int:
        return int(min(wall_clock(), self._lives.stalled_since(path)))

    def _touched(self, path: str) -> bool:
        muxer = self._muxers.get(path)
        if muxer is None or muxer.over:
            return False
        muxer.touch()
        return True


def multivariant_playlist() -> str:
    """The multivariant playlist."""
    size = f"{picture.WIDTH}x{picture.HEIGHT}"
    return (
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-INDEPENDENT-SEGMENTS\n\n"
        f'#EXT-X-STREAM-INF:BANDWIDTH=800000,CODECS="avc1.42c01e",RESOLUTION={size},'
        f"FRAME-RATE={picture.RATE}.000\nstream.m3u8\n"
    )


def media_playlist(now: int) -> str:
    """The playlist of a second: all that is needed to play at once."""
    first = now - _SEGMENTS
    begin = datetime.fromtimestamp(first, UTC).isoformat(timespec="milliseconds")
    entries = "".join(f"#EXTINF:1.00000,\n{second}.ts\n" for second in range(first, now))
    return (
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n"
        f"#EXT-X-MEDIA-SEQUENCE:{first}\n#EXT-X-PROGRAM-DATE-TIME:{begin}\n{entries}"
    )


def _playlist(text: str) -> web.Response:
    return web.Response(text=text, content_type="application/vnd.apple.mpegurl", headers=_NO_CACHE)


def _redirect(request: web.Request) -> web.Response:
    location = request.rel_url.update_query({_COOKIE: "1"})
    answer = web.Response(status=302, headers={**_NO_CACHE, "Location": str(location)})
    answer.set_cookie(_COOKIE, "1", httponly=True)
    return answer


def _gone(reason: str) -> web.Response:
    return web.json_response({"error": reason}, status=404, headers=_NO_CACHE)
