"""One Socket.IO connection to a NestMTX server: matches answers to requests, reports events."""

import asyncio
from dataclasses import dataclass
import logging
import re
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from socketio.exceptions import SocketIOError

from ..errors import (
    CannotConnect,
    ConnectionLost,
    ConnectTimeout,
    InvalidAuth,
    NestMTXError,
    RequestTimeout,
)
from .auth import connect_error
from .pace import Pace
from .protocol import request_body, request_error, result_of
from .socketio import CLOSE_TIMEOUT, LIBRARY_ERRORS, SocketIO, parse_json
from .websocket import WebsocketOpener

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import aiohttp

    from ..timings import Timings
    from .address import ServerAddress

_LOGGER = logging.getLogger(__name__)

# "4" is an Engine.IO message; "2" in it a Socket.IO event.
_EVENT = "42["
"""Prefix of the event packets that NestMTX sends."""
_TOPIC = re.compile(r'42\["([^"\\]+)"')
_FOREIGN = re.compile(r"b|4(?:[56]|2[^\[]|\d[\d-]*/[^,])")
"""Prefixes of packets that are binary or announce binary data, request an acknowledgement, or
belong to a namespace other than "/"."""
_AUTH_WORDS = ("auth", "token", "credential")


@dataclass(frozen=True, slots=True)
class _OpenRequest:
    """A request without an answer yet."""

    body: Mapping[str, Any]
    answer: asyncio.Future[Any]


class Connection:
    """A connection that is used once: connect, request, close.

    `on_event(topic, payload)` is called in the order of arrival for every message that is not an
    answer to a request, `on_lost()` when the connection ends. Messages on a topic are not parsed
    while `accepts(topic)` returns false. None of these may raise.
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        timings: Timings,
        on_event: Callable[[str, Any], None],
        on_lost: Callable[[], None] = lambda: None,
        accepts: Callable[[str], bool] = lambda _topic: True,
    ) -> None:
        """Initialize; nothing is opened yet. The caller keeps ownership of `http`."""
        self._timings = timings
        self._on_event = on_event
        self._on_lost = on_lost
        self._accepts = accepts
        self._open: dict[str, _OpenRequest] = {}
        self._has_warned = False
        self._refusal: str | None = None
        self.is_lost = False
        self._pace = Pace(timings.event_rate, timings.event_burst)
        self._opener = WebsocketOpener(http, self._handle_packet, self._pause)
        self._socketio = SocketIO(self._opener, self._handle_end, self._handle_refusal)

    async def connect(self, address: ServerAddress, token: str) -> None:
        """Open the connection.

        An open connection does not imply a valid token: NestMTX accepts every connection, and
        refuses only the requests. Raises CannotConnect or a subclass, and InvalidAuth if a server
        does refuse the token.
        """
        try:
            await self._socketio.connect(address.url, token, self._timings.connect_timeout)
        except TimeoutError as err:
            raise ConnectTimeout(f"{address.url} did not answer in time") from err
        except LIBRARY_ERRORS as err:
            raise self._refusal_error() or connect_error(err, address) from err
        self._socketio.watch_transport()

    async def request(
        self,
        command: str,
        module: str,
        *,
        entity: str | None = None,
        payload: Mapping[str, Any] | None = None,
        timeout: float | None = None,
    ) -> Any:
        """Send a request and return its answer; `timeout` is in seconds.

        Raises InvalidRequest before anything is sent (see `request_body`); RequestError or
        InvalidAuth if the server answers with an error; RequestTimeout; ConnectionLost.
        """
        body = request_body(command, module, entity, payload)
        if self.is_lost:
            raise ConnectionLost("The connection to the server is lost")
        request_id = uuid4().hex
        answer = asyncio.get_running_loop().create_future()
        self._open[request_id] = _OpenRequest(body, answer)
        try:
            async with asyncio.timeout(timeout or self._timings.request_timeout):
                await self._socketio.emit("request", {**body, "requestId": request_id})
                return result_of(await answer, body)
        except TimeoutError as err:
            raise RequestTimeout(f"No answer to {command} {module}") from err
        except SocketIOError as err:
            raise ConnectionLost("The connection to the server is lost") from err
        finally:
            del self._open[request_id]

    async def close(self) -> None:
        """End the connection; open requests fail with ConnectionLost. Takes under a second."""
        self._handle_end()
        try:
            await self._socketio.close()
        finally:
            await self._opener.close(CLOSE_TIMEOUT)

    def _handle_packet(self, data: str | bytes) -> bool:
        """Handle a packet; return false for one that the library needs to keep the connection.

        NestMTX sends text in the default namespace, and requests no acknowledgements. Other packets
        are dropped: the library would keep any number of them.
        """
        if isinstance(data, bytes) or _FOREIGN.match(data):
            return True
        if not data.startswith(_EVENT):
            return False
        topic = _TOPIC.match(data)
        if topic is None or self._accepts(topic[1]):
            self._handle_event(data[2:])
        return True

    def _pause(self) -> float:
        return self._pace.pause(self._now)

    @property
    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _handle_event(self, data: str) -> None:
        try:
            message = parse_json(data)
        except (ValueError, RecursionError) as err:
            _LOGGER.debug("The server sent an invalid event: %s", type(err).__name__)
            self._handle_end()
            return
        try:
            self._dispatch(*message)
        except Exception:
            # The library would end the connection without reporting it.
            _LOGGER.exception("Unexpected error while handling a message of the server")

    def _dispatch(self, topic: Any = None, *args: Any) -> None:
        payload = args[0] if args else None
        request = self._open.get(topic) if isinstance(topic, str) else None
        if request is not None:
            if not request.answer.done():
                request.answer.set_result(payload)
        elif topic == "failure":
            self._handle_failure(payload)
        elif isinstance(topic, str):
            self._pace.count(self._now)
            self._on_event(topic, payload)

    def _handle_failure(self, payload: Any) -> None:
        """Handle the answer to an invalid request, which carries no request id."""
        error = request_error(payload, *(request.body for request in self._open.values()))
        if len(self._open) == 1:
            self._fail_open(error)
        elif not self._has_warned:
            self._has_warned = True
            _LOGGER.warning("The server refused a request: %s", "; ".join(error.details))

    def _handle_end(self, *_: object) -> None:
        if not self.is_lost:
            self.is_lost = True
            self._fail_open(ConnectionLost("The connection to the server is lost"))
            self._on_lost()

    def _handle_refusal(self, reason: object = None, *_: object) -> None:
        message = reason.get("message") if isinstance(reason, dict) else None
        if isinstance(message, str):
            self._refusal = message

    def _refusal_error(self) -> NestMTXError | None:
        """Return the error for a refused connection; None if the server gave no reason."""
        if self._refusal is None:
            return None
        if any(word in self._refusal.lower() for word in _AUTH_WORDS):
            return InvalidAuth("The server refuses the token")
        return CannotConnect("The server refuses the connection")

    def _fail_open(self, error: NestMTXError) -> None:
        for request in self._open.values():
            if not request.answer.done():
                request.answer.set_exception(error)
                # Mark it as retrieved: the caller may have been cancelled meanwhile.
                request.answer.exception()
