"""One connection through the proxy."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
import socket
import struct

from .frames import FrameSplitter, with_payload_replaced

_CHUNK = 1 << 16
_SLICE = 0.02
"""Seconds between two pieces of a throttled stream."""
_END = b""

type Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
type _Queue = asyncio.Queue[tuple[float, bytes]]


class Direction(Enum):
    """The direction of bytes."""

    TO_CLIENT = auto()
    TO_SERVER = auto()


BOTH = frozenset(Direction)


@dataclass
class Faults:
    """The faults of all connections of a proxy, changeable at any time."""

    latency: float = 0.0
    """Seconds of latency in each direction."""
    bytes_per_second: int | None = None
    """To the client."""
    mute_websockets: bool = False
    """Websockets open, but no data comes over them."""
    corrupt: tuple[bytes, bytes] | None = None
    """The bytes to replace in the next frame to the client with them, and their replacement."""


class Link:
    """Forwards bytes until either end closes."""

    def __init__(
        self, faults: Faults, client: Streams, server: Streams, swallowed: frozenset[Direction]
    ) -> None:
        """Prepare the link."""
        self.swallowed = swallowed
        """The directions in which nothing arrives."""
        self.left = False
        """Whether the client has closed its end."""
        self.reset_in_mid_frame = False
        self._faults = faults
        self._client, self._server = client, server
        # Each part with its due time.
        self._queues: dict[Direction, _Queue] = {way: asyncio.Queue() for way in Direction}
        self._frames = FrameSplitter()

    async def run(self) -> None:
        """Forward bytes, and finally close both ends."""
        down, up = Direction.TO_CLIENT, Direction.TO_SERVER
        ends = [
            asyncio.create_task(self._deliver(down, self._client[1])),
            asyncio.create_task(self._deliver(up, self._server[1])),
        ]
        tasks = [
            *ends,
            asyncio.create_task(self._receive(down, self._server[0], self._frames.feed)),
            asyncio.create_task(self._receive(up, self._client[0], lambda data: [data])),
        ]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            self.reset()
            raise
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self.end()

    def end(self) -> None:
        """Close both ends."""
        for _, writer in (self._client, self._server):
            writer.close()

    def reset(self) -> None:
        """Reset both ends."""
        for _, writer in (self._client, self._server):
            reset(writer)

    def inject(self, data: bytes) -> None:
        """Send the client our own data, once it has upgraded to a websocket."""
        if self.is_websocket:
            self._enqueue(Direction.TO_CLIENT, data)

    @property
    def is_websocket(self) -> bool:
        """Whether the connection has become a websocket."""
        return self._frames.upgraded

    def _is_muted(self, way: Direction, data: bytes) -> bool:
        is_frame = self.is_websocket and way is Direction.TO_CLIENT and data[:1] != b"H"
        return is_frame and self._faults.mute_websockets

    def _enqueue(self, way: Direction, data: bytes) -> None:
        due = asyncio.get_running_loop().time() + self._faults.latency
        self._queues[way].put_nowait((due, data))

    async def _receive(
        self, way: Direction, reader: asyncio.StreamReader, split: Callable[[bytes], list[bytes]]
    ) -> None:
        try:
            while data := await reader.read(_CHUNK):
                for part in split(data):
                    self._enqueue(way, part)
        except OSError:
            # A reset ends the connection, too.
            pass
        finally:
            self.left = self.left or way is Direction.TO_SERVER
            self._enqueue(way, _END)

    async def _deliver(self, way: Direction, writer: asyncio.StreamWriter) -> None:
        while True:
            due, data = await self._queues[way].get()
            await asyncio.sleep(due - asyncio.get_running_loop().time())
            if way in self.swallowed or self._is_muted(way, data):
                continue
            if data == _END:
                return
            try:
                if way is Direction.TO_SERVER:
                    writer.write(data)
                    await writer.drain()
                else:
                    await self._deliver_to_client(writer, data)
            except OSError:
                return

    async def _deliver_to_client(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        data = self._corrupted(data)
        if self.reset_in_mid_frame:
            writer.write(data[: len(data) // 2])
            await asyncio.sleep(_SLICE)
            self.reset()
            raise ConnectionResetError
        rate = self._faults.bytes_per_second
        size = len(data) if rate is None else max(1, int(rate * _SLICE))
        for begin in range(0, len(data), size):
            writer.write(data[begin : begin + size])
            await writer.drain()
            await asyncio.sleep(0 if rate is None else _SLICE)

    def _corrupted(self, data: bytes) -> bytes:
        corrupt = self._faults.corrupt
        if corrupt is None or not self.is_websocket or corrupt[0] not in data:
            return data
        self._faults.corrupt = None
        return with_payload_replaced(data, *corrupt)


def reset(writer: asyncio.StreamWriter) -> None:
    """Close a connection with RST instead of FIN."""
    connection = writer.get_extra_info("socket")
    if connection is not None and connection.fileno() >= 0:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
