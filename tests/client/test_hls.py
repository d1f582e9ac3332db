"""A patient reader of HLS, against the simulated server and against broken ones."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from functools import partial
from unittest.mock import patch

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
import pytest

from custom_components.nestmtx.client import CannotConnect, tag_own_reader
from custom_components.nestmtx.client.errors import StreamUnavailable
from custom_components.nestmtx.client.media import hls
from custom_components.nestmtx.client.media.hls import read_hls
from tests.simulator import Simulator, Trouble
from tests.simulator.probe import PATIENCE, until

from .reading import Read, Reading, readers

FRONT = 1


@pytest.fixture
async def read(simulator: Simulator, http: aiohttp.ClientSession) -> AsyncGenerator[Read]:
    """Begin to read a playlist of the simulated server, and ask for it often."""
    readings = []

    def begin(path: str) -> Reading:
        url = f"http://127.0.0.1:{simulator.hls_port}/{path}"
        readings.append(Reading(partial(read_hls, http, url)))
        return readings[-1]

    with patch.object(hls, "_INTERVAL", 0.05):
        yield begin
        for reading in readings:
            await reading.cancel()


# The simulated server


async def test_a_camera_that_sleeps_is_waited_for(simulator: Simulator, read: Read) -> None:
    simulator.world.cameras[FRONT].trouble = Trouble(process_start=0.3)
    reading = read("front/index.m3u8")
    await until(lambda: simulator.world.cameras[FRONT].process)

    assert reading.opened == 0

    await until(lambda: reading.opened)
    assert simulator.world.cameras[FRONT].stream.ready


async def test_a_reader_keeps_the_stream(simulator: Simulator, read: Read) -> None:
    reading = read("front/index.m3u8")
    await until(lambda: reading.opened > 5)

    assert simulator.world.cameras[FRONT].stream.ready and readers(simulator)


async def test_a_reader_is_told_by_its_mark(simulator: Simulator, read: Read) -> None:
    read(tag_own_reader("front/index.m3u8", "n0nce"))
    await until(lambda: readers(simulator))

    assert readers(simulator) == ["ha=n0nce"]


async def test_a_cookie_is_taken_along(simulator: Simulator, read: Read) -> None:
    simulator.faults.hls_redirects = True
    reading = read(tag_own_reader("front/index.m3u8", "n0nce"))

    await until(lambda: reading.opened > 1)

    assert "ha=n0nce" in readers(simulator)[0]


async def test_a_path_that_is_not_there_is_missing(simulator: Simulator, read: Read) -> None:
    simulator.faults.missing_paths.add("front")

    with pytest.raises(StreamUnavailable) as err:
        await read("front/index.m3u8").task
    assert err.value.is_missing


async def test_a_server_that_ends_cannot_be_connected_to_any_more(
    simulator: Simulator, read: Read
) -> None:
    reading = read("front/index.m3u8")
    await until(lambda: reading.opened)

    await simulator.kill()

    async with asyncio.timeout(PATIENCE):
        with pytest.raises(CannotConnect):
            await reading.task


# Broken servers


@asynccontextmanager
async def _server(
    answers: Callable[[web.Request], web.StreamResponse],
) -> AsyncGenerator[tuple[str, list[web.Request]]]:
    """Serve playlists in some way; a stream's URL, and what was asked for."""
    asked: list[web.Request] = []

    async def handle(request: web.Request) -> web.StreamResponse:
        asked.append(request)
        return answers(request)

    app = web.Application()
    app.router.add_get("/{path:.*}", handle)
    async with TestServer(app) as server:
        yield str(server.make_url("/front/index.m3u8")), asked


def _redirect(location: str, status: int = 302) -> Callable[[web.Request], web.Response]:
    """Lead everybody somewhere else."""
    return lambda _request: web.Response(status=status, headers={"Location": location})


def _nothing_is_opened() -> None:
    pytest.fail("There is no playlist")


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.2:{port}/front/index.m3u8",
        "http://localhost:{port}/front/index.m3u8",
        "https://127.0.0.1:{port}/front/index.m3u8",
        "http://127.0.0.1:1/front/index.m3u8",
        "//elsewhere.example/front/index.m3u8",
        "file:///etc/passwd",
        "data:,x",
    ],
)
@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_nobody_is_followed_to_another_host(
    http: aiohttp.ClientSession, location: str, status: int
) -> None:
    def answer(request: web.Request) -> web.Response:
        return _redirect(location.format(port=request.url.port), status)(request)

    async with _server(answer) as (url, asked):
        with pytest.raises((StreamUnavailable, CannotConnect)):
            await read_hls(http, url, _nothing_is_opened)

    assert len(asked) == 1


@pytest.mark.parametrize("location", ["", "index.m3u8", "/front/index.m3u8?cookieCheck=1"])
async def test_redirects_without_an_end_are_not_followed_for_ever(
    http: aiohttp.ClientSession, location: str
) -> None:
    async with _server(_redirect(location)) as (url, asked):
        with pytest.raises(StreamUnavailable):
            await read_hls(http, url, _nothing_is_opened)

    assert len(asked) < 10


@pytest.mark.parametrize("status", [204, 206, 400, 401, 403, 500, 503])
async def test_another_status_is_no_stream(http: aiohttp.ClientSession, status: int) -> None:
    async with _server(lambda _request: web.Response(status=status)) as (url, _):
        with pytest.raises(StreamUnavailable, match=str(status)) as err:
            await read_hls(http, url, _nothing_is_opened)

    assert not err.value.is_missing


async def test_a_location_that_is_none_is_not_followed(http: aiohttp.ClientSession) -> None:
    async with _server(_redirect("http://[nowhere")) as (url, asked):
        with pytest.raises((StreamUnavailable, CannotConnect)):
            await read_hls(http, url, _nothing_is_opened)

    assert len(asked) == 1


async def test_a_playlist_that_ends_is_missing(http: aiohttp.ClientSession) -> None:
    statuses = iter([200, 200, 404])

    with patch.object(hls, "_INTERVAL", 0):
        async with _server(lambda _request: web.Response(status=next(statuses))) as (url, _):
            reading = Reading(partial(read_hls, http, url))
            with pytest.raises(StreamUnavailable) as err:
                await reading.task

    assert err.value.is_missing and reading.opened == 2


@pytest.mark.parametrize(
    "answer",
    [b"", b"garbage\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n"],
)
async def test_what_speaks_no_http_cannot_be_connected_to(
    http: aiohttp.ClientSession, answer: bytes
) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/front/index.m3u8"
    async with server, asyncio.timeout(PATIENCE):
        with pytest.raises(CannotConnect):
            await read_hls(http, url, _nothing_is_opened)


async def test_nothing_that_listens_cannot_be_connected_to(http: aiohttp.ClientSession) -> None:
    with pytest.raises(CannotConnect):
        await read_hls(http, "http://127.0.0.1:1/front/index.m3u8", _nothing_is_opened)
