"""The calls of streams to Google, and the effects of Google's refusals."""

import asyncio
from dataclasses import replace

import aiohttp
import pytest

from . import Picture, Simulator, Times, Trouble, recorded
from .offers import SDP, answered, refusal
from .probe import Probe, running, token_of, until
from .records import wall_clock
from .streams import StreamUnavailable
from .viewer import Viewer

FRONT, DRIVEWAY, CABIN = 1, 2, 14
"""A camera with RTSP at Google, one with WebRTC, and one without tokens."""


@pytest.fixture
async def client(simulator: Simulator, client: Probe) -> Probe:
    """A connected socket."""
    return await client.connect(simulator, auth={"token": token_of(simulator)})


def calls(simulator: Simulator) -> list[tuple[str, str]]:
    return [(call.path, call.command) for call in simulator.google_calls]


async def test_a_start_costs_one_call_for_any_number_of_viewers(simulator: Simulator) -> None:
    for camera in (FRONT, DRIVEWAY):
        for _ in range(2):
            await simulator.open_reader(camera)

    assert calls(simulator) == [("front", "generate"), ("driveway", "generate")]
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{simulator.url}/control/google") as response,
    ):
        assert [call["path"] for call in await response.json()] == ["front", "driveway"]


async def test_a_refused_webrtc_camera_is_answered_and_closed_at_one_call_per_reader(
    simulator: Simulator, client: Probe, http: aiohttp.ClientSession
) -> None:
    simulator.world.cameras[DRIVEWAY].trouble = Trouble(refused=True)
    for number in (1, 2):
        async with Viewer() as viewer:
            await answered(http, await viewer.offer(), "/driveway/whep")
            await until(lambda: not simulator.whep.sessions)
            await until(lambda: client.events().count("camera:notReady") == number)  # noqa: B023
        await asyncio.sleep(0)

    assert calls(simulator) == [("driveway", "generate")] * 2
    assert client.events().count("camera:ready") == 2


async def test_a_refused_webrtc_camera_costs_no_calls_without_readers(
    socket_enabled: None,
) -> None:
    times = replace(Times.fast(), close_after=1.0)
    async with running(Simulator(recorded(), times=times)) as simulator:
        simulator.world.cameras[DRIVEWAY].trouble = Trouble(refused=True)
        await simulator.open_reader(DRIVEWAY)
        await asyncio.sleep(0.8)
        assert len(simulator.google_calls) == 1
        assert simulator.world.cameras[DRIVEWAY].process is None


async def test_a_refused_rtsp_camera_flaps_at_two_calls_each_time(
    socket_enabled: None,
) -> None:
    times = replace(Times.fast(), close_after=1.0)
    async with running(Simulator(recorded(), times=times)) as simulator, Probe() as client:
        await client.connect(simulator, auth={"token": token_of(simulator)})
        camera = simulator.world.cameras[FRONT]
        camera.trouble = Trouble(refused=True)
        await simulator.open_reader(FRONT)
        await until(lambda: "camera:undemand" in client.events())

        turns = [name for name in client.events() if name.endswith("eady")]
        assert turns[:4] == ["camera:ready", "camera:notReady"] * 2
        assert calls(simulator) == [("front", "generate")] * 2 * turns.count("camera:ready")
        assert camera.expires_at is not None
        before = len(simulator.google_calls)
        await asyncio.sleep(2 * times.refused_again)
        assert len(simulator.google_calls) == before


@pytest.mark.parametrize(("camera_id", "expected"), [(FRONT, 2), (DRIVEWAY, 3)])
async def test_a_rate_limited_camera_does_not_start(
    simulator: Simulator,
    client: Probe,
    http: aiohttp.ClientSession,
    viewer: Viewer,
    camera_id: int,
    expected: int,
) -> None:
    camera = simulator.world.cameras[camera_id]
    camera.trouble = Trouble(rate_limited=True)

    status, _ = await refusal(
        http, "POST", f"/{camera.path}/whep", data=await viewer.offer(), headers=SDP
    )

    assert status == 400
    await until(lambda: "camera:undemand" in client.events())
    assert "camera:ready" not in client.events()
    assert len(simulator.google_calls) == expected


async def test_without_tokens_a_process_publishes_nothing_and_does_not_call_google(
    simulator: Simulator,
) -> None:
    opening = asyncio.create_task(simulator.open_reader(CABIN))
    camera = simulator.world.cameras[CABIN]
    await until(lambda: camera.process)
    process = camera.process

    with pytest.raises(StreamUnavailable):
        await opening

    assert simulator.google_calls == []
    assert process and process.pid


async def test_a_stream_is_extended_at_the_full_minute_before_it_expires(
    socket_enabled: None,
) -> None:
    times = replace(Times.fast(), extension_job=0.5, authorization=1.3, extend_before=0.7)
    async with running(Simulator(recorded(), times=times)) as simulator, Probe() as client:
        await client.connect(simulator)
        await simulator.open_reader(FRONT)
        authorized = wall_clock()
        await until(lambda: "camera:extended" in client.events())
        assert wall_clock() % 0.5 < 0.25
        assert wall_clock() - authorized > 0.6
        assert calls(simulator) == [("front", "generate"), ("front", "extend")]


async def test_a_refused_extension_interrupts_the_stream_until_a_new_session(
    socket_enabled: None,
) -> None:
    times = replace(Times.fast(), authorization=0.4, extend_before=0.3)
    async with running(Simulator(recorded(), times=times)) as simulator, Probe() as client:
        await client.connect(simulator)
        simulator.world.cameras[FRONT].trouble = Trouble(extension_refused=True)
        await simulator.open_reader(FRONT)
        await until(lambda: simulator.picture(FRONT) is Picture.CONNECTING)
        assert "camera:failed-extension" in client.events()
        await until(lambda: simulator.picture(FRONT) is Picture.VIDEO)
        assert client.events().count("camera:ready") == 1
        assert "camera:notReady" not in client.events()
        [error, *_] = [
            args[0]["details"]["error"]
            for event, args in client.frames
            if event == "camera:failed-extension"
        ]
        assert "mediaSessionId" in str(error)
        assert calls(simulator)[:3] == [
            ("front", command) for command in ("generate", "extend", "generate")
        ]


async def test_a_stall_ends_without_an_event(socket_enabled: None) -> None:
    times = replace(Times.fast(), stall=0.8, connecting=0.3)
    async with running(Simulator(recorded(), times=times)) as simulator, Probe() as client:
        await client.connect(simulator)
        await simulator.open_reader(DRIVEWAY)
        camera = simulator.world.cameras[DRIVEWAY]
        await until(lambda: simulator.picture(DRIVEWAY) is Picture.VIDEO)
        events = client.events()

        camera.trouble = Trouble(stalled_since=wall_clock())
        await asyncio.sleep(0.3)
        received = camera.stream.received
        await asyncio.sleep(0.3)
        assert camera.stream.received == received
        await until(lambda: simulator.picture(DRIVEWAY) is Picture.CONNECTING)
        await until(lambda: simulator.picture(DRIVEWAY) is Picture.VIDEO)

        assert client.events() == events
        assert camera.stream.received > received
        assert calls(simulator) == [("driveway", "generate")] * 2
