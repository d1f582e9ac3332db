"""The library's client alone: the minimum cost of events and requests."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
import socketio

from custom_components.nestmtx.client import Account, ServerAddress
from custom_components.nestmtx.client.connection.auth import login
from tests.soak.home_assistant import USER


class Bare:
    """Counts messages, and waits for answers."""

    def __init__(self, client: socketio.AsyncClient) -> None:
        """Prepare the client, without connecting."""
        self.received = 0
        self.on_message: Callable[[int], None] | None = None
        """The handler, called with each message's number since `received` was last set to 0."""
        self._client = client
        self._open: dict[str, asyncio.Future[Any]] = {}
        client.on("*", self._received)

    async def ask(self, module: str = "health", payload: dict[str, Any] | None = None) -> Any:
        """Request a list, and wait for the answer, which comes after everything sent before."""
        request_id = uuid4().hex
        answer = self._open[request_id] = asyncio.get_running_loop().create_future()
        request = {"command": "list", "module": module, "requestId": request_id}
        await self._client.emit("request", request | ({"payload": payload} if payload else {}))
        return await answer

    def _received(self, topic: str, payload: Any = None) -> None:
        if topic == "log":
            return
        answer = self._open.pop(topic, None)
        if answer is not None:
            answer.set_result(payload)
            return
        if self.on_message is not None:
            self.on_message(self.received)
        self.received += 1


@asynccontextmanager
async def bare(hass: HomeAssistant, address: ServerAddress) -> AsyncGenerator[Bare]:
    """Connect the library's client."""
    token = await login(async_get_clientsession(hass), Account(address, USER, USER), timeout=10)
    client = socketio.AsyncClient(reconnection=False, handle_sigint=False)
    connected = Bare(client)
    await client.connect(address.url, auth={"token": token}, transports=["websocket"])
    try:
        await connected.ask()
        yield connected
        assert client.connected
    finally:
        await client.disconnect()
