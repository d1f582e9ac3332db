"""Requirements on the video of any NestMTX server; most tests wake a camera.

They use a sleeping camera that is authorized at Google, and wait until it sleeps again. On a real
server that takes about ten minutes.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

import aiohttp
import pytest

from custom_components.nestmtx.client import Account
from custom_components.nestmtx.client.connection.connection import Connection
from custom_components.nestmtx.client.connection.fetch import list_all, read
from tests.contract.conftest import URL, wakes
from tests.simulator import Times
from tests.simulator.rtsp_viewer import rtsp_viewer
from tests.simulator.viewer import Viewer

SDP = {"Content-Type": "application/sdp"}
FRAGMENT = {"Content-Type": "application/trickle-ice-sdpfrag"}
MARK = "ha=contract"
PATIENCE = 20.0 if URL is None else 150.0
"""Timeout in seconds: a busy server takes 75 to start a camera."""
LATE = 0.5 if URL is None else 30.0
"""Seconds by which events may be late."""

FAST = replace(
    Times.fast(),
    process_start=0.3,
    rtsp_start=0.3,
    close_after=0.5,
    handshake_timeout=1.0,
    key_frame_interval=1,
    misses_first_key_frame=True,
)


@pytest.fixture
def times() -> Times:
    """The real server's times, or proportional ones."""
    return FAST if URL is None else Times()


@dataclass
class Sleeper:
    """A sleeping camera, and the server's messages about it."""

    id: int
    path: str
    rtsp: str
    web_rtc: str
    hls: str
    connection: Connection
    sent: list[tuple[str, Any]]

    def details(self, event: str) -> list[dict[str, Any]]:
        """Return the details of the events with a name."""
        return [
            body["details"]
            for topic, body in self.sent
            # The server's API documentation spells `undemand` differently.
            if topic.lower() == f"camera:{event}".lower()
            and body["details"].get("path") == self.path
        ]

    async def happens(self, event: str) -> dict[str, Any]:
        """Wait for an event."""
        await until(lambda: self.details(event))
        return self.details(event)[0]

    async def row(self) -> Any:
        """Return its listed row."""
        return await read(self.connection, "cameras", self.id)

    async def counts(self, readers: int) -> None:
        """Wait until the server lists that many readers."""
        async with asyncio.timeout(PATIENCE):
            while (await self.row())["stream_consumer_count"] != readers:
                await asyncio.sleep(0.1)


async def until(reached: Callable[[], Any]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not reached():
            await asyncio.sleep(0.02)


def passed(since: float) -> float:
    return asyncio.get_running_loop().time() - since


@pytest.fixture
async def rows(connection: Connection) -> list[Any]:
    """The cameras that can be woken."""
    credentials = (await list_all(connection, "credentials")).rows
    authorized = {row["id"] for row in credentials if row["tokens"]}
    columns = ("mtx_path", "is_enabled", "url_rtsp_tcp", "url_web_rtc", "url_hls_m3u8")
    found = [
        row
        for row in (await list_all(connection, "cameras")).rows
        if all(row[column] for column in columns) and row["credentialId"] in authorized
    ]
    if not found:
        pytest.skip("no camera has a path, a credential with tokens, and URLs of all three kinds")
    return found


@pytest.fixture
async def sleeper(
    rows: list[Any], account: Account, connection: Connection, events: list[tuple[str, Any]]
) -> AsyncGenerator[Sleeper]:
    """A camera that sleeps before and after the test."""
    asleep = [row for row in rows if not row["is_persistent"] and row["process_id"] is None]
    if not asleep:
        pytest.skip("no camera sleeps")
    row = min(asleep, key=lambda row: row["id"])
    urls = [filled(row[f"url_{name}"], account) for name in ("rtsp_tcp", "web_rtc", "hls_m3u8")]
    sleeper = Sleeper(row["id"], row["mtx_path"], *urls, connection, events)
    yield sleeper
    async with asyncio.timeout(PATIENCE):
        while (await sleeper.row())["process_id"] is not None:
            await asyncio.sleep(0.1)


def filled(url: str, account: Account) -> str:
    return url.replace("<window.location.origin>", account.address.host)


def whep(sleeper: Sleeper) -> str:
    return f"{sleeper.web_rtc}/whep?{MARK}"


@asynccontextmanager
async def dropped(work: asyncio.Task[Any]) -> AsyncGenerator[None]:
    """Cancel a task at the end of the block."""
    yield
    work.cancel()
    await asyncio.wait({work})


def test_the_host_of_a_url_is_the_pages_placeholder(rows: list[Any]) -> None:
    assert {row["url_rtsp_tcp"].split("//")[1].split(":")[0] for row in rows} == {
        "<window.location.origin>"
    }


async def test_requesting_ice_servers_wakes_no_camera(
    sleeper: Sleeper, http: aiohttp.ClientSession
) -> None:
    async with http.options(whep(sleeper)) as response:
        assert response.status == 204

    await asyncio.sleep(LATE)
    assert not sleeper.details("demand")


@wakes
async def test_a_dropped_offer_still_wakes_the_camera(
    sleeper: Sleeper, http: aiohttp.ClientSession
) -> None:
    async with Viewer() as viewer:
        offer = await viewer.offer()
        post = asyncio.create_task(http.post(whep(sleeper), data=offer, headers=SDP))
        async with dropped(post):
            assert unquote((await sleeper.happens("demand"))["query"]) == MARK
            assert not sleeper.details("ready")

    await sleeper.counts(1)
    await sleeper.happens("undemand")
    assert not sleeper.details("read") and not sleeper.details("unread")


@wakes
async def test_a_dropped_describe_still_wakes_the_camera(
    sleeper: Sleeper,
) -> None:
    async with rtsp_viewer(sleeper.rtsp) as viewer:
        ask = asyncio.create_task(viewer.ask("DESCRIBE", sleeper.rtsp))
        async with dropped(ask):
            await sleeper.happens("demand")

    async with asyncio.timeout(PATIENCE):
        while not (await sleeper.row())["stream_ready"]:
            await asyncio.sleep(0.1)
    await sleeper.happens("undemand")


@wakes
async def test_a_describe_does_not_keep_the_stream(sleeper: Sleeper, times: Times) -> None:
    async with rtsp_viewer(sleeper.rtsp) as viewer:
        assert " 200 " in await viewer.ask("DESCRIBE", sleeper.rtsp)
        begun = asyncio.get_running_loop().time()
        await sleeper.happens("undemand")
        assert times.close_after - 0.2 < passed(begun) < times.close_after + LATE


@wakes
async def test_a_viewer_is_a_reader_with_the_answers_id_once_it_is_connected(
    sleeper: Sleeper, http: aiohttp.ClientSession
) -> None:
    async with Viewer() as viewer:
        offer = await viewer.offer()
        async with http.post(whep(sleeper), data=offer, headers=SDP) as response:
            answer = await response.text()
        assert (response.status, response.headers["ETag"]) == (201, "*")
        session = response.url.join(aiohttp.client.URL(response.headers["Location"]))
        assert response.headers["ID"] not in session.path
        await viewer.take(answer)
        await until(lambda: viewer.state == "connected")
        # The event may be lost if the reader leaves at once.
        read = await sleeper.happens("read")
        assert read["readerId"] == response.headers["ID"]
        assert read["readerType"].lower() == "webrtcsession"
        assert unquote(read["query"]) == MARK
        async with http.delete(session) as response:
            assert response.status == 200
        async with http.delete(session) as response:
            assert response.status == 404
        assert (await sleeper.happens("unread"))["readerId"] == read["readerId"]
        await until(lambda: viewer.state == "closed")


@wakes
async def test_a_viewer_that_does_not_connect_counts_until_its_timeout_without_events(
    sleeper: Sleeper, http: aiohttp.ClientSession, times: Times
) -> None:
    async with Viewer() as viewer:
        offer = await viewer.offer(trickle_later=True)
        async with http.post(whep(sleeper), data=offer, headers=SDP) as response:
            assert response.status == 201
        begun = asyncio.get_running_loop().time()
        session = response.url.join(aiohttp.client.URL(response.headers["Location"]))
        await sleeper.counts(1)
        status = 204
        async with asyncio.timeout(PATIENCE):
            while status == 204:
                await asyncio.sleep(0.1)
                fragment = {"data": viewer.fragment().split("a=candidate")[0]}
                async with http.patch(session, headers=FRAGMENT, **fragment) as response:
                    status = response.status
    assert status == 404
    assert times.handshake_timeout - 0.2 < passed(begun) < times.handshake_timeout + 3.0
    await sleeper.happens("undemand")
    assert not sleeper.details("read") and not sleeper.details("unread")


@wakes
async def test_every_reader_misses_the_first_key_frame(sleeper: Sleeper, times: Times) -> None:
    # Unless it joins with a key frame, which does not happen again and again.
    for _ in range(3):
        async with rtsp_viewer(sleeper.rtsp) as viewer, asyncio.timeout(PATIENCE):
            await viewer.ask("DESCRIBE", sleeper.rtsp)
            await viewer.play(sleeper.rtsp)
            begun, (first, second) = await viewer.key_frames(2)
        if first != begun:
            break

    assert first != begun
    interval = ((second - first) & 0xFFFFFFFF) / 90_000
    # The switch from "connecting" to the camera's video may be in between.
    assert times.key_frame_interval - 0.2 < interval < times.key_frame_interval + 10.0


@wakes
async def test_hls_plays_nothing_and_wakes_the_camera(
    sleeper: Sleeper, http: aiohttp.ClientSession
) -> None:
    async with http.get(sleeper.hls) as response:
        assert response.status in (404, 500)

    async with asyncio.timeout(PATIENCE):
        while not (await sleeper.row())["stream_ready"]:
            await asyncio.sleep(0.1)


@wakes
async def test_a_path_without_a_camera_streams_a_picture(
    sleeper: Sleeper, events: list[tuple[str, Any]]
) -> None:
    nobody = sleeper.rtsp.removesuffix(sleeper.path) + "contract-nobody"
    async with rtsp_viewer(nobody) as viewer, asyncio.timeout(PATIENCE):
        assert " 200 " in await viewer.ask("DESCRIBE", nobody)

    await until(lambda: any(topic.lower() == "camera:undemand" for topic, _ in events))
    bodies = [body for topic, body in events if topic == "camera:demand"]
    assert [(body["entity"], body["details"]["path"]) for body in bodies] == [
        (None, "contract-nobody")
    ]
