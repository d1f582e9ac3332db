"""MediaMTX's RTSP server, over TCP only."""

import asyncio
import math
import re
import secrets
from typing import Final

from . import picture, rtp, sound
from .film import Film
from .listener import stop_accepting
from .lives import Lives
from .playback import frames
from .quirks import Quirks
from .records import elapsed
from .rtsp_messages import (
    SESSION_NOT_FOUND,
    UNSUPPORTED_TRANSPORT,
    Answer,
    Request,
    interleaved,
    receive,
)
from .streams import Reader, StreamTimedOut, StreamUnavailable
from .tasks import Tasks
from .times import Times

_METHODS: Final = "OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER"
_VIDEO, _SOUND = 0, 1
"""Track numbers."""
_TRACK: Final = re.compile(r"trackID=(\d+)")
_BACKLOG: Final = 1_000_000
"""Bytes buffered for a slow reader before video is dropped."""


class Rtsp:
    """The RTSP port, from one opening to its closing."""

    def __init__(self, quirks: Quirks, times: Times, lives: Lives, film: Film) -> None:
        """Initialize; not open yet."""
        self._patience = math.inf if quirks.mediamtx_1_9 else times.keep_alive
        self._lives = lives
        self._film = film
        self._tasks = Tasks()
        self._server: asyncio.Server | None = None

    async def open(self, host: str, port: int) -> int:
        """Listen, and return the port; port 0 selects a free one."""
        self._server = await asyncio.start_server(self._accept, host, port)
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def close(self) -> None:
        """Abort all connections, including held requests."""
        if self._server is not None:
            await stop_accepting(self._server.sockets)
            self._server.close()
            self._server.abort_clients()
        await self._tasks.end()

    def _accept(self, stream: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(stream, writer, self._lives, self._film, self._patience)
        self._tasks.spawn(connection.run())


class Connection:
    """A client's connection, which can become a reader of one path."""

    def __init__(
        self,
        stream: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        lives: Lives,
        film: Film,
        patience: float,
    ) -> None:
        """Initialize; a reader has to send something within `patience` seconds."""
        self._patience = patience
        self._heard_at = elapsed()
        self._stream = stream
        self._writer = writer
        self._lives = lives
        self._film = film
        self._tasks = Tasks()
        self._requests: asyncio.Queue[Request] = asyncio.Queue()
        self._session: str | None = None
        self._channels: dict[int, int] = {}
        """The channels of the tracks that were set up, by track number."""
        self._path = ""
        self._reader: Reader | None = None
        self._playing: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Run until either side closes the connection, even while an answer is held."""
        try:
            self._tasks.spawn(self._answer_all())
            await self._receive_all()
        finally:
            await self._tasks.end()
            self._writer.transport.abort()
        await self._leave()

    async def _receive_all(self) -> None:
        try:
            while True:
                self._requests.put_nowait(await receive(self._stream, self._hear))
                self._hear()
        except EOFError, ConnectionError, ValueError, asyncio.LimitOverrunError:
            return

    def _hear(self) -> None:
        self._heard_at = elapsed()

    async def _answer_all(self) -> None:
        while True:
            request = await self._requests.get()
            answer = await self._answer(request)
            self._writer.write(answer.encoded(request))

    async def _answer(self, request: Request) -> Answer:
        match request.method:
            case "OPTIONS" | "GET_PARAMETER":
                return Answer(headers={"Public": _METHODS})
            case "DESCRIBE":
                return await self._describe(request)
            case "SETUP":
                return self._set_up(request)
            case "PLAY":
                return await self._play(request)
            case "TEARDOWN":
                await self._leave()
                return Answer()
            case _:
                return Answer(501)

    async def _describe(self, request: Request) -> Answer:
        """Answer DESCRIBE, held until there is a stream; it does not count as a reader."""
        try:
            await self._lives.wait(request.path, request.query)
        except StreamTimedOut:
            return Answer(400)
        except StreamUnavailable:
            return Answer(404)
        key_frame = await asyncio.to_thread(picture.key_frame)
        base = request.url.removesuffix("/") + "/"
        headers = {"Content-Base": base, "Content-Type": "application/sdp"}
        return Answer(200, headers, rtp.description(key_frame))

    def _set_up(self, request: Request) -> Answer:
        wanted = request.headers.get("transport", "")
        if "RTP/AVP/TCP" not in wanted:
            return Answer(UNSUPPORTED_TRANSPORT)
        channels, track = re.search(r"interleaved=(\d+)", wanted), _TRACK.search(request.url)
        channel = int(channels[1]) if channels else 0
        self._channels[int(track[1]) if track else _VIDEO] = channel
        self._session = self._session or secrets.token_hex(8)
        transport = f"RTP/AVP/TCP;unicast;interleaved={channel}-{channel + 1}"
        # A newer version says how long it waits for a sign of life.
        limit = "" if math.isinf(self._patience) else ";timeout=55"
        return Answer(headers={"Transport": transport, "Session": self._session + limit})

    async def _play(self, request: Request) -> Answer:
        if self._session is None:
            return Answer(SESSION_NOT_FOUND)
        if self._reader is None:
            self._path, self._reader = request.path, Reader(query=request.query)
            try:
                await self._lives.open(self._path, self._reader)
            except StreamUnavailable:
                self._reader = None
                return Answer(404)
            self._playing = self._tasks.spawn(self._transmit(self._reader))
        return Answer(headers={"Session": self._session})

    async def _leave(self) -> None:
        if self._playing is not None:
            self._playing.cancel()
        if self._reader is not None:
            await self._lives.close(self._path, self._reader.id)
        self._session = self._reader = self._playing = None
        self._channels = {}

    async def _transmit(self, reader: Reader) -> None:
        """Send video and sound until the stream ends, and close the connection."""
        sequence, source, flows = 0, secrets.randbits(32), True
        sent_until = None
        async for number, unit in frames(self._film, self._lives, self._path, at_pace=False):
            is_silent = elapsed() - self._heard_at > self._patience
            if is_silent or not self._lives.reads(self._path, reader.id):
                break
            self._send_sound(sent_until or number / picture.RATE, number / picture.RATE, source)
            sent_until = number / picture.RATE
            # After a dropped frame, those up to the next key frame are useless.
            flows = self._keeps_up and (flows or rtp.is_key_frame(unit))
            if flows and _VIDEO in self._channels:
                packets = rtp.packets(unit, number, sequence, source)
                sequence += len(packets)
                for packet in packets:
                    self._writer.write(interleaved(self._channels[_VIDEO], packet))
        self._writer.close()

    def _send_sound(self, begin: float, end: float, source: int) -> None:
        if _SOUND in self._channels and self._keeps_up:
            for packet in sound.packets(begin, end, source):
                self._writer.write(interleaved(self._channels[_SOUND], packet))

    @property
    def _keeps_up(self) -> bool:
        return self._writer.transport.get_write_buffer_size() < _BACKLOG
