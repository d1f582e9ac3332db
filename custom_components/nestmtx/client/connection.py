"""One Socket.IO connection: requests matched to answers by `requestId`, events out.

The only module that knows Socket.IO.
"""

import asyncio
import json
import logging
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import aiohttp
from engineio.base_client import connected_clients
from engineio.exceptions import EngineIOError
import socketio
from socketio.exceptions import SocketIOError

from .auth import connect_error
from .errors import (
    CannotConnect,
    ConnectionLost,
    ConnectTimeout,
    InvalidAuth,
    InvalidRequest,
    NestMTXError,
    RequestError,
    RequestTimeout,
)
from .texts import without_statement
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

_UNAUTHORIZED = "Unauthorized"
_AUTH_WORDS = ("auth", "token", "credential")

_COMMANDS_WITH_ENTITY = {"read", "update", "delete"}
_COMMANDS_WITH_PAYLOAD = {"list", "create", "update"}
_COMMANDS = _COMMANDS_WITH_ENTITY | _COMMANDS_WITH_PAYLOAD

_MAXIMUM_REQUEST = 1_000_000 - 1024
"""Bytes: the server's maxPayload, less the envelope. It drops the socket for a larger one."""
_MAXIMUM_MESSAGE = 64 * 1024 * 1024
"""Bytes. Lists are some 2.5 kB a camera."""
_CLOSE_TIMEOUT = 0.4
"""Seconds for a goodbye to a server that may be gone."""


class Connection:
    """A connection that is used once: connect, request, close.

    `on_event(topic, payload)` is called in the order of arrival for everything that is not the
    answer to a request, `on_lost()` when the connection ends. Neither may raise.
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        timings: Timings,
        on_event: Callable[[str, Any], None],
        on_lost: Callable[[], None] = lambda: None,
    ) -> None:
        """Prepare; nothing is opened yet. `http` stays the caller's."""
        self._timings = timings
        self._on_event = on_event
        self._on_lost = on_lost
        self._pending: dict[str, asyncio.Future[Any]] = {}
        self._refusal: str | None = None
        self.is_lost = False
        self._transport = Transport(http)
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
        self._client.on("*", self._received)
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

        `entity` goes with read, update and delete; `payload` with create, update and list, where
        it may be left out. Raises InvalidRequest before anything is sent; RequestError or
        InvalidAuth when the server answers so; RequestTimeout; ConnectionLost.
        """
        body = _request(command, module, entity, payload)
        if self.is_lost:
            raise ConnectionLost("The connection to the server is lost")
        request_id = uuid4().hex
        answer = asyncio.get_running_loop().create_future()
        self._pending[request_id] = answer
        try:
            async with asyncio.timeout(timeout or self._timings.request_timeout):
                await self._client.emit("request", {**body, "requestId": request_id})
                return _result(await answer)
        except TimeoutError as err:
            raise RequestTimeout(f"No answer to {command} {module}") from err
        except SocketIOError as err:
            raise ConnectionLost("The connection to the server is lost") from err
        finally:
            del self._pending[request_id]

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

    async def _decode(self, data: str | bytes) -> None:
        """Let the library take a message apart; one that it cannot ends the connection."""
        try:
            await self._client._handle_eio_message(data)  # noqa: SLF001
        except _LIBRARY_ERRORS as err:
            _LOGGER.debug("The server sent what is no message: %s", type(err).__name__)
            self._ended()

    def _ended(self, *_: object) -> None:
        if not self.is_lost:
            self.is_lost = True
            self._fail_pending(ConnectionLost("The connection to the server is lost"))
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

    def _received(self, topic: Any, *args: Any) -> None:
        payload = args[0] if args else None
        answer = self._pending.get(topic) if isinstance(topic, str) else None
        if answer is not None:
            if not answer.done():
                answer.set_result(payload)
        elif topic == "failure":
            self._failed(payload)
        elif isinstance(topic, str):
            self._on_event(topic, payload)

    def _failed(self, payload: Any) -> None:
        """Handle the answer to an invalid request, which does not say to which."""
        error = _error(payload if isinstance(payload, dict) else {})
        if len(self._pending) == 1:
            self._fail_pending(error)
        else:
            _LOGGER.warning("The server refused a request: %s", "; ".join(error.details))

    def _fail_pending(self, error: NestMTXError) -> None:
        for answer in self._pending.values():
            if not answer.done():
                answer.set_exception(error)
                # Whoever waited may have been cancelled meanwhile.
                answer.exception()


def _request(
    command: str, module: str, entity: str | None, payload: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Return the request as the server wants it. Raises InvalidRequest.

    The server answers an invalid request without saying which one it was, so none is sent.
    """
    if command not in _COMMANDS:
        raise InvalidRequest(f"Unknown command: {command}")
    if (entity is not None) != (command in _COMMANDS_WITH_ENTITY):
        raise InvalidRequest(f"{command} {'needs' if entity is None else 'takes no'} entity")
    if command in _COMMANDS_WITH_PAYLOAD:
        if payload is None and command != "list":
            raise InvalidRequest(f"{command} needs a payload")
        payload = dict(payload or {})
    elif payload is not None:
        raise InvalidRequest(f"{command} takes no payload")
    request: dict[str, Any] = {"command": command, "module": module}
    if entity is not None:
        request["entity"] = entity
    if payload is not None:
        request["payload"] = payload
    try:
        size = len(json.dumps(request).encode())
    except (TypeError, ValueError) as err:
        raise InvalidRequest("The payload is not JSON") from err
    if size > _MAXIMUM_REQUEST:
        raise InvalidRequest(f"The request is too large: {size} bytes")
    return request


def _result(answer: Any) -> Any:
    """Return the answer of a request that succeeded. Raises RequestError and InvalidAuth."""
    if isinstance(answer, dict) and set(answer) == {"error"} and isinstance(answer["error"], dict):
        error = _error(answer["error"])
        if error.message == _UNAUTHORIZED:
            raise InvalidAuth("The server does not accept the token")
        raise error
    return answer


def _error(error: dict[str, Any]) -> RequestError:
    """Take over the message and the details' messages, and nothing else."""
    message, details = error.get("message"), error.get("details")
    return RequestError(
        without_statement(message) if isinstance(message, str) else "Unknown error",
        tuple(
            without_statement(detail["message"])
            for detail in (details if isinstance(details, list) else ())
            if isinstance(detail, dict) and isinstance(detail.get("message"), str)
        ),
    )
