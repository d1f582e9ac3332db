"""Streams over RTSP, and their failures."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime
import itertools
import math

import av
import pytest

from . import Picture, Quirks, Simulator, Times, Trouble, recorded
from .picture import RATE, frame_number
from .probe import Probe, running, token_of, until
from .records import wall_clock
from .rtp import packets, payloads
from .rtsp_viewer import RtspViewer, rtsp_viewer

FRONT, DRIVEWAY = 1, 2
"""A camera that shows video at once, and one that shows the "connecting" picture first."""


def viewer(simulator: Simulator) -> AbstractAsyncContextManager[RtspViewer]:
    return rtsp_viewer(url_of(simulator))


def url_of(simulator: Simulator, rest: str = "front") -> str:
    return f"rtsp://{simulator.host}:{simulator.rtsp_port}/{rest}"


def watched(url: str, count: int) -> list[int]:
    """Return the numbers of the first frames."""
    with av.open(url, options={"rtsp_transport": "tcp"}, timeout=5) as container:
        frames = itertools.islice(container.decode(video=0), count)
        return [frame_number(frame.to_ndarray(format="gray")) for frame in frames]


@pytest.fixture
async def client(simulator: Simulator, client: Probe) -> Probe:
    """A connected socket."""
    return await client.connect(simulator, auth={"token": token_of(simulator)})


async def test_frames_follow_one_another_and_the_reader_is_announced(
    simulator: Simulator, client: Probe
) -> None:
    await simulator.set_ready(FRONT, ready=True)
    begin = int(wall_clock()) * RATE

    numbers = await asyncio.to_thread(watched, url_of(simulator, "front?ha=nonce"), 15)

    assert numbers == list(range(numbers[0], numbers[0] + 15))
    assert begin % 2**24 <= numbers[0] <= wall_clock() * RATE % 2**24
    await until(lambda: "camera:unread" in client.events())
    assert client.events() == ["camera:ready", "camera:read", "camera:unread"]
    details = [args[0]["details"] for event, args in client.frames if event == "camera:read"]
    assert [(each["query"], each["readerType"]) for each in details] == [
        ("ha=nonce", "rtspSession")
    ]


@pytest.fixture
async def real(socket_enabled: None) -> AsyncIterator[Simulator]:
    """A simulator that misses key frames like the real server, at a shorter interval."""
    times = replace(Times.fast(), key_frame_interval=2, misses_first_key_frame=True)
    async with running(Simulator(recorded(), times=times)) as simulator:
        yield simulator


async def test_a_reader_misses_the_first_key_frame_and_waits_for_the_next(real: Simulator) -> None:
    async with viewer(real) as one:
        await one.play(url_of(real))
        begun, (first, second) = await one.key_frames(2)

    assert first > begun
    assert second - first == 2 * 90_000


async def test_the_video_of_a_late_reader_begins_with_a_key_frame(real: Simulator) -> None:
    await real.open_reader(FRONT)
    await asyncio.sleep(0.5)

    early, late = await asyncio.gather(
        *(asyncio.to_thread(watched, url_of(real), 25) for _ in range(2))
    )

    assert early == late == list(range(early[0], early[0] + 25))
    era = int(wall_clock() * RATE) >> 24 << 24
    assert (era + early[0]) % RATE == 0


def test_the_real_server_s_key_frames_are_far_apart() -> None:
    assert (Times().key_frame_interval, Times().misses_first_key_frame) == (25, True)


async def test_the_track_may_follow_or_precede_the_query(
    simulator: Simulator, client: Probe
) -> None:
    for url in ("front?ha=a/trackID=0", "front/trackID=0?ha=a", "front?ha=a/"):
        async with viewer(simulator) as one:
            await one.play(url_of(simulator, url))
    await until(lambda: client.events().count("camera:unread") == 3)
    read = [args[0] for event, args in client.frames if event == "camera:read"]
    seen = [(body["entity"], body["details"]["query"]) for body in read]
    assert seen == [(FRONT, "ha=a")] * 3


async def test_a_description_is_held_and_does_not_keep_the_stream(
    simulator: Simulator, client: Probe
) -> None:
    simulator.world.cameras[FRONT].trouble = Trouble(process_start=0.3)
    async with viewer(simulator) as one:
        held = asyncio.create_task(one.ask("DESCRIBE", url_of(simulator)))
        await until(lambda: "camera:demand" in client.events())
        assert not held.done()
        assert " 200 " in await held
        await until(lambda: "camera:notReady" in client.events())
    assert client.events() == [
        "camera:demand",
        "camera:ready",
        "camera:undemand",
        "camera:notReady",
    ]


async def test_a_start_continues_when_the_connection_of_its_description_is_dropped(
    simulator: Simulator, client: Probe
) -> None:
    simulator.world.cameras[FRONT].trouble = Trouble(process_start=0.3)
    async with viewer(simulator) as one:
        held = asyncio.create_task(one.ask("DESCRIBE", url_of(simulator)))
        await until(lambda: "camera:demand" in client.events())
    await asyncio.wait({held})
    assert isinstance(held.exception(), EOFError | ConnectionError)

    await until(lambda: "camera:notReady" in client.events())

    assert client.events() == [
        "camera:demand",
        "camera:ready",
        "camera:undemand",
        "camera:notReady",
    ]


async def test_the_demand_ends_without_a_stream_and_without_readers(
    simulator: Simulator, client: Probe
) -> None:
    simulator.world.cameras[FRONT].trouble = Trouble(process_start=math.inf)
    async with viewer(simulator) as one:
        held = asyncio.create_task(one.ask("DESCRIBE", url_of(simulator)))
        await until(lambda: "camera:demand" in client.events())
    await asyncio.wait({held})
    assert isinstance(held.exception(), EOFError | ConnectionError)

    await until(lambda: "camera:undemand" in client.events())

    assert simulator.world.cameras[FRONT].process is None


async def test_no_description_of_a_stream_that_does_not_start(simulator: Simulator) -> None:
    async with viewer(simulator) as one:
        assert " 400 " in await one.ask("DESCRIBE", url_of(simulator, "cabin1"))


async def test_a_missing_path_is_refused_at_once(simulator: Simulator, client: Probe) -> None:
    simulator.faults.missing_paths.add("front")
    async with viewer(simulator) as one:
        assert " 404 " in await one.ask("DESCRIBE", url_of(simulator))
        assert " 200 " in await one.ask("DESCRIBE", url_of(simulator, "nobody"))
    assert not [
        args
        for event, args in client.frames
        if event == "camera:demand" and args[0]["entity"] == FRONT
    ]


async def test_only_tcp_is_supported(simulator: Simulator) -> None:
    async with viewer(simulator) as one:
        udp = "Transport: RTP/AVP;unicast;client_port=5000-5001"
        assert " 461 " in await one.ask("SETUP", url_of(simulator), udp)
        assert " 454 " in await one.ask("PLAY", url_of(simulator))


async def test_a_teardown_ends_the_reader_at_once(simulator: Simulator, client: Probe) -> None:
    async with viewer(simulator) as one:
        await one.play(url_of(simulator))
        one.writer.write(b"TEARDOWN / RTSP/1.0\r\n\r\n")
        await until(lambda: "camera:unread" in client.events())


async def test_readers_are_disconnected_when_the_stream_is_lost(simulator: Simulator) -> None:
    await simulator.set_ready(FRONT, ready=True)
    async with viewer(simulator) as one:
        await one.play(url_of(simulator))
        await one.packet()
        await simulator.set_ready(FRONT, ready=False)
        with pytest.raises((EOFError, ConnectionError)):
            await one.watch(patience=2)


@pytest.mark.parametrize(("mediamtx_1_9", "hangs_up"), [(True, False), (False, True)])
async def test_a_newer_version_disconnects_a_silent_reader(
    socket_enabled: None, mediamtx_1_9: bool, hangs_up: bool
) -> None:
    times = replace(Times.fast(), keep_alive=0.5)
    quirks = replace(Quirks(), mediamtx_1_9=mediamtx_1_9)
    async with (
        running(Simulator(recorded(), quirks, times)) as simulator,
        viewer(simulator) as silent,
        viewer(simulator) as heard,
    ):
        for one in (silent, heard):
            await one.play(url_of(simulator))
        for _ in range(5):
            await asyncio.sleep(0.3)
            heard.writer.write(b"$\x01\x00\x04rtcp")
        assert len(simulator.world.cameras[FRONT].stream.readers) == 2 - hangs_up


async def test_a_killed_server_drops_its_readers_and_restarts_on_its_port(
    simulator: Simulator,
) -> None:
    port = simulator.rtsp_port
    async with viewer(simulator) as one, viewer(simulator) as held, asyncio.timeout(2):
        await one.play(url_of(simulator))
        description = asyncio.create_task(held.ask("DESCRIBE", url_of(simulator, "cabin1")))
        await simulator.kill()
        with pytest.raises((EOFError, ConnectionError)):
            await description
    await simulator.start()
    assert simulator.rtsp_port == simulator.world.ports["rtsp"] == port
    async with viewer(simulator) as one:
        assert " 200 " in await one.ask("DESCRIBE", url_of(simulator))


async def test_a_refused_stream_flaps_while_it_is_demanded(socket_enabled: None) -> None:
    times = replace(Times.fast(), close_after=0.5)
    async with running(Simulator(recorded(), times=times)) as simulator, Probe() as client:
        await client.connect(simulator, auth={"token": token_of(simulator)})
        simulator.world.cameras[FRONT].trouble = Trouble(crashes_after=0.05)
        async with viewer(simulator) as one:
            await one.play(url_of(simulator))
            await until(lambda: client.events().count("camera:ready") >= 3)
        await until(lambda: "camera:undemand" in client.events())
        turns = [event for event in client.events() if event in ("camera:ready", "camera:notReady")]
        pairs = itertools.pairwise(turns)
        assert all(earlier != later for earlier, later in pairs)
        assert client.events().count("camera:demand") == 1


async def test_a_stalled_stream_sends_nothing_and_stays_ready(simulator: Simulator) -> None:
    camera = simulator.world.cameras[FRONT]
    async with viewer(simulator) as one:
        await one.play(url_of(simulator))
        await one.packet()
        camera.trouble = Trouble(stalled_since=wall_clock())
        with pytest.raises(TimeoutError):
            await one.watch(patience=0.5)
        assert camera.stream.ready
        camera.trouble = Trouble()
        async with asyncio.timeout(2):
            await one.packet()


async def test_a_camera_can_connect_forever_with_an_old_expiration(
    simulator: Simulator,
) -> None:
    camera = simulator.world.cameras[DRIVEWAY]
    old = camera.expires_at = datetime(2026, 1, 1, tzinfo=UTC)
    camera.trouble = Trouble(connecting=math.inf)
    async with viewer(simulator) as one:
        await one.play(url_of(simulator, "driveway"))
        await one.packet()
        await asyncio.sleep(2 * simulator.times.connecting)
        assert simulator.picture(DRIVEWAY) is Picture.CONNECTING
        assert camera.expires_at == old


def test_large_units_are_sent_in_fragments() -> None:
    nal = bytes((0x65, *range(1, 251))) * 20
    parts = payloads(nal)
    assert {part[0] for part in parts} == {0x60 | 28}
    assert [part[1] for part in parts] == [0x85, *[0x05] * (len(parts) - 2), 0x45]
    assert nal == nal[:1] + b"".join(part[2:] for part in parts)


def test_the_last_packet_of_a_frame_is_marked() -> None:
    unit = b"\0\0\0\1\x67abc\0\0\1\x65" + b"x" * 2000
    sent = packets(unit, number=1_764_000_000 * RATE, sequence=0xFFFF, source=7)
    assert [packet[1] >> 7 for packet in sent] == [0, 0, 1]
    assert [int.from_bytes(packet[2:4]) for packet in sent] == [0xFFFF, 0, 1]
    assert {int.from_bytes(packet[4:8]) for packet in sent} == {1_764_000_000 * 90_000 % 2**32}
