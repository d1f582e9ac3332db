"""A plain RTSP client for tests, which sends requests, plays, and reads packets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, Self
from urllib.parse import urlsplit

_KEY_FRAME: Final = 5
_SPS: Final = 7
_AGGREGATE: Final = 24
_FRAGMENT: Final = 28


class RtspViewer:
    """One connection."""

    def __init__(self, stream: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._stream = stream
        self._sequence = 0
        self.writer = writer

    async def ask(self, method: str, url: str, *headers: str) -> str:
        """Send a request, and return the head of the answer."""
        self._sequence += 1
        lines = (f"{method} {url} RTSP/1.0", f"CSeq: {self._sequence}", *headers)
        self.writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        head = (await self._stream.readuntil(b"\r\n\r\n")).decode()
        await self._stream.readexactly(int(header(head, "Content-Length") or 0))
        return head

    async def play(self, url: str) -> Self:
        """Start reading the first track."""
        transport = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1"
        answer = await self.ask("SETUP", f"{url}/trackID=0", transport)
        session = header(answer, "Session").partition(";")[0]
        assert " 200 " in await self.ask("PLAY", url, f"Session: {session}")
        return self

    async def packet(self) -> bytes:
        """Return the next packet of video. Raises EOFError if the server has disconnected."""
        while True:
            _, channel, *size = await self._stream.readexactly(4)
            packet = await self._stream.readexactly(int.from_bytes(size))
            if channel == 0:
                return packet

    async def watch(self, patience: float) -> None:
        """Read packets. Raises EOFError, or TimeoutError if none arrives for `patience` seconds."""
        while True:
            await asyncio.wait_for(self.packet(), patience)

    async def key_frames(self, count: int) -> tuple[int, list[int]]:
        """Return the timestamp of the first packet, and those of the next `count` key frames."""
        packet = await self.packet()
        first, found = _time_stamp(packet), dict[int, None]()
        while len(found) < count:
            if _begins_key_frame(packet):
                found[_time_stamp(packet)] = None
            packet = await self.packet()
        return first, list(found)


@asynccontextmanager
async def rtsp_viewer(url: str) -> AsyncIterator[RtspViewer]:
    """Open a connection to a URL's server, aborted at the end."""
    where = urlsplit(url)
    stream, writer = await asyncio.open_connection(where.hostname, where.port)
    try:
        yield RtspViewer(stream, writer)
    finally:
        writer.transport.abort()


def header(head: str, name: str) -> str:
    """Return the value of a header; empty if it is missing."""
    lines = (line.partition(":") for line in head.splitlines())
    found = (value.strip() for key, _, value in lines if key.lower() == name.lower())
    return next(found, "")


def _time_stamp(packet: bytes) -> int:
    return int.from_bytes(packet[4:8])


def _begins_key_frame(packet: bytes) -> bool:
    kind = packet[12] & 0x1F
    if kind == _AGGREGATE:
        kind = packet[15] & 0x1F
    if kind == _FRAGMENT:
        kind = packet[13] & 0x1F
    return kind in (_KEY_FRAME, _SPS)
