"""An RTSP server cannot make anything connect to another host or port."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.nestmtx.client.errors import StreamUnavailable
from custom_components.nestmtx.client.media.rtsp import read_rtsp, read_video
from tests.conftest import Until
from tests.faults.rtsp_servers import FRONT, hostile_rtsp, lead_to, only_sound, watched
from tests.simulator import Simulator


@asynccontextmanager
async def _elsewhere() -> AsyncGenerator[tuple[int, list[int]]]:
    """Listen on a port that nothing must connect to; yield the port and the connections."""
    came: list[int] = []

    async def accept(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(1)
        writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], came
    finally:
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def _redirecting(port: int) -> AsyncGenerator[int]:
    """Answer all RTSP requests with a redirect to another port."""

    async def redirect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(EOFError, ConnectionError):
            await reader.readuntil(b"\r\n\r\n")
            location = f"rtsp://127.0.0.1:{port}/front"
            writer.write(f"RTSP/1.0 302 Found\r\nCSeq: 1\r\nLocation: {location}\r\n\r\n".encode())
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(redirect, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        server.abort_clients()
        await server.wait_closed()


@pytest.mark.usefixtures("socket_enabled")
async def test_an_rtsp_redirect_is_not_followed_by_a_reader() -> None:
    async with _elsewhere() as (port, came), _redirecting(port) as redirecting:
        url = f"rtsp://127.0.0.1:{redirecting}/front"
        with pytest.raises(StreamUnavailable):
            await read_rtsp(url, lambda: None)
        with pytest.raises(StreamUnavailable):
            async for _ in read_video(url):
                pass

    assert came == []


async def test_an_rtsp_redirect_is_not_passed_to_home_assistants_stream(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await async_setup_component(hass, "stream", {})
    async with _elsewhere() as (port, came), _redirecting(port) as redirecting:
        await lead_to(hass, simulator, until, redirecting)

        with pytest.raises(HomeAssistantError):
            await hass.data["camera"].get_entity(FRONT).async_create_stream()

    assert came == []


async def test_home_assistants_stream_uses_tcp_only(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    # Over UDP the server would name the address to which FFmpeg sends its packets.
    await async_setup_component(hass, "stream", {})
    async with hostile_rtsp(only_sound, refuses_transports=True) as hostile:
        await lead_to(hass, simulator, until, hostile.port)
        await watched(hass, simulator, until)
        stream = await hass.data["camera"].get_entity(FRONT).async_create_stream()
        stream.add_provider("hls")
        await stream.start()
        await until(lambda: hostile.transports)
        await asyncio.sleep(1)
        await stream.stop()

    assert all("RTP/AVP/TCP" in each for each in hostile.transports)
