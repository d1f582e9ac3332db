"""Streams and their video: demand, pictures, readers, and end."""

import asyncio
from dataclasses import replace
import signal
import sys

import aiohttp
import pytest

from . import Simulator, StreamUnavailable, Times, day, live_a_day, recorded
from .probe import PATIENCE, Probe, running, token_of, until

LIFE = ("demand", "ready", "read", "unread", "undemand", "notReady")


@pytest.fixture
async def client(simulator: Simulator, client: Probe) -> Probe:
    """A connected socket."""
    return await client.connect(simulator, auth={"token": token_of(simulator)})


async def test_life_of_a_stream(simulator: Simulator, client: Probe) -> None:
    reader = await simulator.open_reader(2, query="ha=1")
    assert simulator.world.cameras[2].expires_at is None
    await until(lambda: simulator.world.cameras[2].expires_at)
    await simulator.close_reader(2, reader)
    await until(lambda: "camera:notReady" in client.events())
    assert client.events() == [f"camera:{event}" for event in LIFE]
    bodies = {event: args[0] for event, args in client.frames}
    assert bodies["camera:read"]["details"]["query"] == "ha=1"
    assert bodies["camera:read"]["details"]["readerId"] == reader
    assert bodies["camera:unread"]["details"]["readerId"] == reader
    assert simulator.world.cameras[2].process is None


async def test_without_tokens_there_is_no_stream(simulator: Simulator, client: Probe) -> None:
    with pytest.raises(StreamUnavailable):
        await simulator.open_reader(14)
    await until(lambda: "camera:undemand" in client.events())
    assert client.events() == ["camera:demand", "camera:undemand"]


async def test_persistent_camera(simulator: Simulator, client: Probe) -> None:
    payload = {"mtx_path": "front", "is_enabled": True, "is_persistent": True}
    request = {"command": "update", "module": "cameras", "requestId": "a", "entity": "1"}
    await client.exchange(request | {"payload": payload})
    await until(lambda: client.events().count("camera:demand") == 3)
    assert client.events().count("camera:ready") == 1
    assert simulator.world.cameras[1].stream.ready


async def test_persistent_camera_is_undemanded_and_continues(
    simulator: Simulator, client: Probe
) -> None:
    camera = simulator.world.cameras[1]
    camera.persistent = True
    await simulator.camera_changed(camera)
    reader = await simulator.open_reader(1)
    await simulator.close_reader(1, reader)
    await until(lambda: "camera:undemand" in client.events())
    assert "camera:notReady" not in client.events()
    assert camera.stream.ready


async def test_refused_extension_ends_the_stream(socket_enabled: None) -> None:
    times = replace(Times.fast(), authorization=0.2, extend_before=0.1)
    async with running(Simulator(recorded(), times=times)) as simulator, Probe() as client:
        await client.connect(simulator)
        await simulator.open_reader(1)
        await until(lambda: "camera:extended" in client.events())
        await simulator.set_tokens(1, present=False, event="unauthenticated")
        await until(lambda: "camera:notReady" in client.events())
        assert "camera:failed-extension" in client.events()
        assert "credentials:unauthenticated" in client.events("credentials:")
        details = {event: args[0]["details"] for event, args in client.frames if event != "log"}
        assert set(details["camera:extended"]) == {"name", "expiresAt"}
        assert set(details["camera:failed-extension"]) == {"name", "error"}


async def test_a_test_can_make_a_stream_ready(simulator: Simulator, client: Probe) -> None:
    """Such a stream stays ready without readers, and after a restart."""
    await simulator.set_ready(1, ready=True)
    reader = await simulator.open_reader(1)
    await simulator.close_reader(1, reader)
    assert client.events() == ["camera:ready", "camera:read", "camera:unread"]
    await simulator.kill()
    await simulator.start()
    assert simulator.world.cameras[1].stream.ready


async def test_a_brief_reader_keeps_a_stream_for_longer(socket_enabled: None) -> None:
    times = replace(Times.fast(), close_after=0.6)
    async with running(Simulator(recorded(), times=times)) as simulator:
        for _ in range(4):
            reader = await simulator.open_reader(1)
            await simulator.close_reader(1, reader)
            await asyncio.sleep(0.4)

        assert simulator.world.cameras[1].stream.ready
        await until(lambda: simulator.world.cameras[1].process is None)


async def test_placeholder_of_a_disabled_camera(simulator: Simulator, client: Probe) -> None:
    reader = await simulator.open_reader(6)
    await simulator.close_reader(6, reader)
    await until(lambda: "camera:notReady" in client.events())
    assert simulator.world.cameras[6].expires_at is None


async def test_a_day(socket_enabled: None) -> None:
    """Every camera that can stream does, and names and authorizations change."""
    async with running(Simulator(day(8), times=Times.fast())) as simulator, Probe() as client:
        await client.connect(simulator)
        await live_a_day(simulator, length=1.5)
        await until(lambda: client.events().count("camera:unread") >= 5)
        read = {args[0]["entity"] for event, args in client.frames if event == "camera:read"}
        assert read >= {1, 2, 3, 4, 5}
        assert simulator.world.cameras[2].name == "Driveway Camera"
        assert client.events("credentials:") == [
            "credentials:reauthenticated",
            "credentials:unauthenticated",
            "credentials:authenticated",
        ]


async def test_command_line(socket_enabled: None) -> None:
    """It prints its address, and ends on a signal."""
    ports = "--port 0 --hls-port 0 --rtsp-port 0 --web-rtc-port 0"
    command = f"-m tests.simulator {ports} --cameras 3 --quirk bare_topic=off"
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command.split(), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode()
    url = next(word for word in line.split() if word.startswith("http"))
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{url}/api/auth", json={"username": "nestmtx"}) as response,
    ):
        assert response.status == 400
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(PATIENCE):
        assert await process.wait() == 0
