"""RTSP readers over TCP (RFC 2326): one only keeps a stream running, one reads its video.

MediaMTX holds a DESCRIBE for up to a minute while the stream is started; media libraries time out
after five seconds. Only one connection to the URL's host is opened: a redirect is an error, and so
is a server that goes silent.
"""

import asyncio
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
import re
import ssl
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..errors import CannotConnect, StreamUnavailable
from .h264 import AccessUnit, Depacketizer, video_track

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator

_CONNECT_TIMEOUT = 10.0
_DEFAULT_PORTS = {"rtsp": 554, "rtsps": 322}
_CONTROL = re.compile(r"^a=control:(\S+)\s*$", re.MULTILINE)
MAX_BODY_SIZE = 64 * 1024
"""Bytes of an answer's body. MediaMTX's descriptions take about 1 kB."""
MAX_HEADERS = 100
"""Headers of an answer. MediaMTX sends about five."""
MAX_REASON_LENGTH = 100
"""Characters of an answer's status line in an error."""
MAX_IN_A_ROW = 32
"""Packets read before other tasks run."""
_DESCRIBE_TIMEOUT = 75.0
"""Seconds. MediaMTX holds a DESCRIBE for 60 s while the stream is started."""
_REQUEST_TIMEOUT = 10.0
"""Seconds for any other request."""
MAX_SILENCE = 60.0
"""Seconds without a byte of a playing stream. A stalled camera recovers after 40 s."""
KEEP_ALIVE = 25.0
"""Seconds between keep-alives. MediaMTX 1.20 ends a session without requests after 60 s."""
_CHUNK = 64 * 1024
_PACKET = b"$"


@dataclass(frozen=True, slots=True)
class _Answer:
    headers: dict[str, str]
    body: str


class _RtspConnection:
    """Sequential requests, and their answers."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._sequence = 0
        self._read = 0

    async def request(self, method: str, url: str, **headers: str) -> _Answer:
        """Send a request. Raises StreamUnavailable if the status is not 200."""
        self._send(method, url, headers)
        timeout = _DESCRIBE_TIMEOUT if method == "DESCRIBE" else _REQUEST_TIMEOUT
        async with asyncio.timeout(timeout):
            return await self._answer(method)

    def _send(self, method: str, url: str, headers: dict[str, str]) -> None:
        self._sequence += 1
        lines = [f"{method} {url} RTSP/1.0", f"CSeq: {self._sequence}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self._writer.write("\r\n".join((*lines, "", "")).encode())

    @contextmanager
    def kept_alive(self, url: str, session: str) -> Iterator[None]:
        """Send a keep-alive every KEEP_ALIVE seconds; the answers are ignored."""
        loop = asyncio.get_running_loop()
        timer: asyncio.TimerHandle

        def keep() -> None:
            nonlocal timer
            self._send("OPTIONS", url, {"Session": session})
            timer = loop.call_later(KEEP_ALIVE, keep)

        timer = loop.call_later(KEEP_ALIVE, keep)
        try:
            yield
        finally:
            timer.cancel()

    async def _answer(self, method: str) -> _Answer:
        status = await self._status()
        answer = await self._rest()
        code = status.partition(" ")[2][:3]
        if code != "200":
            raise StreamUnavailable(
                f"{method} was answered with {status[:MAX_REASON_LENGTH]!r}",
                is_missing=code == "404",
            )
        return answer

    async def _rest(self) -> _Answer:
        """Return an answer whose status line was already read."""
        headers = await self._headers()
        length = int(headers.get("content-length", "0"))
        if not 0 <= length <= MAX_BODY_SIZE:
            raise ValueError("the answer is too long")
        body = await self._reader.readexactly(length)
        return _Answer(headers, body.decode(errors="replace"))

    async def discard(self) -> None:
        """Read and drop all data until the server closes the connection."""
        while await self._reader.read(_CHUNK):
            pass

    async def packet(self) -> bytes:
        """Return the next RTP packet of channel 0, skipping RTCP and late answers."""
        while True:
            await self._let_others_run()
            async with asyncio.timeout(MAX_SILENCE):
                if await self._reader.readexactly(1) != _PACKET:
                    await self._line()
                    await self._rest()
                    continue
                channel, *size = await self._reader.readexactly(3)
                packet = await self._reader.readexactly(int.from_bytes(size))
            if channel == 0:
                return packet

    async def _status(self) -> str:
        """Return the status line of the next answer, skipping all packets."""
        while (first := await self._reader.readexactly(1)) == _PACKET:
            await self._let_others_run()
            header = await self._reader.readexactly(3)
            await self._reader.readexactly(int.from_bytes(header[1:]))
        return first.decode(errors="replace") + await self._line()

    async def _let_others_run(self) -> None:
        """Yield regularly: reading buffered data does not."""
        self._read += 1
        if self._read % MAX_IN_A_ROW == 0:
            await asyncio.sleep(0)

    async def _headers(self) -> dict[str, str]:
        headers: dict[str, str] = {}
        for _ in range(MAX_HEADERS):
            line = await self._line()
            if not line:
                return headers
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        raise ValueError("the answer has too many headers")

    async def _line(self) -> str:
        return (await self._reader.readuntil(b"\r\n")).decode(errors="replace").rstrip()


async def describe(url: str) -> None:
    """Wait until a stream is ready, without reading it.

    Raises CannotConnect, and StreamUnavailable if there is none.
    """
    async with _connect(url) as connection:
        try:
            await connection.request("DESCRIBE", url, Accept="application/sdp")
        except (EOFError, OSError, ValueError, asyncio.LimitOverrunError) as err:
            raise StreamUnavailable(f"The stream broke off: {err}") from err


async def read_rtsp(url: str, opened: Callable[[], None]) -> None:
    """Read a stream until cancelled; `opened` is called once the stream is ready.

    Raises CannotConnect, and StreamUnavailable if there is no stream or it has ended.
    """
    async with _connect(url) as connection:
        try:
            answer = await connection.request("DESCRIBE", url, Accept="application/sdp")
            opened()
            # One track is enough to keep the stream.
            session = await _play(connection, url, answer, _last_control(answer.body))
            with connection.kept_alive(url, session):
                await connection.discard()
        except (EOFError, OSError, ValueError, asyncio.LimitOverrunError) as err:
            raise StreamUnavailable(f"The stream broke off: {err}") from err
    raise StreamUnavailable("The stream has ended")


async def read_video(url: str) -> AsyncGenerator[AccessUnit]:
    """Read the H.264 of a running stream, from the next key frame, until it ends.

    Does not wait for a stream to start. Close the generator to stop reading. Raises
    CannotConnect, and StreamUnavailable if there is no such stream or it has ended.
    """
    async with _connect(url) as connection:
        try:
            async with asyncio.timeout(_REQUEST_TIMEOUT):
                answer = await connection.request("DESCRIBE", url, Accept="application/sdp")
            track = video_track(answer.body)
            if track is None:
                raise StreamUnavailable("The stream has no H.264")
            session = await _play(connection, url, answer, track.control)
            depacketizer = Depacketizer(track)
            with connection.kept_alive(url, session):
                while True:
                    if unit := depacketizer.feed(await connection.packet()):
                        yield unit
        except (EOFError, OSError, ValueError, asyncio.LimitOverrunError) as err:
            raise StreamUnavailable(f"The stream broke off: {err}") from err


async def _play(connection: _RtspConnection, url: str, description: _Answer, control: str) -> str:
    """Start reading one track; return the session id."""
    base = description.headers.get("content-base") or f"{url}/"
    answer = await connection.request(
        "SETUP", _track_url(base, control), Transport="RTP/AVP/TCP;unicast;interleaved=0-1"
    )
    session = answer.headers.get("session", "").partition(";")[0]
    await connection.request("PLAY", base, Session=session)
    return session


def _last_control(description: str) -> str:
    """Return the control of the last track: the audio, which is small, if there is any."""
    controls = _CONTROL.findall(description)
    return controls[-1] if controls else ""


def _track_url(base: str, control: str) -> str:
    if not control or "://" in control:
        return control or base
    return f"{base.rstrip('/')}/{control}"


@asynccontextmanager
async def _connect(url: str) -> AsyncGenerator[_RtspConnection]:
    parts = urlsplit(url)
    tls = None
    if parts.scheme == "rtsps":
        # As in media libraries: MediaMTX's certificate is self-signed, and nothing secret is sent.
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    port = parts.port or _DEFAULT_PORTS[parts.scheme]
    try:
        async with asyncio.timeout(_CONNECT_TIMEOUT):
            reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=tls)
    except (OSError, UnicodeError) as err:
        raise CannotConnect(f"MediaMTX cannot be reached: {err}") from err
    try:
        yield _RtspConnection(reader, writer)
    finally:
        # Without TEARDOWN: this ends the session at once, without waiting.
        writer.transport.abort()
