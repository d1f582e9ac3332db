"""MediaMTX's WebRTC server: viewers send an offer (WHEP), and receive video over UDP."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Final
import uuid

from aiohttp import web
from aiohttp.typedefs import Handler

from .faults import Faults
from .film import Film
from .listener import Listener
from .lives import Lives
from .peer import BadOffer, Peer, Shown
from .playback import frames
from .quirks import Quirks
from .records import elapsed
from .streams import WEB_RTC_SESSION, Reader, StreamTimedOut, StreamUnavailable
from .tasks import Tasks
from .times import Times
from .trickle import BadFragment, candidates_of
from .world import World

_LOOK: Final = 0.05
"""Seconds between two checks of whether a session continues."""
_FRAGMENT: Final = "application/trickle-ice-sdpfrag"
_ANYWHERE: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Credentials": "true",
}
_PREFLIGHT: Final = _ANYWHERE | {
    "Access-Control-Allow-Methods": "OPTIONS, GET, POST, PATCH, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, If-Match",
}
_EXPOSED: Final = "Access-Control-Expose-Headers"


@dataclass
class Session:
    """A viewer with an answer."""

    path: str
    reader: Reader
    peer: Peer
    left: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    cut_at: float | None = None
    """When its packets stopped coming through, by `elapsed`."""


class Whep:
    """The WebRTC port, from one opening to its closing."""

    def __init__(
        self,
        world: World,
        quirks: Quirks,
        faults: Faults,
        times: Times,
        lives: Lives,
        film: Film,
    ) -> None:
        """Initialize; not open yet."""
        self._quirks = quirks
        self._faults = faults
        self.requests: list[tuple[str, str]] = []
        """Method and path of each request, in the order of arrival."""
        self._world = world
        self._times = times
        self._lives = lives
        self._film = film
        self._tasks = Tasks()
        self._sessions: dict[str, Session] = {}
        app = web.Application(middlewares=[self._noted])
        endpoint, session = "/{path:.+?}/whep", "/{path:.+?}/whep/{secret}"
        app.router.add_options(endpoint, self._on_options)
        app.router.add_post(endpoint, self._on_post)
        app.router.add_options(session, self._on_options)
        app.router.add_patch(session, self._on_patch)
        app.router.add_delete(session, self._on_delete)
        self._listener = Listener(app)

    @property
    def sessions(self) -> tuple[str, ...]:
        """The locations of the open sessions."""
        return tuple(_location(session.path, key) for key, session in self._sessions.items())

    async def cut(self) -> None:
        """Stop the packets of all sessions, as a broken network does. They end later."""
        for session in tuple(self._sessions.values()):
            session.cut_at = elapsed()
            await session.peer.vanish()

    async def open(self, host: str, port: int) -> int:
        """Listen, and return the port."""
        return await self._listener.open(host, port)

    async def close(self) -> None:
        """Close all sessions and held requests, without a word to anyone."""
        await self._listener.drop()
        await self._listener.cancel()
        dropped, self._sessions = self._sessions, {}
        for session in dropped.values():
            await session.peer.vanish()
            session.left.set()
        # A peer cancelled while closing would keep its sockets.
        await self._tasks.finish()
        await self._listener.close()

    @web.middleware
    async def _noted(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.requests.append((request.method, request.path))
        while request.method in self._faults.whep_unanswered:
            await asyncio.sleep(_LOOK)
        return await handler(request)

    async def _on_options(self, request: web.Request) -> web.Response:
        """Answer a browser's preflight, or a request for ICE servers; this wakes no path."""
        response = web.Response(status=204, headers=_PREFLIGHT)
        if "Access-Control-Request-Method" not in request.headers:
            response.headers[_EXPOSED] = "Link"
            self._add_ice_servers(response)
        return response

    async def _on_post(self, request: web.Request) -> web.Response:
        """Answer an offer, held until there is a stream, even if the viewer has disconnected."""
        path = request.match_info["path"]
        if request.content_type != "application/sdp":
            return self._failed(400, "invalid Content-Type")
        reader = Reader(WEB_RTC_SESSION, request.query_string)
        try:
            session, answer = await self._begin(path, reader, await request.text())
        except BadOffer as error:
            return self._failed(400, str(error))
        except StreamTimedOut:
            return self._failed(400, f"source of path '{path}' has timed out")
        except StreamUnavailable:
            return self._failed(404, self._no_stream(path))
        secret = str(uuid.uuid4())
        self._sessions[secret] = session
        self._tasks.spawn(self._run(secret, session))
        headers = _ANYWHERE | {
            _EXPOSED: "ETag, ID, Accept-Patch, Link, Location",
            "ETag": "*",
            "ID": reader.id,
            "Accept-Patch": _FRAGMENT,
            "Location": _location(path, secret) + self._kept_query(request),
        }
        response = web.Response(
            status=201, text=answer, content_type="application/sdp", headers=headers
        )
        self._add_ice_servers(response)
        return response

    async def _begin(self, path: str, reader: Reader, offer: str) -> tuple[Session, str]:
        """Create a session, and return it with its answer; clean up after any error."""
        peer = Peer(Shown(frames(self._film, self._lives, path, at_pace=True)))
        async with AsyncExitStack() as undoing:
            undoing.push_async_callback(peer.close)
            await self._lives.count(path, reader)
            undoing.push_async_callback(self._lives.close, path, reader.id)
            # Only now, because an invalid offer wakes the camera, too.
            await peer.take(offer)
            await asyncio.sleep(self._times.gathering)
            answer = await peer.answer()
            undoing.pop_all()
        return Session(path, reader, peer), answer

    async def _on_patch(self, request: web.Request) -> web.Response:
        if not _is_uuid(request.match_info["secret"]):
            return self._failed(400, "invalid secret")
        if request.content_type != _FRAGMENT:
            return self._failed(400, "invalid Content-Type")
        try:
            candidates = candidates_of(await request.text())
            session = self._session(request)
            if session is None:
                return self._failed(404, "session not found")
            await session.peer.add(candidates)
        except BadFragment as error:
            return self._failed(400 if self._quirks.mediamtx_1_9 else 500, str(error))
        return web.Response(status=204, headers=_ANYWHERE)

    async def _on_delete(self, request: web.Request) -> web.Response:
        if not _is_uuid(request.match_info["secret"]):
            return self._failed(400, "invalid secret")
        session = self._session(request)
        if session is None:
            return self._failed(404, "session not found")
        session.left.set()
        await session.ended.wait()
        return web.Response(status=200, headers=_ANYWHERE)

    async def _run(self, secret: str, session: Session) -> None:
        """Run a session until it ends."""
        try:
            await self._until_over(session)
            if self._sessions.pop(secret, None):
                await self._lives.close(session.path, session.reader.id)
        finally:
            await session.peer.close()
            session.ended.set()

    async def _until_over(self, session: Session) -> None:
        deadline = elapsed() + self._times.handshake_timeout
        while self._lives.reads(session.path, session.reader.id) and not self._is_lost(session):
            if session.peer.connected:
                await self._lives.connect(session.path, session.reader.id)
            is_unheard = session.cut_at is None and not session.peer.connected
            late = elapsed() > deadline and is_unheard
            if late or session.left.is_set():
                return
            await asyncio.sleep(_LOOK)

    def _is_lost(self, session: Session) -> bool:
        """Return whether the viewer has gone; one that only falls silent is missed later."""
        if session.cut_at is None:
            return session.peer.over
        return elapsed() > session.cut_at + self._times.silent_viewer

    def _session(self, request: web.Request) -> Session | None:
        """Return the session with a secret; a newer version ignores the path."""
        session = self._sessions.get(request.match_info["secret"])
        is_there = session and session.path == request.match_info["path"]
        return session if is_there or not self._quirks.mediamtx_1_9 else None

    def _no_stream(self, path: str) -> str:
        if self._quirks.mediamtx_1_9:
            return f"no one is publishing to path '{path}'"
        return f"no stream is available on path '{path}'"

    def _kept_query(self, request: web.Request) -> str:
        """Return an offer's query, as a newer version keeps it."""
        keeps = request.query_string and not self._quirks.mediamtx_1_9
        return f"?{request.query_string}" if keeps else ""

    def _failed(self, status: int, reason: str) -> web.Response:
        body = {"error": reason}
        if not self._quirks.mediamtx_1_9:
            body = {"status": "error"} | body
        return web.json_response(body, status=status, headers=_ANYWHERE)

    def _add_ice_servers(self, response: web.Response) -> None:
        for link in self._world.ice_servers:
            response.headers.add("Link", link)


def _location(path: str, secret: str) -> str:
    return f"/{path}/whep/{secret}"


def _is_uuid(text: str) -> bool:
    try:
        return bool(uuid.UUID(text))
    except ValueError:
        return False
