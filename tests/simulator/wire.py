"""The API port: HTTP login and Socket.IO."""

import asyncio
from dataclasses import asdict
import json
from typing import Any
from urllib.parse import parse_qs

from aiohttp import web
import socketio

from . import events
from .api import Api
from .devices import Json
from .engine import socket_server
from .listener import Listener
from .logbook import LogBook, inspect
from .records import User, utc_now
from .tasks import Tasks
from .validation import check

_STREAM_LINES = {
    "demand": 'Received demand for "{path}"',
    "undemand": 'Received demand for "{path}"',
    "ready": '"{path}" is streaming',
    "notReady": '"{path}" is no longer streaming',
}
"""Additional log lines of an event, as recorded."""


class Wire:
    """The API port, from one opening to its closing, and its connected sockets."""

    def __init__(self, api: Api, log: LogBook, tasks: Tasks, pings: tuple[float, float]) -> None:
        """Initialize; not open yet. `pings` are interval and timeout in seconds."""
        self.users: dict[str, User | None] = {}
        self.requests: list[Json] = []
        self._welcomes: dict[str, asyncio.Task[None]] = {}
        self._api = api
        self._log = log
        self._tasks = tasks
        self._sending = asyncio.Lock()
        self._sockets: socketio.AsyncServer = socket_server(tasks, *pings)
        self._sockets.on("connect", self._on_connect)
        self._sockets.on("disconnect", self._on_disconnect)
        self._sockets.on("request", self._on_request)
        app = web.Application()
        app.on_response_prepare.append(self._add_cookies)
        self._sockets.attach(app)
        app.router.add_post("/api/auth", self._on_login)
        app.router.add_get("/control/google", self._on_google_calls)
        app.router.add_route("*", "/{path:.*}", _not_found)
        self._listener = Listener(app)

    async def open(self, host: str, port: int) -> int:
        """Listen, and return the port."""
        return await self._listener.open(host, port)

    async def close(self) -> None:
        """Abort every socket."""
        await self._listener.close()

    async def disconnect_all(self) -> None:
        """Close every socket gracefully."""
        for sid in tuple(self.users):
            await self._sockets.disconnect(sid)

    async def emit(self, topic: str, payload: Any, sid: str | None = None) -> None:
        """Send a frame, to one socket or to all."""
        await self._sockets.emit(topic, (payload,), to=sid)

    async def log(self, level: str, message: str, service: str) -> None:
        """Write a log line, and send it to all clients, anonymous or not."""
        await self.emit("log", self._log.line(level, message, service, utc_now()))

    async def send_event(self, domain: str, event: str, entity: int | None, details: Json) -> None:
        """Send an event three times, with nothing in between."""
        quirks = self._api.quirks
        name = events.event_name(event, quirks)
        body = events.payload(domain, name, entity, details, utc_now(), quirks)
        async with self._sending:
            if domain == "camera" and (line := _STREAM_LINES.get(event)):
                await self.log("info", line.format(path=details.get("path")), "streamer")
            for topic in events.topics(domain, name, quirks):
                await self.emit(topic, body)
            await self.log("info", f"Emitted event: {event}", "ipc")

    async def _on_connect(self, sid: str, environ: Json, auth: object = None) -> None:
        user = self._user(environ, auth)
        if user is None and not self._api.quirks.anonymous_connects:
            raise socketio.exceptions.ConnectionRefusedError("Unauthorized")
        self.users[sid] = user
        # The answer to the connection is sent first; the log follows it.
        self._welcomes[sid] = self._tasks.spawn(self._welcome(sid))

    async def _welcome(self, sid: str) -> None:
        for line in self._log:
            await self.emit("log", line, sid)
        await self.log("info", f"Socket {sid} connected", "socket.io")

    async def _on_disconnect(self, sid: str, _reason: str) -> None:
        self.users.pop(sid, None)
        self._welcomes.pop(sid, None)
        await self.log("info", f"Socket {sid} disconnected", "socket.io")

    def _user(self, environ: Json, auth: object) -> User | None:
        header = environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
        given = auth.get("token") if isinstance(auth, dict) else None
        query = parse_qs(environ.get("QUERY_STRING", "")).get("token", [None])[0]
        tokens = [str(token) for token in (header, given, query) if token]
        if self._api.quirks.first_token_wins:
            tokens = tokens[:1]
        users = (self._api.user_of(token) for token in tokens)
        return next((user for user in users if user), None)

    async def _on_request(self, sid: str, request: object = None, *_more: object) -> None:
        request = _parsed(request)
        if isinstance(request, dict):
            self.requests.append(request)
        if welcome := self._welcomes.get(sid):
            await asyncio.wait({welcome})
        payload = inspect(request)
        await self.log("info", f"Got request from {sid} with payload: {payload}", "socket.io")
        quirks = self._api.quirks
        details = check(request, entity_is_string=quirks.entity_is_string)
        if self._api.faults.silent:
            return
        if not details and isinstance(request, dict):
            answer = await self._api.respond(request, self.users.get(sid))
            faults = self._api.faults
            if (request["module"], request["command"]) in faults.unanswered:
                return
            for _ in range(faults.repeat):
                await self.emit(request["requestId"], answer, sid)
        else:
            await self._fail(sid, request, details)

    async def _fail(self, sid: str, request: object, details: list[Json]) -> None:
        request_id = request.get("requestId") if isinstance(request, dict) else None
        if self._api.quirks.failure_without_id or not isinstance(request_id, str):
            await self.emit("failure", {"message": "Invalid Request", "details": details}, sid)
        else:
            await self.emit(request_id, self._api.error("Invalid Request", details, {}), sid)

    async def _add_cookies(self, request: web.Request, response: web.StreamResponse) -> None:
        """Record received cookies, and send the cookies of `Faults`."""
        self._api.cookies += request.headers.getall("Cookie", [])
        for cookie in self._api.faults.cookies:
            response.headers.add("Set-Cookie", cookie)

    async def _on_google_calls(self, _request: web.Request) -> web.Response:
        """Return the streams' calls to Google, for tests in other processes."""
        return web.json_response([asdict(call) for call in self._api.world.google_calls])

    async def _on_login(self, request: web.Request) -> web.Response:
        faults = self._api.faults
        if faults.http_status is not None:
            return _response(faults.http_status, faults.http_body)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        user = self._api.user_of(token)
        if user is None:
            await self.log("error", "Failed to authenticate request: Unauthorized access", "http")
        answer = await self._api.log_in(await _json_object(request), user)
        return _response(400 if "error" in answer else 201, answer)


def _parsed(request: object) -> object:
    """Return a request, which may be sent as JSON text, as recorded."""
    try:
        return json.loads(request) if isinstance(request, str) else request
    except ValueError:
        return request


async def _json_object(request: web.Request) -> Json:
    try:
        body = await request.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _response(status: int, body: Any) -> web.Response:
    if isinstance(body, str):
        return web.Response(status=status, text=body)
    return web.json_response(body, status=status)


async def _not_found(request: web.Request) -> web.Response:
    return web.Response(status=404, text=f"Cannot {request.method}:{request.path}")
