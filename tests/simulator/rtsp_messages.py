"""Messages of an RTSP connection: requests, answers, and interleaved packets."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
import re
from typing import Final
from urllib.parse import unquote, urlsplit

UNSUPPORTED_TRANSPORT: Final = 461
SESSION_NOT_FOUND: Final = 454
_REASONS: Final = {
    UNSUPPORTED_TRANSPORT: "Unsupported Transport",
    SESSION_NOT_FOUND: "Session Not Found",
}
_TRACK: Final = re.compile(r"(/trackID=\d+)?/?$")
"""The suffix that clients append to a URL, after or before its query."""
_PACKET: Final = b"$"


@dataclass(frozen=True)
class Request:
    """A request; its header names are in lower case."""

    method: str
    url: str
    headers: dict[str, str]

    @property
    def path(self) -> str:
        """The path of its stream."""
        return _TRACK.sub("", unquote(urlsplit(self.url).path)).removeprefix("/")

    @property
    def query(self) -> str:
        """The query of the stream's URL."""
        return _TRACK.sub("", urlsplit(self.url).query)


@dataclass(frozen=True)
class Answer:
    """An answer."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""

    def encoded(self, request: Request) -> bytes:
        """Encode the answer to a request."""
        reason = _REASONS.get(self.status) or HTTPStatus(self.status).phrase
        headers = {"CSeq": request.headers.get("cseq", "0"), **self.headers}
        if self.body:
            headers["Content-Length"] = str(len(self.body.encode()))
        lines = (f"RTSP/1.0 {self.status} {reason}", *(f"{k}: {v}" for k, v in headers.items()))
        return ("\r\n".join(lines) + "\r\n\r\n" + self.body).encode()


async def receive(stream: asyncio.StreamReader, heard: Callable[[], None]) -> Request:
    """Return the next request, skipping packets; `heard` is called for each packet.

    Raises EOFError, or ValueError for invalid data.
    """
    while (first := await stream.readexactly(1)) == _PACKET:
        header = await stream.readexactly(3)
        await stream.readexactly(int.from_bytes(header[1:]))
        heard()
    head = (first + await stream.readuntil(b"\r\n\r\n")).decode()
    start, *lines = head.strip().split("\r\n")
    method, url, _version = start.split(" ")
    fields = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in fields}
    await stream.readexactly(int(headers.get("content-length", 0)))
    return Request(method, url, headers)


def interleaved(channel: int, packet: bytes) -> bytes:
    """Encode an interleaved packet."""
    return _PACKET + bytes((channel,)) + len(packet).to_bytes(2) + packet
