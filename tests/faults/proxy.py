"""A TCP proxy with the faults of a network."""

import asyncio
from http import HTTPStatus
import ssl

from tests.simulator.tasks import Tasks

from .frames import TEXT, frame
from .link import BOTH, Direction, Faults, Link, reset

_HTML = "<!DOCTYPE html><html><title>{0}</title><h1>{0}</h1></html>"
_GOODBYE = 0.2
"""Seconds for a client to answer the TLS closure."""


class FaultProxy:
    """A proxy between a client and a server, over real sockets; `stop` closes everything."""

    def __init__(self, server: tuple[str, int], host: str = "127.0.0.1") -> None:
        """Prepare the proxy; `server` is the address to which connections are forwarded."""
        self.host, self.port = host, 0
        self.accepted = 0
        """The number of connections so far."""
        self.faults = Faults()
        self._server = server
        self._tls: ssl.SSLContext | None = None
        self._html: HTTPStatus | None = None
        self._swallowed: frozenset[Direction] = frozenset()
        self._listener: asyncio.Server | None = None
        self._shut: list[asyncio.Server] = []
        self._links: set[Link] = set()
        self._tasks = Tasks()

    @property
    def websockets(self) -> int:
        """The number of websockets that the client has not closed."""
        return sum(link.is_websocket and not link.left for link in self._links)

    async def start(self, tls: ssl.SSLContext | None = None) -> None:
        """Listen, always on the same port; with a certificate, terminate TLS."""
        self._tls = tls or self._tls
        self._listener = await asyncio.start_server(self._accept, self.host, self.port)
        self.port = self._listener.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close everything."""
        self.refuse()
        await self._tasks.end()
        for listener in self._shut:
            await listener.wait_closed()

    # Faults of existing connections

    def cut(self) -> None:
        """Close both ends of every connection."""
        for link in self._links:
            link.end()

    def reset(self) -> None:
        """Reset both ends of every connection."""
        for link in self._links:
            link.reset()

    def reset_in_mid_frame(self) -> None:
        """Forward a part of the server's next frame, then reset."""
        for link in self._links:
            link.reset_in_mid_frame = True

    def inject(self, *payloads: bytes, opcode: int = TEXT) -> None:
        """Send frames to the client as if they came from the server."""
        data = b"".join(frame(payload, opcode) for payload in payloads)
        for link in self._links:
            link.inject(data)

    # Faults of new connections

    def refuse(self) -> None:
        """Stop listening; existing connections are kept."""
        if self._listener is not None:
            self._listener.close()
            self._shut.append(self._listener)
            self._listener = None

    # Faults of both

    def swallow(self, directions: frozenset[Direction] = BOTH) -> None:
        """Keep all existing and new connections open, but forward nothing."""
        self._swallowed = directions
        for link in self._links:
            link.swallowed = directions

    def pass_on(self) -> None:
        """Forward new connections again; connections swallowed before stay dead."""
        self._swallowed, self._html = frozenset(), None

    def answer_html(self, status: HTTPStatus) -> None:
        """Answer everything with an HTML page, like a reverse proxy without its server."""
        self._html = status
        self.cut()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        self._tasks.spawn(self._serve(reader, writer))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._html is not None:
            await _send_page(reader, writer, self._html)
            return
        try:
            if self._tls is not None:
                # Not in the listener, as asyncio would log an error for a client that refuses the
                # certificate.
                await writer.start_tls(self._tls, ssl_shutdown_timeout=_GOODBYE)
            server = await asyncio.open_connection(*self._server)
        except OSError:
            reset(writer)
            return
        link = Link(self.faults, (reader, writer), server, self._swallowed)
        self._links.add(link)
        try:
            await link.run()
        finally:
            self._links.discard(link)


async def _send_page(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, status: HTTPStatus
) -> None:
    page = _HTML.format(status.phrase).encode()
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: text/html\r\n"
        f"Content-Length: {len(page)}\r\nConnection: close\r\n\r\n"
    )
    try:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head.encode() + page)
        await writer.drain()
    except OSError, asyncio.IncompleteReadError:
        reset(writer)
    finally:
        writer.close()
