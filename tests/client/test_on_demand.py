"""A camera's stream is requested while it may start, and given up when it cannot."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
import math

import aiohttp
import pytest

from custom_components.nestmtx.client import (
    Account,
    ConnectionLost,
    NestMTXClient,
    StartProblem,
    StreamNotStarted,
)
from custom_components.nestmtx.client.media.attempt import start_problem
from tests.conftest import TIMINGS, all_cameras
from tests.simulator import Simulator, Times
from tests.simulator.faults import Trouble
from tests.simulator.probe import Probe, token_of

from .running import Recorder, running

FRONT, DRIVEWAY, CABIN, GARAGE = 1, 2, 14, 6
REFUSED = Trouble(connecting=math.inf, crashes_after=0.15)
"""Google refuses the stream: it ends as soon as it has started."""
SLOW = Trouble(process_start=30.0)


@pytest.fixture
def times() -> Times:
    """Times with which MediaMTX holds readers longer than this client waits."""
    return replace(Times.fast(), start_timeout=60.0)


@pytest.fixture
async def client(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder
) -> AsyncGenerator[NestMTXClient]:
    """A session that is ready."""
    async with running(http, account, recorder) as client:
        yield client


@pytest.fixture
async def events(simulator: Simulator) -> AsyncGenerator[Probe]:
    """All events of the server."""
    async with Probe() as probe:
        yield await probe.connect(simulator, auth={"token": token_of(simulator)})


async def _problem(client: NestMTXClient, camera_id: int, **how: bool) -> StartProblem:
    with pytest.raises(StreamNotStarted) as error:
        await client.streams.start(camera_id, **how)
    return error.value.problem


async def _until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


async def test_a_stream_refused_by_google_is_released_after_the_second_refusal(
    client: NestMTXClient, simulator: Simulator, events: Probe
) -> None:
    simulator.world.cameras[DRIVEWAY].trouble = REFUSED
    begun = asyncio.get_running_loop().time()

    assert await _problem(client, DRIVEWAY) is StartProblem.FLAPPING

    assert asyncio.get_running_loop().time() - begun < TIMINGS.start_timeout / 2
    await asyncio.sleep(0.5)
    # The server may have started another one before it learns that no reader waits.
    asked = events.events("camera:").count("camera:ready")
    assert 2 <= asked <= 3
    await asyncio.sleep(0.5)
    assert events.events("camera:").count("camera:ready") == asked


async def test_a_refused_stream_is_not_video_despite_a_future_authorization_end(
    client: NestMTXClient, simulator: Simulator
) -> None:
    simulator.world.cameras[FRONT].trouble = Trouble(crashes_after=0.15)

    assert await _problem(client, FRONT) is StartProblem.FLAPPING


async def test_after_a_refusal_only_the_user_requests_again_for_a_while(
    client: NestMTXClient, simulator: Simulator, events: Probe
) -> None:
    simulator.world.cameras[DRIVEWAY].trouble = REFUSED
    await _problem(client, DRIVEWAY, unattended=True)
    await _until(lambda: client.streams.refusal(DRIVEWAY) is StartProblem.FLAPPING)
    ready = events.events("camera:").count("camera:ready")

    assert await _problem(client, DRIVEWAY, unattended=True) is StartProblem.FLAPPING
    assert events.events("camera:").count("camera:ready") == ready

    simulator.world.cameras[DRIVEWAY].trouble = Trouble()
    await client.streams.start(DRIVEWAY)
    assert client.streams.refusal(DRIVEWAY) is None


async def test_the_pause_after_a_refusal_ends(client: NestMTXClient, simulator: Simulator) -> None:
    simulator.world.cameras[DRIVEWAY].trouble = REFUSED
    await _problem(client, DRIVEWAY)
    simulator.world.cameras[DRIVEWAY].trouble = Trouble()

    await _until(lambda: client.streams.refusal(DRIVEWAY) is not None)
    await _until(lambda: client.streams.refusal(DRIVEWAY) is None, TIMINGS.refusal_pause + 1)

    await client.streams.start(DRIVEWAY, unattended=True)


async def test_a_failure_without_a_call_to_google_may_be_retried_at_once(
    client: NestMTXClient, simulator: Simulator
) -> None:
    simulator.faults.missing_paths.add("front")

    assert await _problem(client, FRONT) is StartProblem.NO_SUCH_PATH

    assert client.streams.refusal(FRONT) is None


async def test_a_stream_that_breaks_off_after_its_start_is_not_requested_again(
    client: NestMTXClient, simulator: Simulator, events: Probe
) -> None:
    simulator.world.cameras[DRIVEWAY].trouble = Trouble(crashes_after=1.0, process_start=0.02)

    async with client.streams.hold(DRIVEWAY):
        simulator.world.cameras[DRIVEWAY].trouble = SLOW
        await _until(lambda: "camera:undemand" in events.events("camera:"))
        await asyncio.sleep(0.5)

    assert events.events("camera:").count("camera:demand") == 1


async def test_a_request_after_a_stream_has_broken_off_starts_it_again(
    client: NestMTXClient, simulator: Simulator, events: Probe
) -> None:
    simulator.world.cameras[DRIVEWAY].trouble = Trouble(crashes_after=1.0, process_start=0.02)

    async with client.streams.hold(DRIVEWAY):
        simulator.world.cameras[DRIVEWAY].trouble = Trouble()
        await _until(lambda: "camera:undemand" in events.events("camera:"))

        async with client.streams.hold(DRIVEWAY):
            # Events can arrive after the stream that they announce.
            await _until(lambda: events.events("camera:").count("camera:demand") == 2)


@all_cameras
@pytest.mark.parametrize(
    ("camera_id", "expected"),
    [
        (FRONT, None),
        (CABIN, StartProblem.UNAUTHORIZED),
        (GARAGE, StartProblem.CAMERA_OFF),
        (4711, StartProblem.CAMERA_GONE),
    ],
)
async def test_a_camera_that_cannot_start_is_not_woken(
    client: NestMTXClient, recorder: Recorder, camera_id: int, expected: StartProblem | None
) -> None:
    state = recorder.state

    assert start_problem(state, state.cameras.get(camera_id)) is expected


async def test_a_lost_credential_is_reported_at_once_before_video(
    client: NestMTXClient, simulator: Simulator, recorder: Recorder
) -> None:
    simulator.world.cameras[DRIVEWAY].trouble = Trouble(connecting=math.inf)
    waiting = asyncio.create_task(_problem(client, DRIVEWAY))
    await recorder.until(lambda: recorder.state.cameras[DRIVEWAY].ready)

    await simulator.set_tokens(1, present=False, event="unauthenticated")

    async with asyncio.timeout(TIMINGS.start_timeout / 2):
        assert await waiting is StartProblem.UNAUTHORIZED


async def test_a_refusal_without_a_credential_is_reported_as_unauthorized(
    client: NestMTXClient, simulator: Simulator, recorder: Recorder
) -> None:
    """Some cameras' authorization ends in the future even if Google has refused it."""
    simulator.world.cameras[FRONT].trouble = Trouble(crashes_after=0.15, process_start=0.3)
    waiting = asyncio.create_task(_problem(client, FRONT))
    await recorder.until(lambda: recorder.state.cameras[FRONT].shows_video)

    await simulator.set_tokens(1, present=False, event="unauthenticated")

    assert await waiting is StartProblem.UNAUTHORIZED


@pytest.mark.parametrize("times", [replace(Times.fast(), start_timeout=1.0)])
async def test_a_stream_that_mediamtx_timed_out_on_is_not_requested_again(
    client: NestMTXClient, simulator: Simulator, events: Probe
) -> None:
    simulator.world.cameras[FRONT].trouble = SLOW

    assert await _problem(client, FRONT) is StartProblem.TIMED_OUT

    await asyncio.sleep(0.5)
    assert events.events("camera:").count("camera:demand") == 1
    assert client.streams.refusal(FRONT) is StartProblem.TIMED_OUT


@pytest.mark.parametrize("times", [replace(Times.fast(), start_timeout=60.0, late_undemand=0.6)])
async def test_a_request_that_the_server_has_lost_is_repeated(
    client: NestMTXClient, simulator: Simulator, recorder: Recorder
) -> None:
    """MediaMTX holds the reader, while the server's late `undemand` ends the new process."""
    camera = simulator.world.cameras[FRONT]
    await simulator.open_reader(FRONT)
    await simulator.control(camera.process_name, "stop")
    await recorder.until(lambda: not recorder.state.cameras[FRONT].ready)

    async with client.streams.hold(FRONT):
        assert camera.stream.ready


async def test_a_camera_removed_while_waiting_for_its_stream_is_reported(
    client: NestMTXClient, simulator: Simulator
) -> None:
    simulator.world.cameras[FRONT].trouble = SLOW
    waiting = asyncio.create_task(_problem(client, FRONT))
    await _until(lambda: simulator.world.cameras[FRONT].process is not None)

    del simulator.world.cameras[FRONT]

    assert await waiting is StartProblem.CAMERA_GONE


@pytest.mark.parametrize("answer", [{"error": {"message": "busy"}}, "nonsense"])
async def test_a_row_that_cannot_be_read_does_not_end_the_attempt(
    client: NestMTXClient, simulator: Simulator, answer: object
) -> None:
    simulator.faults.answers["cameras", "read"] = answer
    simulator.world.cameras[DRIVEWAY].trouble = Trouble(connecting=0.5)

    await client.streams.start(DRIVEWAY)


async def test_a_reconnection_does_not_end_the_attempt(
    client: NestMTXClient, simulator: Simulator
) -> None:
    simulator.world.cameras[DRIVEWAY].trouble = Trouble(connecting=1.0)
    starting = asyncio.create_task(client.streams.start(DRIVEWAY))
    await _until(lambda: simulator.world.cameras[DRIVEWAY].stream.ready)

    for _ in range(20):
        await simulator.disconnect_all()
        await asyncio.sleep(0.03)

    await starting


async def test_the_end_of_the_session_ends_the_wait(
    client: NestMTXClient, simulator: Simulator
) -> None:
    async def hold() -> None:
        async with client.streams.hold(FRONT):
            pass

    simulator.world.cameras[FRONT].trouble = SLOW
    waiting = asyncio.create_task(hold())
    await _until(lambda: simulator.world.cameras[FRONT].process is not None)

    await client.streams.stop()

    with pytest.raises(ConnectionLost):
        await waiting
