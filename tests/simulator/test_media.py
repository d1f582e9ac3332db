"""HLS, which plays nothing, but wakes cameras."""

import asyncio
from dataclasses import replace

import aiohttp
import pytest

from . import Quirks, Simulator, Times, recorded
from .probe import PATIENCE, Probe, running, token_of, until


def url_of(simulator: Simulator, path: str = "front/index.m3u8") -> str:
    return f"http://{simulator.host}:{simulator.hls_port}/{path}"


async def test_a_playlist_is_held_and_not_found_and_wakes_the_camera(
    simulator: Simulator, client: Probe
) -> None:
    await client.connect(simulator, auth={"token": token_of(simulator)})
    async with (
        aiohttp.ClientSession() as session,
        session.get(url_of(simulator, "front/index.m3u8?ha=nonce")) as response,
    ):
        assert (response.status, await response.text()) == (404, "404 page not found")
    assert simulator.world.cameras[1].stream.ready
    await until(lambda: "camera:notReady" in client.events())
    assert client.events() == [
        "camera:demand",
        "camera:ready",
        "camera:undemand",
        "camera:notReady",
    ]


async def test_a_repeatedly_requested_playlist_keeps_the_camera_awake(
    socket_enabled: None,
) -> None:
    times = replace(Times.fast(), close_after=0.5)
    async with (
        running(Simulator(recorded(), times=times)) as simulator,
        aiohttp.ClientSession() as session,
    ):
        for _ in range(5):
            async with session.get(url_of(simulator)) as response:
                assert response.status == 404
            await asyncio.sleep(0.3)
        assert len(simulator.google_calls) == 1
        await until(lambda: simulator.world.cameras[1].process is None)


async def test_a_player_page_exists_without_a_stream_and_wakes_no_camera(
    simulator: Simulator,
) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(url_of(simulator, "front/")) as response,
    ):
        assert response.status == 200
    assert simulator.world.cameras[1].process is None


async def test_a_newer_version_redirects_a_playlist_and_then_fails(socket_enabled: None) -> None:
    quirks = replace(Quirks(), mediamtx_1_9=False)
    async with (
        running(Simulator(recorded(), quirks, Times.fast())) as simulator,
        aiohttp.ClientSession() as session,
    ):
        url = url_of(simulator, "front/index.m3u8?ha=a")
        async with session.get(url, allow_redirects=False) as response:
            assert response.status == 302
            assert response.headers["Location"] == "/front/index.m3u8?cookieCheck=1&ha=a"
            assert simulator.world.cameras[1].process is None
        async with session.get(url) as response:
            assert response.status == 500
            assert (await response.json())["error"] == "muxer instance not available"


async def test_held_playlist_ends_with_the_server(socket_enabled: None) -> None:
    # It would be held for much longer than this test waits.
    times = replace(Times.fast(), start_timeout=10 * PATIENCE)
    async with (
        running(Simulator(recorded(), times=times)) as simulator,
        aiohttp.ClientSession() as session,
    ):
        held = asyncio.create_task(session.get(url_of(simulator, "cabin1/index.m3u8")))
        await until(lambda: simulator.world.cameras[14].process)
        async with asyncio.timeout(PATIENCE):
            await simulator.stop()
            with pytest.raises(aiohttp.ClientError):
                await held


async def test_playlist_of_no_stream(simulator: Simulator) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(url_of(simulator, "cabin1/index.m3u8")) as response,
    ):
        assert response.status == 404
