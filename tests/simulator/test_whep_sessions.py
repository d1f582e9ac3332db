"""What becomes of a WebRTC viewer who has an answer."""

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
    """A socket that is connected already."""
    return await client.connect(simulator, auth={"token": token_of(simulator)})


async def test_candidates_that_come_after_the_offer_are_tried(
    simulator: Simulator, http: aiohttp.ClientSession, viewer: Viewer
) -> None:
    await simulator.set_ready(1, ready=True)
    location, answer = await answered(http, await viewer.offer(trickle_later=True))
    # Without the server's candidates, the viewer waits to be found.
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
async def test_a_fragment_of_less_is_taken(
    simulator: Simulator, http: aiohttp.ClientSession, viewer: Viewer, cut: str
) -> None:
    await simulator.set_ready(1, ready=True)
    location, _ = await answered(http, await viewer.offer())
    less = viewer.fragment().partition(cut)[0]
    async with http.patch(location, data=less, headers=FRAGMENT) as response:
        assert response.status == 204


async def test_a_newer_version_calls_a_bad_fragment_its_own_fault(socket_enabled: None) -> None:
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


async def test_viewer_who_hangs_up_reads_no_more(
    simulator: Simulator, client: Probe, http: aiohttp.ClientSession, viewer: Viewer
) -> None:
    await watch(http, viewer)
    await until(lambda: "camera:read" in client.events())
    await viewer.close()
    await until(lambda: "camera:unread" in client.events())
    assert not simulator.whep.sessions


async def test_a_viewer_is_announced_by_the_answer_s_id_once_it_is_connected(
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


async def test_viewer_who_does_not_connect_counts_for_a_while_and_is_given_up_without_a_word(
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


async def test_nothing_runs_on_after_the_server(socket_enabled: None) -> None:
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


async def test_a_stalled_stream_shows_nothing_and_keeps_its_sessions(
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
