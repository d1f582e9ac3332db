"""The RTSP readers, against the simulated server and broken ones."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import replace
from functools import partial
from unittest.mock import patch

import pytest

from custom_components.nestmtx.client import CannotConnect, tag_own_reader
from custom_components.nestmtx.client.errors import StreamUnavailable
from custom_components.nestmtx.client.media import rtsp
from custom_components.nestmtx.client.media.rtsp import describe, read_rtsp, read_video
from tests.simulator import Quirks, Simulator, Times, Trouble
from tests.simulator.picture import access_units
from tests.simulator.probe import PATIENCE, until
from tests.simulator.rtp import description, packets
from tests.simulator.streams import Picture

from .reading import Read, Reading, readers

FRONT = 1
DESCRIBED = "RTSP/1.0 200 OK\r\nCSeq: 1\r\n{headers}Content-Length: {length}\r\n\r\n{body}"


@pytest.fixture
async def read(simulator: Simulator) -> AsyncGenerator[Read]:
    """Start reading a path of the simulated server."""
    readings = []

    def begin(path: str) -> Reading:
        url = f"rtsp://127.0.0.1:{simulator.rtsp_port}/{path}"
        readings.append(Reading(partial(read_rtsp, url)))
        return readings[-1]

    yield begin
    for reading in readings:
        await reading.cancel()


# The simulated server


async def test_a_reader_waits_for_a_sleeping_camera(simulator: Simulator, read: Read) -> None:
    simulator.world.cameras[FRONT].trouble = Trouble(process_start=0.3)
    reading = read("front")
    await until(lambda: simulator.world.cameras[FRONT].process)

    assert reading.opened == 0

    await until(lambda: reading.opened)
    # The path answers a reader slightly before the server reports it.
    await until(lambda: simulator.world.cameras[FRONT].stream.ready)


async def test_a_stream_is_reported_as_opened_once(simulator: Simulator, read: Read) -> None:
    reading = read("front")
    await until(lambda: readers(simulator))
    await asyncio.sleep(0.3)

    assert reading.opened == 1 and not reading.task.done()


async def test_a_reader_keeps_the_stream(simulator: Simulator, read: Read) -> None:
    read("front")
    await until(lambda: readers(simulator))
    await asyncio.sleep(3 * simulator.times.close_after)

    assert simulator.world.cameras[FRONT].stream.ready


async def test_a_reader_is_identified_by_its_tag(simulator: Simulator, read: Read) -> None:
    read(tag_own_reader("front", "n0nce"))
    await until(lambda: readers(simulator))

    assert readers(simulator) == ["ha=n0nce"]


async def test_a_cancelled_reader_leaves_at_once(simulator: Simulator, read: Read) -> None:
    reading = read("front")
    await until(lambda: readers(simulator))

    await reading.cancel()

    await until(lambda: not readers(simulator))


async def test_a_reader_cancelled_while_waiting_ends_its_demand(
    simulator: Simulator, read: Read
) -> None:
    simulator.world.cameras[FRONT].trouble = Trouble(process_start=60)
    reading = read("front")
    await until(lambda: simulator.world.cameras[FRONT].process)

    await reading.cancel()

    await until(lambda: simulator.world.cameras[FRONT].process is None)
    assert reading.opened == 0


async def test_a_describe_waits_for_a_stream_and_does_not_read_it(
    simulator: Simulator,
) -> None:
    camera = simulator.world.cameras[FRONT]
    camera.trouble = Trouble(process_start=0.3)

    await describe(f"rtsp://127.0.0.1:{simulator.rtsp_port}/front")

    assert camera.stream.ready
    assert readers(simulator) == []
    await until(lambda: camera.process is None)


async def test_a_describe_reports_a_missing_stream(simulator: Simulator) -> None:
    simulator.faults.missing_paths = {"front"}

    with pytest.raises(StreamUnavailable) as raised:
        await describe(f"rtsp://127.0.0.1:{simulator.rtsp_port}/front")

    assert raised.value.is_missing


async def test_an_unknown_path_is_missing(simulator: Simulator, read: Read) -> None:
    simulator.faults.missing_paths.add("front")
    reading = read("front")

    with pytest.raises(StreamUnavailable) as err:
        await reading.task
    assert err.value.is_missing and reading.opened == 0


@pytest.mark.parametrize("ready", [True, False])
async def test_a_stream_that_ends_is_not_missing(
    simulator: Simulator, read: Read, ready: bool
) -> None:
    """It ends alone, or with the whole server."""
    await simulator.set_ready(FRONT, ready=True)
    reading = read("front")
    await until(lambda: readers(simulator))

    await (simulator.set_ready(FRONT, ready=False) if ready else simulator.kill())

    async with asyncio.timeout(PATIENCE):
        with pytest.raises(StreamUnavailable) as err:
            await reading.task
    assert not err.value.is_missing


async def test_connecting_to_a_closed_port_fails(simulator: Simulator, read: Read) -> None:
    await simulator.kill()

    with pytest.raises(CannotConnect):
        await read("front").task


async def test_connecting_to_an_unresolvable_hostname_fails() -> None:
    err = UnicodeEncodeError("idna", "a" * 64, 0, 64, "label too long")

    with patch("asyncio.open_connection", side_effect=err), pytest.raises(CannotConnect):
        await read_rtsp(f"rtsp://{'a' * 64}:8554/front", lambda: None)


async def test_connecting_to_a_server_without_tls_fails(simulator: Simulator) -> None:
    with patch.object(rtsp, "_CONNECT_TIMEOUT", 0.2), pytest.raises(CannotConnect):
        await read_rtsp(f"rtsps://127.0.0.1:{simulator.rtsp_port}/front", lambda: None)


# Broken servers


type Answering = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def _server(answering: Answering) -> AsyncGenerator[str]:
    """Serve clients with a handler; yield the stream's URL."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, EOFError):
            await answering(reader, writer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"rtsp://127.0.0.1:{server.sockets[0].getsockname()[1]}/front"
    finally:
        server.close()
        server.abort_clients()
        await server.wait_closed()


async def _request(reader: asyncio.StreamReader) -> str:
    """Receive a request, and return its first line."""
    return (await reader.readuntil(b"\r\n\r\n")).decode().partition("\r\n")[0]


def _sending(answer: bytes) -> Answering:
    """Return a handler that answers the first request, and closes the connection."""

    async def answering(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _request(reader)
        writer.write(answer)
        await writer.drain()

    return answering


async def _endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer with endless headers."""
    await _request(reader)
    writer.write(b"RTSP/1.0 200 OK\r\n")
    number = 0
    while True:
        number += 1
        writer.write(b"X-%d: y\r\n" % number * 100)
        await writer.drain()
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\r\n\r\n",
        b"garbage\r\n\r\n",
        b"\xff\xfe\x00\r\n\r\n",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"RTSP/1.0 200 OK\r\n",
        b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 100\r\n\r\nv=0",
        b"RTSP/1.0 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
        b"RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"RTSP/1.0 200 OK\r\nContent-Length: ten\r\n\r\n",
        b"RTSP/1.0 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n",
        b"RTSP/1.0 301 Moved\r\nLocation: rtsp://elsewhere.example/\r\n\r\n",
        b"RTSP/1.0 401 Unauthorized\r\n\r\n",
        b"A" * 200_000,
    ],
)
@pytest.mark.usefixtures("socket_enabled")
async def test_an_invalid_answer_is_reported_as_no_stream(answer: bytes) -> None:
    async with _server(_sending(answer)) as url:
        with pytest.raises(StreamUnavailable):
            await describe(url)

    async with _server(_sending(answer)) as url, asyncio.timeout(PATIENCE):
        with pytest.raises(StreamUnavailable) as err:
            await read_rtsp(url, lambda: pytest.fail("There is nothing to read"))
    assert not err.value.is_missing


@pytest.mark.usefixtures("socket_enabled")
async def test_an_endless_answer_is_reported_as_no_stream() -> None:
    async with _server(_endless) as url, asyncio.timeout(PATIENCE):
        with pytest.raises(StreamUnavailable):
            await read_rtsp(url, lambda: pytest.fail("There is nothing to read"))


@pytest.mark.usefixtures("socket_enabled")
async def test_a_connection_closed_after_the_description_is_reported_as_no_stream() -> None:
    opened: list[bool] = []
    answer = DESCRIBED.format(headers="", length=0, body="").encode()

    async with _server(_sending(answer)) as url:
        with pytest.raises(StreamUnavailable):
            await read_rtsp(url, lambda: opened.append(True))

    assert opened == [True]


@pytest.mark.parametrize(
    ("headers", "body", "expected"),
    [
        ("", "a=control:*\r\nm=video\r\na=control:track1\r\n", "{url}/track1"),
        ("", "m=video\r\na=control:v\r\nm=audio\r\na=control:a\r\n", "{url}/a"),
        ("", "m=video\na=control:v\n", "{url}/v"),
        ("Content-Base: {url}/base/\r\n", "a=control:v\r\n", "{url}/base/v"),
        ("Content-Base: {url}/base\r\n", "a=control:v\r\n", "{url}/base/v"),
        ("content-base:{url}/base/\r\n", "a=control:v\r\n", "{url}/base/v"),
        ("", "a=control:{url}/whole\r\n", "{url}/whole"),
        ("", "m=video\r\n", "{url}/"),
    ],
)
@pytest.mark.usefixtures("socket_enabled")
async def test_the_url_of_the_last_track_comes_from_the_description(
    headers: str, body: str, expected: str
) -> None:
    asked: list[str] = []

    async def answering(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        url = (await _request(reader)).split(" ")[1]
        text = body.format(url=url)
        described = DESCRIBED.format(headers=headers.format(url=url), length=len(text), body=text)
        writer.write(described.encode())
        asked.append(await _request(reader))

    async with _server(answering) as url:
        with pytest.raises(StreamUnavailable):
            await read_rtsp(url, lambda: None)

    assert asked == [f"SETUP {expected.format(url=url)} RTSP/1.0"]


@pytest.mark.usefixtures("socket_enabled")
async def test_video_before_the_answer_is_skipped() -> None:
    ended = asyncio.Event()

    async def answering(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for number in range(3):
            await _request(reader)
            writer.write(b"$\x00\x00\x06\r\n\r\nv=" * number)
            writer.write(b"RTSP/1.0 200 OK\r\nSession: 1;timeout=60\r\n\r\n")
        await writer.drain()
        ended.set()

    async with _server(answering) as url:
        with pytest.raises(StreamUnavailable, match="has ended"):
            await read_rtsp(url, lambda: None)

    assert ended.is_set()


# Readers of video


UNITS = access_units("front", Picture.VIDEO, 1)


async def _describe_and_play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    text = description(UNITS[0])
    for body in (text, "", ""):
        await _request(reader)
        described = DESCRIBED.format(headers="Session: 7\r\n", length=len(body), body=body)
        writer.write(described.encode())


def _interleaved() -> Iterator[bytes]:
    """Yield access units as interleaved packets."""
    sequence = 0
    for number, unit in enumerate(UNITS):
        sent = packets(unit, number, sequence, 1)
        sequence += len(sent)
        yield b"".join(b"$\x00" + len(each).to_bytes(2) + each for each in sent)


@pytest.mark.usefixtures("socket_enabled")
async def test_a_video_reader_sends_keep_alives_and_skips_their_answers() -> None:
    requests: list[str] = []

    async def answering(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _describe_and_play(reader, writer)
        units = _interleaved()
        writer.write(b"$\x01\x00\x04RTCP" + next(units))
        for number in (1, 2, 3):
            requests.append((await reader.readuntil(b"\r\n\r\n")).decode())
            body = "\r\n$" * number
            answer = DESCRIBED.format(headers="Public: OPTIONS\r\n", length=len(body), body=body)
            writer.write(answer.encode() + next(units))
            await writer.drain()

    received = 0
    async with _server(answering) as url, asyncio.timeout(PATIENCE):
        with patch.object(rtsp, "KEEP_ALIVE", 0.05):
            async with aclosing(read_video(url)) as units:
                async for _ in units:
                    received += 1
                    if received == 4:
                        break

    assert [each.partition(" ")[0] for each in requests] == ["OPTIONS"] * 3
    assert all("Session: 7\r\n" in each for each in requests)


@pytest.mark.parametrize(
    ("quirks", "times"),
    [(Quirks(mediamtx_1_9=False), replace(Times.fast(), keep_alive=0.5))],
    ids=["newer"],
)
async def test_a_reader_that_only_keeps_a_stream_sends_keep_alives_too(
    simulator: Simulator, read: Read
) -> None:
    await simulator.set_ready(FRONT, ready=True)
    with patch.object(rtsp, "KEEP_ALIVE", 0.1):
        reading = read("front")
        await until(lambda: reading.opened)
        await asyncio.sleep(1.5)

    assert len(simulator.world.cameras[FRONT].stream.readers) == 1


@pytest.mark.usefixtures("socket_enabled")
@pytest.mark.parametrize("answer", [b"garbage\r\n\r\n" * 300, b"R\r\nContent-Length: -1\r\n\r\n"])
async def test_invalid_data_ends_a_video_reader(answer: bytes) -> None:
    async def answering(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _describe_and_play(reader, writer)
        writer.write(answer)
        await writer.drain()

    async with _server(answering) as url, asyncio.timeout(PATIENCE):
        with pytest.raises(StreamUnavailable):
            async for _ in read_video(url):
                pass


@pytest.mark.usefixtures("socket_enabled")
async def test_a_video_reader_does_not_wait_for_a_stream_to_start() -> None:
    async def answering(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _request(reader)
        await reader.read()

    async with _server(answering) as url, asyncio.timeout(PATIENCE):
        with patch.object(rtsp, "_REQUEST_TIMEOUT", 0.1), pytest.raises(StreamUnavailable):
            async for _ in read_video(url):
                pass


@pytest.mark.usefixtures("socket_enabled")
async def test_a_stream_without_h264_has_no_video() -> None:
    text = "m=audio 0 RTP/AVP 97\r\na=rtpmap:97 opus/48000/2\r\n"
    answer = DESCRIBED.format(headers="", length=len(text), body=text).encode()

    async with _server(_sending(answer)) as url, asyncio.timeout(PATIENCE):
        with pytest.raises(StreamUnavailable, match="no H"):
            async for _ in read_video(url):
                pass
