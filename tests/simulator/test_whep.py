"""WebRTC offers: held, answered, refused; and the video sent."""

import asyncio
from dataclasses import replace
import uuid

import aiohttp
import pytest

from . import Quirks, Simulator, Times, recorded
from .offers import CABIN, FRONT, SDP, answered, http_of, refusal, watch
from .probe import Probe, running, token_of, until
from .viewer import Viewer


@pytest.fixture
async def client(simulator: Simulator, client: Probe) -> Probe:
    """A connected socket."""
    return await client.connect(simulator, auth={"token": token_of(simulator)})


async def test_received_frames_advance_in_real_time(
    simulator: Simulator, http: aiohttp.ClientSession, viewer: Viewer
) -> None:
    await simulator.set_ready(1, ready=True)
    await watch(http, viewer)
    begun = asyncio.get_running_loop().time()
    numbers = [await viewer.frame() for _ in range(15)]
    assert numbers == list(range(numbers[0], numbers[0] + 15))
    assert 1.0 < asyncio.get_running_loop().time() - begun < 3.0


async def test_offer_is_held_until_a_sleeping_camera_streams(socket_enabled: None) -> None:
    times = replace(Times.fast(), process_start=0.3, rtsp_start=0.3)
    async with (
        running(Simulator(recorded(), times=times)) as simulator,
        http_of(simulator) as http,
        Probe() as client,
        Viewer() as viewer,
    ):
        await client.connect(simulator)
        held = asyncio.create_task(answered(http, await viewer.offer(), f"{FRONT}?ha=nonce"))
        await until(lambda: "camera:demand" in client.events())
        assert not held.done() and not simulator.whep.sessions
        location, answer = await held
        assert simulator.whep.sessions == (location,)
        await viewer.take(answer)
        await viewer.frame()
        await until(lambda: "camera:read" in client.events())
        assert client.events() == ["camera:demand", "camera:ready", "camera:read"]
        [read] = [args[0]["details"] for event, args in client.frames if event == "camera:read"]
        assert (read["query"], read["readerType"]) == ("ha=nonce", "webrtcSession")


async def test_a_newer_version_names_readers_differently_and_keeps_the_query(
    socket_enabled: None, viewer: Viewer
) -> None:
    quirks = replace(Quirks(), mediamtx_1_9=False)
    async with (
        running(Simulator(recorded(), quirks, Times.fast())) as simulator,
        http_of(simulator) as http,
        Probe() as client,
    ):
        await client.connect(simulator)
        location = await watch(http, viewer, f"{FRONT}?ha=nonce")
        assert location.endswith("?ha=nonce")
        await until(lambda: "camera:read" in client.events())
        [read] = [args[0]["details"] for event, args in client.frames if event == "camera:read"]
        assert (read["query"], read["readerType"]) == ("ha%3Dnonce", "webRTCSession")
        async with http.delete(location) as response:
            assert response.status == 200
        async with http.delete(location) as response:
            assert await response.json() == {"status": "error", "error": "session not found"}


async def test_answer_has_the_headers_for_later_requests(
    simulator: Simulator, http: aiohttp.ClientSession, viewer: Viewer
) -> None:
    await simulator.set_ready(1, ready=True)
    async with http.post(FRONT, data=await viewer.offer(), headers=SDP) as response:
        answer = await response.text()
    assert response.content_type == "application/sdp"
    assert response.headers["ETag"] == "*"
    assert uuid.UUID(response.headers["Location"].removeprefix(f"{FRONT}/"))
    assert "a=candidate:" in answer and "H264" in answer and "VP8" not in answer


async def test_a_dropped_offer_still_wakes_the_camera_and_creates_a_session(
    socket_enabled: None, viewer: Viewer
) -> None:
    times = replace(Times.fast(), process_start=0.3, rtsp_start=0.3, handshake_timeout=0.5)
    async with (
        running(Simulator(recorded(), times=times)) as simulator,
        http_of(simulator) as http,
        Probe() as client,
    ):
        await client.connect(simulator, auth={"token": token_of(simulator)})
        held = asyncio.create_task(answered(http, await viewer.offer()))
        await until(lambda: "camera:demand" in client.events())
        held.cancel()

        await until(lambda: simulator.whep.sessions)

        assert len(simulator.world.cameras[1].stream.readers) == 1
        await until(lambda: not simulator.whep.sessions)
        await until(lambda: "camera:notReady" in client.events())
        assert {"camera:ready", "camera:undemand"} <= set(client.events())


async def test_a_dropped_offer_is_held_as_long_as_others(
    socket_enabled: None, viewer: Viewer
) -> None:
    times = replace(Times.fast(), start_timeout=0.5)
    async with (
        running(Simulator(recorded(), times=times)) as simulator,
        http_of(simulator) as http,
        Probe() as client,
    ):
        await client.connect(simulator, auth={"token": token_of(simulator)})
        held = asyncio.create_task(answered(http, await viewer.offer(), CABIN))
        await until(lambda: "camera:demand" in client.events())
        dropped = asyncio.get_running_loop().time()
        held.cancel()

        await until(lambda: "camera:undemand" in client.events())

        assert asyncio.get_running_loop().time() - dropped > 0.3
        assert client.events() == ["camera:demand", "camera:undemand"]
        assert not simulator.whep.sessions


async def test_stream_that_does_not_start_times_out(socket_enabled: None) -> None:
    times = replace(Times.fast(), start_timeout=0.1)
    async with (
        running(Simulator(recorded(), times=times)) as simulator,
        http_of(simulator) as http,
        Viewer() as viewer,
    ):
        answer = await refusal(http, "POST", CABIN, data=await viewer.offer(), headers=SDP)
        assert answer == (400, "source of path 'cabin1' has timed out")


async def test_stream_that_ends_while_an_offer_is_held_is_not_available(
    simulator: Simulator, http: aiohttp.ClientSession, viewer: Viewer
) -> None:
    request = refusal(http, "POST", CABIN, data=await viewer.offer(), headers=SDP)
    held = asyncio.create_task(request)
    await until(lambda: simulator.world.cameras[14].process)
    await simulator.set_ready(14, ready=False)
    assert await held == (404, "no one is publishing to path 'cabin1'")


@pytest.mark.parametrize(
    ("headers", "offer", "wakes"),
    [
        ({"Content-Type": "text/plain"}, "v=0", False),
        (SDP, "", True),
        (SDP, "no offer", True),
        (SDP, "v=0\r\nm=video", True),
    ],
)
async def test_an_invalid_offer_is_refused_and_wakes_the_camera_if_its_type_is_right(
    simulator: Simulator,
    http: aiohttp.ClientSession,
    headers: dict[str, str],
    offer: str,
    wakes: bool,
) -> None:
    status, _ = await refusal(http, "POST", FRONT, data=offer, headers=headers)
    assert status == 400
    assert (simulator.world.cameras[1].process is not None) is wakes
    assert not simulator.world.cameras[1].stream.readers


async def test_offer_without_h264_is_refused(
    simulator: Simulator, http: aiohttp.ClientSession, viewer: Viewer
) -> None:
    offer = (await viewer.offer()).replace("H264/", "H265/")
    status, _ = await refusal(http, "POST", FRONT, data=offer, headers=SDP)
    assert status == 400


async def test_offer_of_audio_only_is_refused(
    simulator: Simulator, http: aiohttp.ClientSession
) -> None:
    async with Viewer("audio") as viewer:
        offer = await viewer.offer()
        answer = await refusal(http, "POST", FRONT, data=offer, headers=SDP)
    assert answer == (400, "no video is asked for")


async def test_audio_is_answered_and_not_sent(
    simulator: Simulator, http: aiohttp.ClientSession
) -> None:
    await simulator.set_ready(1, ready=True)
    async with Viewer("audio", "video") as viewer:
        _, answer = await answered(http, await viewer.offer())
        await viewer.take(answer)
        audio, video = answer.split("m=")[1:]
        assert audio.startswith("audio") and "a=inactive" in audio
        assert video.startswith("video") and "a=sendonly" in video
        assert await viewer.frame() < await viewer.frame()


async def test_requesting_ice_servers_wakes_no_camera(
    simulator: Simulator, http: aiohttp.ClientSession
) -> None:
    simulator.world.ice_servers = ('<stun:a.example>; rel="ice-server"', "<stun:b.example>")
    async with http.options(FRONT) as response:
        assert response.status == 204
    assert tuple(response.headers.getall("Link")) == simulator.world.ice_servers
    assert simulator.whep.requests == [("OPTIONS", FRONT)]
    assert simulator.world.cameras[1].process is None


async def test_preflight_allows_the_requests_of_viewers(http: aiohttp.ClientSession) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Origin": "http://ha.example"}
    async with http.options(FRONT, headers=asked) as response:
        assert response.status == 204
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "PATCH" in response.headers["Access-Control-Allow-Methods"]
    assert "Link" not in response.headers


async def test_port_is_in_the_cameras_row_and_kept(simulator: Simulator) -> None:
    port = simulator.web_rtc_port
    await simulator.kill()
    await simulator.start()
    assert port and simulator.web_rtc_port == simulator.world.ports["web_rtc"] == port
