"""Home Assistant's HTTP and WebSocket API."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

from aiohttp import ClientConnectionError, ClientSession, ClientWebSocketResponse, WSMsgType

from .failure import Failure

# A registry comes in one message.
MAX_MESSAGE_SIZE = 64 * 1024 * 1024


class Api:
    """An authenticated session."""

    def __init__(self, session: ClientSession, socket: ClientWebSocketResponse) -> None:
        """Use an authenticated HTTP session and WebSocket."""
        self.session = session
        self._socket = socket
        self._ids = count(1)

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        """Post a JSON body to a resource."""
        return await request(self.session, "POST", path, body)

    async def delete(self, path: str) -> Any:
        """Delete a resource."""
        return await request(self.session, "DELETE", path)

    async def command(self, command_type: str, **fields: Any) -> Any:
        """Send a WebSocket command, one at a time, and return its result."""
        number = next(self._ids)
        await self._socket.send_json({"id": number, "type": command_type, **fields})
        answer = await receive(self._socket)
        if not answer["success"]:
            raise Failure(f"Home Assistant refused {command_type}: {answer['error']['message']}")
        return answer.get("result")


@asynccontextmanager
async def connected(url: str, token: str) -> AsyncIterator[Api]:
    """Connect with an access token."""
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        ClientSession(url, headers=headers) as session,
        session.ws_connect("/api/websocket", max_msg_size=MAX_MESSAGE_SIZE) as socket,
    ):
        await receive(socket)
        await socket.send_json({"type": "auth", "access_token": token})
        answer = await receive(socket)
        if answer["type"] != "auth_ok":
            raise Failure(f"Home Assistant refused the login: {answer.get('message')}")
        yield Api(session, socket)


async def receive(socket: ClientWebSocketResponse) -> dict[str, Any]:
    """Return the next message."""
    message = await socket.receive()
    if message.type is not WSMsgType.TEXT:
        raise ClientConnectionError("the connection was closed")
    content: dict[str, Any] = message.json()
    return content


async def request(
    session: ClientSession, method: str, path: str, body: dict[str, Any] | None = None
) -> Any:
    """Send a request with a JSON body, and return the JSON answer."""
    async with session.request(method, path, json=body) as response:
        if not response.ok:
            raise Failure(
                f"Home Assistant answered {method} {path} with "
                f"{response.status}: {await response.text()}"
            )
        return await response.json()
