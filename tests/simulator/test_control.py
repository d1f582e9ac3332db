"""Effects of stopping and restarting a camera's process, and streams that run forever."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest

from . import Simulator, StreamUnavailable, Times, recorded
from .probe import PATIENCE, Probe, running, token_of, until
from .records import Camera
from .rows import camera_row

TIMES = replace(
    Times.fast(),
    control_process=0.1,
    process_restart=0.15,
    control_cut=0.2,
    late_undemand=0.7,
    process_start=0.6,
    rtsp_start=0.6,
    close_after=0.3,
    start_timeout=1.5,
)
"""About ten times as fast as the server."""

type Control = Callable[[str], Any]


@pytest.fixture
async def simulator(socket_enabled: None) -> AsyncIterator[Simulator]:
    """A simulator of the recorded world with these times."""
    async with running(Simulator(recorded(), times=TIMES)) as simulator:
        yield simulator


@pytest.fixture
async def client(simulator: Simulator, client: Probe) -> Probe:
    """A connected socket."""
    return await client.connect(simulator, auth={"token": token_of(simulator)})


@pytest.fixture
def camera(simulator: Simulator) -> Camera:
    """The controlled camera."""
    return simulator.world.cameras[1]


@pytest.fixture
def control(client: Probe, camera: Camera) -> Control:
    """Request an action on the camera's process, and return the answer."""

    async def control(action: str) -> Any:
        request = {"command": "update", "module": "htop", "requestId": "answer"}
        request |= {"entity": camera.process_name, "payload": {"action": action}}
        client.frames.clear()
        await client.sio.emit("request", request)
        await until(lambda: any(name == "answer" for name, _ in client.frames))
        return next(args[0] for name, args in client.frames if name == "answer")

    return control


async def persistent(simulator: Simulator, camera: Camera) -> None:
    """Make a camera stream without readers."""
    camera.persistent = True
    await simulator.camera_changed(camera)
    await until(lambda: camera.stream.ready)


async def not_persistent(simulator: Simulator, client: Probe, camera: Camera) -> None:
    """Make a camera stream without readers and without a demand."""
    await persistent(simulator, camera)
    await until(lambda: "camera:ready" in client.events())
    camera.persistent = False
    await simulator.camera_changed(camera)


def pid(camera: Camera) -> int | None:
    return camera.process.pid if camera.process else None


async def pids(camera: Camera, seconds: float) -> list[int | None]:
    """Return the successive PIDs of a camera's process over a time."""
    seen = [pid(camera)]
    for _ in range(int(seconds / 0.005)):
        await asyncio.sleep(0.005)
        if pid(camera) != seen[-1]:
            seen.append(pid(camera))
    return seen


def row(simulator: Simulator, camera: Camera) -> tuple[Any, ...]:
    """Return a camera's row fields as listed after the lag."""
    fields = camera_row(camera, simulator.world, 0)
    return tuple(fields[name] for name in ("status", "process_id", "stream_ready"))


async def test_a_stop_disconnects_the_readers_and_its_new_process_ends(
    simulator: Simulator, client: Probe, camera: Camera, control: Control
) -> None:
    await simulator.open_reader(1)
    former = pid(camera)

    assert await control("stop") == {}
    seen = await pids(camera, 1.2)

    first, second, last = seen
    assert (first, last) == (None, None)
    assert second not in {None, former}
    assert row(simulator, camera) == ("dead", None, False)
    assert client.events() == ["camera:unread", "camera:notReady", "camera:undemand"]


async def test_a_reader_right_after_a_stop_gets_no_stream(
    simulator: Simulator, client: Probe, camera: Camera, control: Control
) -> None:
    await simulator.open_reader(1)
    await control("stop")
    await until(lambda: "camera:notReady" in client.events())
    begun = asyncio.get_running_loop().time()

    with pytest.raises(StreamUnavailable):
        await simulator.open_reader(1)

    assert asyncio.get_running_loop().time() - begun >= TIMES.start_timeout


async def test_a_reader_after_the_late_undemand_gets_a_stream(
    simulator: Simulator, client: Probe, camera: Camera, control: Control
) -> None:
    await simulator.open_reader(1)
    await control("stop")
    await until(lambda: "camera:undemand" in client.events())

    await simulator.open_reader(1)

    assert row(simulator, camera) == ("running", pid(camera), True)


async def test_a_stopped_start_continues_with_another_process(
    simulator: Simulator, camera: Camera, control: Control
) -> None:
    reading = asyncio.create_task(simulator.open_reader(1))
    await until(lambda: pid(camera))
    former = pid(camera)

    await control("stop")
    await reading

    assert pid(camera) not in {None, former}


async def test_a_stopped_persistent_camera_has_one_new_process(
    simulator: Simulator, camera: Camera, control: Control
) -> None:
    await persistent(simulator, camera)
    former = pid(camera)

    await control("stop")
    seen = await pids(camera, 1.2)

    assert len(seen) == 2
    assert seen[1] not in {None, former}
    assert camera.stream.ready


async def test_a_second_stop_starts_the_sequence_again(
    simulator: Simulator, camera: Camera, control: Control
) -> None:
    await simulator.open_reader(1)

    await control("stop")
    await until(lambda: pid(camera))
    await control("stop")
    await asyncio.sleep(1.0)

    assert row(simulator, camera) == ("dead", None, False)


async def test_a_formerly_persistent_camera_streams_forever_despite_readers(
    simulator: Simulator, client: Probe, camera: Camera
) -> None:
    await not_persistent(simulator, client, camera)

    reader = await simulator.open_reader(1)
    await simulator.close_reader(1, reader)
    await asyncio.sleep(4 * TIMES.close_after)

    assert "camera:undemand" not in client.events()
    assert row(simulator, camera) == ("running", pid(camera), True)


async def test_a_stop_alone_does_not_end_a_formerly_persistent_stream(
    simulator: Simulator, client: Probe, camera: Camera, control: Control
) -> None:
    await not_persistent(simulator, client, camera)

    await control("stop")
    await until(lambda: "camera:ready" in client.events())
    await asyncio.sleep(4 * TIMES.close_after)

    assert row(simulator, camera) == ("running", pid(camera), True)


async def test_a_demand_after_the_end_of_the_path_ends_a_formerly_persistent_stream(
    simulator: Simulator, client: Probe, camera: Camera, control: Control
) -> None:
    await not_persistent(simulator, client, camera)

    await control("stop")
    await until(lambda: "camera:notReady" in client.events())
    await simulator.close_reader(1, await simulator.open_reader(1, query="ha=1"))
    await until(lambda: client.events().count("camera:notReady") == 2)

    assert row(simulator, camera) == ("dead", None, False)
    events = ("notReady", "demand", "ready", "read", "unread", "undemand", "notReady")
    assert client.events() == [f"camera:{event}" for event in events]


async def test_disabling_a_persistent_camera_ends_its_stream(
    simulator: Simulator, camera: Camera
) -> None:
    await persistent(simulator, camera)

    camera.enabled = camera.persistent = False
    await simulator.camera_changed(camera)

    await until(lambda: camera.process is None)


ORPHAN = ("dead", None, True)


async def test_a_restart_leaves_an_unlisted_process(
    simulator: Simulator, client: Probe, camera: Camera, control: Control
) -> None:
    await simulator.open_reader(1)
    former = pid(camera)

    await control("restart")
    seen = await pids(camera, 1.2)

    assert len({former, *seen} - {None}) == 3
    assert seen[-1] is None
    assert row(simulator, camera) == ORPHAN
    assert client.events()[:2] == ["camera:unread", "camera:notReady"]
    assert {"camera:ready", "camera:undemand"} <= set(client.events())


async def test_only_a_restart_of_the_server_ends_an_orphan(
    simulator: Simulator, client: Probe, camera: Camera, control: Control
) -> None:
    await simulator.orphan(1)
    await until(lambda: row(simulator, camera) == ORPHAN)

    for action in ("start", "stop", "restart"):
        assert "No Process" in (await control(action))["error"]["message"]
    await simulator.close_reader(1, await simulator.open_reader(1))
    camera.enabled = False
    await simulator.camera_changed(camera)
    await asyncio.sleep(4 * TIMES.close_after)
    assert camera.stream.ready

    await simulator.kill()
    await simulator.start()
    assert not camera.stream.ready


async def test_a_running_stream_becomes_an_orphan(simulator: Simulator, camera: Camera) -> None:
    reader = await simulator.open_reader(1)

    await simulator.orphan(1)
    await simulator.close_reader(1, reader)

    await asyncio.sleep(4 * TIMES.close_after)
    assert row(simulator, camera) == ORPHAN


async def test_a_stop_does_not_repair_a_restart(
    simulator: Simulator, camera: Camera, control: Control
) -> None:
    await simulator.open_reader(1)

    await control("restart")
    await until(lambda: pid(camera))
    await control("stop")

    async with asyncio.timeout(PATIENCE):
        while row(simulator, camera) != ORPHAN:
            await asyncio.sleep(0.01)
