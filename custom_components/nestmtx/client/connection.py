"""One Socket.IO connection: requests matched to answers by `requestId`, events out.

The only module that knows Socket.IO.
"""

import asyncio
from dataclasses import dataclass
import logging
import re
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import aiohttp
from engineio import json
from engineio.base_client import connected_clients
from engineio.exceptions import EngineIOError
import socketio
from socketio.exceptions import SocketIOError

from .answers import request_error, result_of
from .auth import connect_error
from .errors import (
    CannotConnect,
    ConnectionLost,
    ConnectTimeout,
    InvalidAuth,
    NestMTXError,
    RequestTimeout,
)
from .requests import request_body
from .secrets import secrets_in
from .transport import Transport

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .address import ServerAddress
    from .timings import Timings

_LOGGER = logging.getLogger(__name__)

# The library logs whole packets, tokens and passwords included: nothing of that gets out.
_WIRE_LOGGER = logging.getLogger(f"{__name__}.wire")
_WIRE_LOGGER.addHandler(logging.NullHandler())
_WIRE_LOGGER.propagate = False
_WIRE_LOGGER.setLevel(logging.CRITICAL)

# What the library raises, on a server that answers nonsense included: it takes packets apart
# without checking them.
_LIBRARY_ERRORS = (
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

# Engine.IO's "4" is a message; Socket.IO's "2" in it an event.
_EVENT = "42["
"""How packets begin that are events as NestMTX sends them."""
_TOPIC = re.compile(r'42\["([^"\\]+)"')
_FOREIGN = re.compile(r"b|4(?:[56]|2[^\[]|\d[\d-]*/[^,])")
"""How packets begin that are binary or announce that, want to be acknowledged, or are of another
namespace than "/"."""
_AUTH_WORDS = ("auth", "token", "credential")

_MAXIMUM_MESSAGE = 64 * 1024 * 1024
"""Bytes. Lists are some 2.5 kB a camera."""
_CLOSE_TIMEOUT = 0.4
"""Seconds for a goodbye to a server that may be gone."""


@dataclass(frozen=True, slots=True)
class _Open:
    """A request that is not answered yet."""

    answer: asyncio.Future[Any]
    secrets: frozenset[str]
    """What it holds that errors must not repeat."""


class Connection:
    """A connection that is used once: connect, request, close.

    `on_event(topic, payload)` is called in the order of arrival for everything that is not the
    answer to a request, `on_lost()` when the connection ends. What is sent on a topic is not even
    taken apart while `wants(topic)` says no. None of these may raise.
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        timings: Timings,
        on_event: Callable[[str, Any], None],
        on_lost: Callable[[], None] = lambda: None,
        wants: Callable[[str], bool] = lambda _topic: True,
    ) -> None:
        """Prepare; nothing is opened yet. `http` stays the caller's."""
        self._timings = timings
        self._on_event = on_event
        self._on_lost = on_lost
        self._wants = wants
        self._open: dict[str, _Open] = {}
        self._has_warned = False
        self._refusal: str | None = None
        self.is_lost = False
        self._transport = Transport(http, self._takes)
        self._client = socketio.AsyncClient(
            reconnection=False,
            logger=_WIRE_LOGGER,
            engineio_logger=_WIRE_LOGGER,
            handle_sigint=False,
            http_session=self._transport,
            request_timeout=_CLOSE_TIMEOUT,
            websocket_extra_options={"max_msg_size": _MAXIMUM_MESSAGE},
        )
        self._client.eio.on("message", self._decode)
        self._client.on("disconnect", self._ended)
        self._client.on("connect_error", self._refused)

    async def connect(self, address: ServerAddress, token: str) -> None:
        """Open the connection.

        That it opens does not mean that the token is good: NestMTX lets anybody connect, and
        only refuses their requests. Raises CannotConnect with its kinds, and InvalidAuth where a
        server does refuse the token.
        """
        try:
            async with asyncio.timeout(self._timings.connect_timeout):
                await self._client.connect(
                    address.url,
                    auth={"token": token},
                    transports=["websocket"],
                    wait_timeout=self._timings.connect_timeout,
                )
        except TimeoutError as err:
            raise ConnectTimeout(f"{address.url} did not answer in time") from err
        except _LIBRARY_ERRORS as err:
            raise self._refusal_error() or connect_error(err, address) from err
        # A transport that ends before the library counts as connected is reported by nothing else.
        self._client.eio.read_loop_task.add_done_callback(self._ended)

    async def request(
        self,
        command: str,
        module: str,
        *,
        entity: str | None = None,
        payload: Mapping[str, Any] | None = None,
        timeout: float | None = None,
    ) -> Any:
        """Send a request and return its answer.

        Raises InvalidRequest, see `request_body`, before anything is sent; RequestError or
        InvalidAuth when the server answers so; RequestTimeout; ConnectionLost.
        """
        body = request_body(command, module, entity, payload)
        if self.is_lost:
            raise ConnectionLost("The connection to the server is lost")
        request_id = uuid4().hex
        answer = asyncio.get_running_loop().create_future()
        secrets = frozenset(secrets_in(body))
        self._open[request_id] = _Open(answer, secrets)
        try:
            async with asyncio.timeout(timeout or self._timings.request_timeout):
                await self._client.emit("request", {**body, "requestId": request_id})
                return result_of(await answer, secrets)
        except TimeoutError as err:
            raise RequestTimeout(f"No answer to {command} {module}") from err
        except SocketIOError as err:
            raise ConnectionLost("The connection to the server is lost") from err
        finally:
            del self._open[request_id]

    async def close(self) -> None:
        """End the connection; open requests fail with ConnectionLost. Takes under a second."""
        tasks = [
            task
            for task in (self._client.eio.read_loop_task, self._client.eio.write_loop_task)
            if task is not None
        ]
        try:
            async with asyncio.timeout(_CLOSE_TIMEOUT):
                await self._client.disconnect()
        except (TimeoutError, *_LIBRARY_ERRORS) as err:
            _LOGGER.debug("The connection was not closed cleanly: %s", type(err).__name__)
        finally:
            self._ended()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._transport.close(_CLOSE_TIMEOUT)
            # Where the library keeps all that it did not disconnect by itself, for ever.
            if self._client.eio in connected_clients:
                connected_clients.remove(self._client.eio)

    def _takes(self, data: str | bytes) -> bool:
        """Deal with a packet, unless it is for the library: what opens and keeps a connection.

        NestMTX sends text in the default namespace, and wants no acknowledgements. Of others, the
        library would keep any number.
        """
        if isinstance(data, bytes) or _FOREIGN.match(data):
            return True
        if not data.startswith(_EVENT):
            return False
        topic = _TOPIC.match(data)
        if topic is None or self._wants(topic[1]):
            self._take_event(data[2:])
        return True

    def _take_event(self, data: str) -> None:
        try:
            message = json.loads(data)
        except (ValueError, RecursionError) as err:
            self._not_understood(err)
            return
        try:
            self._received(*message)
        except Exception:
            # The library would end the connection, and tell nobody.
            _LOGGER.exception("Unexpected error in what the server sent")

    async def _decode(self, data: str | bytes) -> None:
        """Let the library take a packet apart; one that it cannot ends the connection."""
        try:
            await self._client._handle_eio_message(data)  # noqa: SLF001
        except _LIBRARY_ERRORS as err:
            self._not_understood(err)

    def _not_understood(self, err: Exception) -> None:
        _LOGGER.debug("The server sent what is no message: %s", type(err).__name__)
        self._ended()

    def _ended(self, *_: object) -> None:
        if not self.is_lost:
            self.is_lost = True
            self._fail_open(ConnectionLost("The connection to the server is lost"))
            self._on_lost()

    def _refused(self, reason: object = None, *_: object) -> None:
        message = reason.get("message") if isinstance(reason, dict) else None
        if isinstance(message, str):
            self._refusal = message

    def _refusal_error(self) -> NestMTXError | None:
        """Return the error for a server that refused the connection with a reason."""
        if self._refusal is None:
            return None
        if any(word in self._refusal.lower() for word in _AUTH_WORDS):
            return InvalidAuth("The server refuses the token")
        return CannotConnect("The server refuses the connection")

    def _received(self, topic: Any = None, *args: Any) -> None:
        payload = args[0] if args else None
        request = self._open.get(topic) if isinstance(topic, str) else None
        if request is not None:
            if not request.answer.done():
                request.answer.set_result(payload)
        elif topic == "failure":
            self._failed(payload)
        elif isinstance(topic, str):
            self._on_event(topic, payload)

    def _failed(self, payload: Any) -> None:
        """Handle the answer to an invalid request, which does not say to which."""
        secrets = frozenset[str]().union(*(request.secrets for request in self._open.values()))
        error = request_error(payload, secrets)
        if len(self._open) == 1:
            self._fail_open(error)
        elif not self._has_warned:
            self._has_warned = True
            _LOGGER.warning("The server refused a request: %s", "; ".join(error.details))

    def _fail_open(self, error: NestMTXError) -> None:
        for request in self._open.values():
            if not request.answer.done():
                request.answer.set_exception(error)
                # Whoever waited may have been cancelled meanwhile.
                request.answer.exception()
