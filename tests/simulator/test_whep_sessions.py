"""WebRTC sessions after their answer."""

import asyncio
from dataclasses import replace
import uuid

import aiohttp
import pytest

from . import Quirks, Simulator, Times, Trouble, recorded, trickle
from .offers import CABIN, FRAGMENT, FRONT, SDP, answered, http_of, refusal, watch
from .picture import RATE
from .probe import Probe, running, token_of, until
from .records import wall_clock
from .viewer import Viewer


@pytest.fixture
async def client(simulator: Simulator, client: Probe) -> Probe:
    """A connected socket."""
    return await client.connect(simulator, auth={"token": token_of(simulator)})


async def test_candidates_sent_after_the_offer_are_used(
    simulator: Simulator, http: aiohttp.ClientSession, viewer: Viewer
) -> None:
    await simulator.set_ready(1, ready=True)
    location, answer = await answered(http, await viewer.offer(trickle_later=True))
    # Without the server's candidates, the viewer waits for the server to connect.
    without, _ = trickle.split(answer)
    await viewer.take(without)
    async with http.patch(location, data=viewer.fragment(), headers=FRAGMENT) as response:
        assert response.status == 204
    await viewer.frame()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("m=", "b="),
        ("a=mid:0", "a=other"),
        ("a=mid:0", "a=mid:video"),
        ("a=candidate:", "a=candidate:what "),
    ],
)
async def test_bad_fragment_is_refused(
    simulator: Simulator, http: aiohttp.ClientSession, viewer: Viewer, old: str, new: str
) -> None:
    await simulator.set_ready(1, ready=True)
    location, _ = await answered(http, await viewer.offer())
    bad = viewer.fragment().replace(old, new)
    status, _ = await refusal(http, "PATCH", location, data=bad, headers=FRAGMENT)
    assert status == 400


@pytest.mark.parametrize("cut", ["a=ice-ufrag", "a=candidate", "a="])
async def test_a_minimal_fragment_is_accepted(
    simulator: Simulator, http: aiohttp.ClientSession, viewer: Viewer, cut: str
) -> None:
    await simulator.set_ready(1, ready=True)
    location, _ = await answered(http, await viewer.offer())
    less = viewer.fragment().partition(cut)[0]
    async with http.patch(location, data=less, headers=FRAGMENT) as response:
        assert response.status == 204


async def test_a_newer_version_answers_a_bad_fragment_with_a_server_error(
    socket_enabled: None,
) -> None:
    newer = Simulator(quirks=Quirks(mediamtx_1_9=False), times=Times.fast())
    async with running(newer) as simulator, http_of(simulator) as http, Viewer() as viewer:
        await simulator.set_ready(1, ready=True)
        location, _ = await answered(http, await viewer.offer())
        bad = viewer.fragment().replace("a=mid:0", "a=other")
        answer = await refusal(http, "PATCH", location, data=bad, headers=FRAGMENT)
    assert answer == (500, "mid attribute is missing")


async def test_fragment_of_another_type_is_refused(
    simulator: Simulator, http: aiohttp.ClientSession, viewer: Viewer
) -> None:
    await simulator.set_ready(1, ready=True)
    location, _ = await answered(http, await viewer.offer())
    answer = await refusal(http, "PATCH", location, data=viewer.fragment(), headers=SDP)
    assert answer == (400, "invalid Content-Type")


async def test_unknown_session_is_not_found(http: aiohttp.ClientSession, viewer: Viewer) -> None:
    await viewer.offer()
    gone = f"{FRONT}/{uuid.uuid4()}"
    patch = await refusal(http, "PATCH", gone, data=viewer.fragment(), headers=FRAGMENT)
    delete = await refusal(http, "DELETE", gone)
    assert patch == delete == (404, "session not found")


async def test_deleting_a_session_ends_its_reader(
    simulator: Simulator, client: Probe, http: aiohttp.ClientSession, viewer: Viewer
) -> None:
    location = await watch(http, viewer)
    await until(lambda: "camera:read" in client.events())
    async with http.delete(location) as response:
        assert response.status == 200
    await until(lambda: "camera:unread" in client.events())
    assert not simulator.whep.sessions
    assert not simulator.world.cameras[1].stream.readers
    assert (await refusal(http, "DELETE", location))[0] == 404
    await until(lambda: viewer.state == "closed")


async def test_viewer_that_disconnects_is_removed(
    simulator: Simulator, client: Probe, http: aiohttp.ClientSession, viewer: Viewer
) -> None:
    await watch(http, viewer)
    await until(lambda: "camera:read" in client.events())
    await viewer.close()
    await until(lambda: "camera:unread" in client.events())
    assert not simulator.whep.sessions


async def test_a_viewer_is_announced_with_the_answers_id_once_it_is_connected(
    simulator: Simulator, client: Probe, http: aiohttp.ClientSession, viewer: Viewer
) -> None:
    async with http.post(FRONT, data=await viewer.offer(), headers=SDP) as response:
        answer = await response.text()
    await asyncio.sleep(0.3)
    assert simulator.world.cameras[1].stream.readers == {response.headers["ID"]}
    assert "camera:read" not in client.events()

    await viewer.take(answer)

    await until(lambda: "camera:read" in client.events())
    [read] = [args[0]["details"] for event, args in client.frames if event == "camera:read"]
    assert read["readerId"] == response.headers["ID"]


async def test_viewer_that_does_not_connect_counts_until_its_timeout_without_events(
    socket_enabled: None,
) -> None:
    times = replace(Times.fast(), handshake_timeout=0.5)
    async with (
        running(Simulator(recorded(), times=times)) as simulator,
        http_of(simulator) as http,
        Probe() as client,
        Viewer() as viewer,
    ):
        await client.connect(simulator)
        await answered(http, await viewer.offer(trickle_later=True))
        assert len(simulator.world.cameras[1].stream.readers) == 1
        await until(lambda: "camera:notReady" in client.events())
        assert not simulator.whep.sessions
        assert not {"camera:read", "camera:unread"} & set(client.events())


@pytest.mark.parametrize("action", ["stop", "restart"])
async def test_end_of_a_stream_closes_its_sessions(
    simulator: Simulator, client: Probe, http: aiohttp.ClientSession, viewer: Viewer, action: str
) -> None:
    await watch(http, viewer)
    await until(lambda: "camera:read" in client.events())
    await simulator.control("mediamtx", action)
    await until(lambda: viewer.state == "closed")
    assert not simulator.whep.sessions
    assert client.events().count("camera:unread") == 1


async def test_stopping_the_server_ends_all_tasks(socket_enabled: None) -> None:
    before = asyncio.all_tasks()
    async with (
        Viewer() as viewer,
        Viewer() as held,
        running(Simulator(recorded(), times=Times.fast())) as simulator,
        http_of(simulator) as http,
    ):
        await watch(http, viewer)
        holding = asyncio.create_task(answered(http, await held.offer(), CABIN))
        await until(lambda: simulator.world.cameras[14].process)
        await simulator.stop()
        assert not simulator.whep.sessions
        with pytest.raises(aiohttp.ClientError):
            await holding
    await until(lambda: asyncio.all_tasks() == before)


async def test_a_viewer_misses_the_first_key_frame_and_waits_for_the_next(
    socket_enabled: None,
) -> None:
    times = replace(Times.fast(), key_frame_interval=2, misses_first_key_frame=True)
    async with (
        running(Simulator(recorded(), times=times)) as simulator,
        http_of(simulator) as http,
        Viewer() as viewer,
    ):
        await watch(http, viewer)
        numbers = [await viewer.frame() for _ in range(25)]
        assert numbers == list(range(numbers[0], numbers[0] + 25))
        era = int(wall_clock() * RATE) >> 24 << 24
        assert (era + numbers[0]) % RATE == 0


async def test_a_stalled_stream_sends_no_frames_and_keeps_its_sessions(
    simulator: Simulator, http: aiohttp.ClientSession, viewer: Viewer
) -> None:
    await watch(http, viewer)
    camera = simulator.world.cameras[1]
    before = await viewer.frame()
    camera.trouble = Trouble(stalled_since=wall_clock())
    await asyncio.sleep(2.5)
    assert viewer.state == "connected" and simulator.whep.sessions
    camera.trouble = Trouble()
    while await viewer.frame() < before + 2 * RATE:
        pass


async def test_a_viewer_that_is_cut_off_is_missed_later(socket_enabled: None) -> None:
    times = replace(Times.fast(), handshake_timeout=0.3, silent_viewer=1.0)
    async with (
        running(Simulator(recorded(), times=times)) as simulator,
        http_of(simulator) as http,
        Viewer() as viewer,
    ):
        await simulator.set_ready(1, ready=True)
        _, answer = await answered(http, await viewer.offer())
        await viewer.take(answer)
        await viewer.frame()
        await asyncio.sleep(times.handshake_timeout)

        begin = asyncio.get_running_loop().time()
        await simulator.whep.cut()
        await until(lambda: not simulator.whep.sessions)

        assert asyncio.get_running_loop().time() - begin > times.silent_viewer / 2
        assert not simulator.world.cameras[1].stream.readers
