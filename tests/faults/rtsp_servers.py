"""An RTSP server that answers like MediaMTX and then sends anything, and its cameras."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
import re

from homeassistant.core import HomeAssistant

from tests.conftest import Until
from tests.simulator import Simulator
from tests.simulator.picture import access_units
from tests.simulator.rtp import description, packets
from tests.simulator.streams import Picture as Shown

FRONT = "camera.front_yard_front_yard_cam"

_SEQUENCE = re.compile(r"^CSeq: (\d+)\r$", re.MULTILINE)
_FFMPEG = re.compile(r"^User-Agent: Lavf", re.MULTILINE)
_TRANSPORT = re.compile(r"^Transport: (.*)\r$", re.MULTILINE)

type Playing = Callable[[asyncio.StreamWriter], Awaitable[None]]


def interleaved(packet: bytes, channel: int = 0) -> bytes:
    """Return a packet as it is sent over TCP."""
    return b"$" + bytes([channel]) + len(packet).to_bytes(2) + packet


class HostileRtsp:
    """An RTSP server that answers like MediaMTX, and then sends arbitrary data."""

    def __init__(self, play: Playing, *, refuses_transports: bool = False) -> None:
        """Prepare the server."""
        self.port = 0
        self.requests: list[str] = []
        self.transports: list[str] = []
        """The transports that FFmpeg asks for."""
        self._refuses_transports = refuses_transports
        self.clients: set[asyncio.Task[None]] = set()
        self._play = play
        self._description = description(access_units("front", Shown.VIDEO, 1)[0])

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer requests, and send data after PLAY."""
        if (client := asyncio.current_task()) is not None:
            self.clients.add(client)
        with suppress(EOFError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                method = head.partition(" ")[0]
                self.requests.append(head.partition("\r\n")[0])
                if _FFMPEG.search(head):
                    self.transports += _TRANSPORT.findall(head)
                body = self._description if method == "DESCRIBE" else ""
                refused = self._refuses_transports and method == "SETUP"
                status = "461 Unsupported transport" if refused else "200 OK"
                sequence = _SEQUENCE.findall(head)[0]
                writer.write(
                    f"RTSP/1.0 {status}\r\nCSeq: {sequence}\r\nSession: 1\r\n"
                    f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
                )
                if method == "PLAY":
                    await self._play(writer)
        writer.close()


@asynccontextmanager
async def hostile_rtsp(
    play: Playing, *, refuses_transports: bool = False
) -> AsyncGenerator[HostileRtsp]:
    """Serve for as long as the context lasts."""
    rtsp_server = HostileRtsp(play, refuses_transports=refuses_transports)
    server = await asyncio.start_server(rtsp_server.serve, "127.0.0.1", 0)
    rtsp_server.port = server.sockets[0].getsockname()[1]
    try:
        yield rtsp_server
    finally:
        server.close()
        for client in rtsp_server.clients:
            client.cancel()
        await asyncio.gather(*rtsp_server.clients, return_exceptions=True)


async def only_sound(writer: asyncio.StreamWriter) -> None:
    """Send packets of an undescribed track forever."""
    number = 0
    while True:
        number += 1
        header = bytes((0x80, 97)) + (number & 0xFFFF).to_bytes(2) + bytes(8)
        writer.write(interleaved(header + bytes(160)))
        await writer.drain()
        await asyncio.sleep(0.01)


def sending(units: list[bytes]) -> Playing:
    """Send access units over and over."""

    async def send(writer: asyncio.StreamWriter) -> None:
        sequence = 0
        for number in range(10_000):
            parts = packets(units[number % len(units)], number, sequence, 1)
            sequence += len(parts)
            for part in parts:
                writer.write(interleaved(part))
            await writer.drain()
            await asyncio.sleep(0.02)

    return send


async def watched(
    hass: HomeAssistant, simulator: Simulator, until: Until, camera_id: int = 1
) -> None:
    """Open a viewer of a camera, and wait until it is known."""
    await simulator.open_reader(camera_id)
    coordinator = hass.data["camera"].get_entity(FRONT).coordinator
    await until(lambda: coordinator.data.cameras[camera_id].shows_video)
    await until(lambda: coordinator.data.cameras[camera_id].watched)


async def lead_to(hass: HomeAssistant, simulator: Simulator, until: Until, port: int) -> None:
    """Let the server report another RTSP port, and wait until it is known."""
    simulator.world.ports["rtsp"] = port
    coordinator = hass.data["camera"].get_entity(FRONT).coordinator
    await until(lambda: f":{port}/" in str(coordinator.data.cameras[1].url_rtsp_tcp))
