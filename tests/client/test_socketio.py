"""The private parts of python-socketio that `client.connection.socketio` uses exist.

A failure means that a release of the library changed one of them: check the list in that module's
docstring before widening the range in the manifest.
"""

import asyncio
from collections.abc import AsyncGenerator
import inspect
from typing import Any

import aiohttp
from engineio import base_client
import pytest
import socketio

from custom_components.nestmtx.client import Account, ServerAddress
from custom_components.nestmtx.client.connection.auth import login
from custom_components.nestmtx.client.connection.socketio import SocketIO, parse_json
from custom_components.nestmtx.client.connection.websocket import WebsocketOpener
from tests.faults.proxy import FaultProxy
from tests.simulator import Simulator
from tests.simulator.probe import PATIENCE, until


class Recorder:
    """A connection that counts its reports."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        """Initialize; nothing is open yet."""
        self.ends = 0
        self.opener = WebsocketOpener(http, lambda _: False, lambda: 0.0)
        self.connection = SocketIO(self.opener, self._ended, lambda *_: None)

    def _ended(self, *_: object) -> None:
        self.ends += 1

    @property
    def library(self) -> Any:
        """The library's client."""
        return self.connection._client


@pytest.fixture
async def proxy(simulator: Simulator) -> AsyncGenerator[FaultProxy]:
    """A proxy in front of the server."""
    proxy = FaultProxy((simulator.host, simulator.port))
    await proxy.start()
    yield proxy
    await proxy.stop()


@pytest.fixture
async def recorder(http: aiohttp.ClientSession, proxy: FaultProxy) -> AsyncGenerator[Recorder]:
    """An open connection."""
    address = ServerAddress(proxy.host, proxy.port)
    token = await login(http, Account(address, "nestmtx", "nestmtx"), timeout=PATIENCE)
    recorder = Recorder(http)
    await recorder.connection.connect(address.url, token, PATIENCE)
    recorder.connection.watch_transport()
    yield recorder
    await recorder.connection.close()
    await recorder.opener.close(1.0)


def test_the_engines_message_handler_can_be_replaced() -> None:
    client = socketio.AsyncClient(handle_sigint=False)

    assert "message" in client.eio.handlers, "AsyncClient.eio.handlers has no `message`"
    assert client.eio.handlers["message"] == client._handle_eio_message, (
        "AsyncClient.eio does not call AsyncClient._handle_eio_message for messages"
    )


def test_a_packet_is_parsed_by_a_coroutine_of_one_argument() -> None:
    parse = socketio.AsyncClient._handle_eio_message

    assert inspect.iscoroutinefunction(parse), "AsyncClient._handle_eio_message is no coroutine"
    assert len(inspect.signature(parse).parameters) == 2, (
        "AsyncClient._handle_eio_message takes something else than the packet"
    )


async def test_an_open_connection_has_a_task_for_each_direction(recorder: Recorder) -> None:
    engine = recorder.library.eio

    assert isinstance(engine.read_loop_task, asyncio.Task), "AsyncClient.eio.read_loop_task"
    assert isinstance(engine.write_loop_task, asyncio.Task), "AsyncClient.eio.write_loop_task"


async def test_an_open_connection_is_in_the_librarys_list(recorder: Recorder) -> None:
    assert recorder.library.eio in base_client.connected_clients, (
        "engineio.base_client.connected_clients does not have the open connection"
    )


async def test_a_packet_that_cannot_be_parsed_ends_the_connection(
    recorder: Recorder, proxy: FaultProxy
) -> None:
    proxy.inject(b"4x")

    await until(lambda: recorder.ends > 0)


async def test_the_end_of_the_transport_is_reported_without_a_library_event(
    recorder: Recorder,
) -> None:
    recorder.library.handlers["/"].pop("disconnect")

    await recorder.opener.close(1.0)

    await until(lambda: recorder.ends > 0)


async def test_closing_a_connection_to_a_silent_server_leaves_nothing_behind(
    recorder: Recorder, proxy: FaultProxy
) -> None:
    engine = recorder.library.eio
    loops = [engine.read_loop_task, engine.write_loop_task]
    proxy.swallow()

    await recorder.connection.close()

    assert all(task.done() for task in loops)
    assert engine not in base_client.connected_clients


def test_an_integer_that_is_too_long_is_an_error() -> None:
    with pytest.raises(ValueError, match="too large"):
        parse_json(f"[{10**400}]")


async def test_aiohttp_keeps_the_redirects_of_a_websocket(
    http: aiohttp.ClientSession, address: ServerAddress
) -> None:
    url = f"{address.url}/socket.io/?EIO=4&transport=websocket"

    async with http.ws_connect(url) as websocket:
        assert websocket._response.history == ()
