"""WebRTC signaling, against the simulated server and broken ones."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
import pytest

from custom_components.nestmtx.client import (
    Candidate,
    CannotConnect,
    SignalingError,
    StartProblem,
    StreamNotStarted,
    WhepSession,
)
from tests.simulator import Simulator, Times, Trouble, recorded, trickle
from tests.simulator.probe import running, until
from tests.simulator.viewer import Viewer

FRONT = 1
HOST_CANDIDATE = "candidate:1 1 udp 2130706431 192.0.2.7 50000 typ host"
OFFER = (
    "v=0\r\n"
    "a=group:BUNDLE 0 1\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
    "a=ice-ufrag:uFrA\r\n"
    "a=ice-pwd:thePassword\r\n"
    "a=mid:0\r\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n"
    "a=ice-ufrag:uFrA\r\n"
    "a=ice-pwd:thePassword\r\n"
    "a=mid:1\r\n"
)


@pytest.fixture
async def viewer(simulator: Simulator) -> AsyncGenerator[Viewer]:
    """A browser's end of a connection."""
    async with Viewer() as viewer:
        yield viewer


@pytest.fixture
def session(simulator: Simulator, http: aiohttp.ClientSession) -> WhepSession:
    """A session of the simulated server, before its offer."""
    return WhepSession(http, _url(simulator))


def _url(simulator: Simulator, path: str = "front") -> str:
    return f"http://127.0.0.1:{simulator.web_rtc_port}/{path}/whep"


def _candidates(viewer: Viewer) -> list[Candidate]:
    return [Candidate(line.removeprefix("a=")) for line in viewer.candidates]


def _methods(simulator: Simulator) -> list[str]:
    return [method for method, _ in simulator.whep.requests]


# The simulated server


async def test_an_offer_is_answered_and_video_flows(
    simulator: Simulator, session: WhepSession, viewer: Viewer
) -> None:
    await viewer.take(await session.offer(await viewer.offer()))

    assert await viewer.frame() < await viewer.frame()
    assert len(simulator.whep.sessions) == 1


async def test_an_offer_to_a_sleeping_camera_is_held(
    simulator: Simulator, session: WhepSession, viewer: Viewer
) -> None:
    simulator.world.cameras[FRONT].trouble = Trouble(process_start=0.3)
    offering = asyncio.create_task(session.offer(await viewer.offer()))
    await until(lambda: simulator.world.cameras[FRONT].process)

    assert not offering.done()

    assert (await offering).startswith("v=0")


async def test_a_cancelled_offer_leaves_no_session(
    simulator: Simulator, session: WhepSession, viewer: Viewer
) -> None:
    simulator.world.cameras[FRONT].trouble = Trouble(process_start=60)
    offering = asyncio.create_task(session.offer(await viewer.offer()))
    await until(lambda: simulator.world.cameras[FRONT].process)

    offering.cancel()
    await asyncio.wait([offering])
    await session.close()

    await until(lambda: simulator.world.cameras[FRONT].process is None)
    assert _methods(simulator) == ["POST"]


async def test_candidates_added_before_the_answer_are_sent_after_it(
    simulator: Simulator, session: WhepSession, viewer: Viewer
) -> None:
    simulator.world.cameras[FRONT].trouble = Trouble(process_start=0.1)
    offering = asyncio.create_task(session.offer(await viewer.offer(trickle_later=True)))
    await until(lambda: simulator.whep.requests)
    for candidate in _candidates(viewer):
        await session.add_candidate(candidate)

    # Without the server's candidates, the viewer waits for the server to connect.
    answer, _ = trickle.split(await offering)
    await viewer.take(answer)
    assert _methods(simulator) == ["POST"]
    await session.add_waiting()

    assert await viewer.frame() < await viewer.frame()
    assert _methods(simulator) == ["POST", "PATCH"]


async def test_candidates_added_after_the_answer_are_sent_at_once(
    simulator: Simulator, session: WhepSession, viewer: Viewer
) -> None:
    answer, _ = trickle.split(await session.offer(await viewer.offer(trickle_later=True)))
    await viewer.take(answer)
    for candidate in _candidates(viewer):
        await session.add_candidate(candidate)

    assert await viewer.frame() < await viewer.frame()


async def test_candidates_of_an_ended_session_are_ignored(
    simulator: Simulator, session: WhepSession, viewer: Viewer
) -> None:
    await session.offer(await viewer.offer())
    await simulator.set_ready(FRONT, ready=False)
    await until(lambda: not simulator.whep.sessions)

    await session.add_candidate(Candidate(HOST_CANDIDATE))

    assert _methods(simulator) == ["POST", "PATCH"]


async def test_candidates_are_not_sent_after_closing(
    simulator: Simulator, session: WhepSession, viewer: Viewer
) -> None:
    await session.offer(await viewer.offer())
    await session.close()

    await session.add_candidate(Candidate(HOST_CANDIDATE))

    assert _methods(simulator) == ["POST", "DELETE"]


@pytest.mark.parametrize("candidate", ["", "candidate:1\r\na=evil", "candidate:\ud800", "a=b"])
async def test_an_invalid_candidate_is_not_sent(
    simulator: Simulator, session: WhepSession, viewer: Viewer, candidate: str
) -> None:
    await session.offer(await viewer.offer())

    await session.add_candidate(Candidate(candidate))

    assert _methods(simulator) == ["POST"]


async def test_a_closed_session_no_longer_exists(
    simulator: Simulator, session: WhepSession, viewer: Viewer
) -> None:
    await viewer.take(await session.offer(await viewer.offer()))
    await until(lambda: viewer.state == "connected")

    await session.close()

    assert not simulator.whep.sessions
    assert not simulator.world.cameras[FRONT].stream.readers


async def test_a_session_is_closed_once(
    simulator: Simulator, session: WhepSession, viewer: Viewer
) -> None:
    await session.offer(await viewer.offer())

    await session.close()
    await session.close()

    assert _methods(simulator) == ["POST", "DELETE"]


async def test_closing_a_session_without_an_offer_sends_nothing(
    simulator: Simulator, session: WhepSession
) -> None:
    await session.close()

    assert not simulator.whep.requests


async def test_closing_a_session_of_a_stopped_server_raises_nothing(
    simulator: Simulator, session: WhepSession, viewer: Viewer
) -> None:
    await session.offer(await viewer.offer())
    await simulator.kill()

    await session.add_candidate(Candidate(HOST_CANDIDATE))
    await session.close()


async def test_an_unknown_path_has_no_stream(
    simulator: Simulator, session: WhepSession, viewer: Viewer
) -> None:
    simulator.faults.missing_paths.add("front")

    with pytest.raises(StreamNotStarted) as err:
        await session.offer(await viewer.offer())
    assert err.value.problem is StartProblem.NO_SUCH_PATH


async def test_an_invalid_offer_is_reported_with_the_servers_message(session: WhepSession) -> None:
    with pytest.raises(SignalingError) as err:
        await session.offer("no offer")
    assert err.value.status == 400


async def test_a_camera_that_is_not_ready_in_time_has_no_stream(
    http: aiohttp.ClientSession,
) -> None:
    times = replace(Times.fast(), start_timeout=0.1)
    async with running(Simulator(recorded(), times=times)) as simulator, Viewer() as viewer:
        simulator.world.cameras[FRONT].trouble = Trouble(process_start=60)
        session = WhepSession(http, _url(simulator))
        with pytest.raises(StreamNotStarted) as err:
            await session.offer(await viewer.offer())
    assert err.value.problem is StartProblem.TIMED_OUT


async def test_an_offer_that_cannot_be_encoded_raises_cannot_connect(session: WhepSession) -> None:
    with pytest.raises(CannotConnect):
        await session.offer("v=0\r\ns=\ud800\r\n")


async def test_connecting_to_a_closed_port_fails(http: aiohttp.ClientSession) -> None:
    with pytest.raises(CannotConnect):
        await WhepSession(http, f"http://127.0.0.1:{unused_port()}/front/whep").offer(OFFER)


# Broken servers


type Answers = Callable[[web.Request], web.Response]


@asynccontextmanager
async def _server(answers: Answers) -> AsyncGenerator[tuple[str, list[str]]]:
    """Serve viewers with a handler; yield a stream's endpoint, and the requested methods."""
    asked: list[str] = []

    async def handle(request: web.Request) -> web.Response:
        asked.append(request.method)
        return answers(request)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    async with TestServer(app) as server:
        yield str(server.make_url("/front/whep")), asked


def _created(location: str, body: bytes = b"v=0\r\n") -> Answers:
    headers = {"Location": location} if location else {}
    return lambda _request: web.Response(status=201, body=body, headers=headers)


@pytest.mark.parametrize(
    "location",
    [
        "",
        "http://elsewhere.example/front/whep/1",
        "//elsewhere.example/front/whep/1",
        "http://127.0.0.1:1/front/whep/1",
        "http://localhost/front/whep/1",
        "https://127.0.0.1/front/whep/1",
        "file:///etc/passwd",
        "http://[nowhere",
    ],
)
async def test_a_session_on_another_host_is_refused(
    http: aiohttp.ClientSession, location: str
) -> None:
    async with _server(_created(location)) as (url, asked):
        session = WhepSession(http, url)
        with pytest.raises(StreamNotStarted) as err:
            await session.offer(OFFER)
        assert err.value.problem is StartProblem.REFUSED
        await session.add_candidate(Candidate(HOST_CANDIDATE))
        await session.close()

    assert asked == ["POST"]


@pytest.mark.parametrize("location", ["/front/whep/1", "whep/1", "{origin}/front/whep/1"])
async def test_the_server_determines_the_sessions_url(
    http: aiohttp.ClientSession, location: str
) -> None:
    paths: list[str] = []

    def answer(request: web.Request) -> web.Response:
        paths.append(request.path)
        return _created(location.format(origin=request.url.origin()))(request)

    async with _server(answer) as (url, _):
        session = WhepSession(http, url)
        await session.offer(OFFER)
        await session.close()

    assert paths == ["/front/whep", "/front/whep/1"]


@pytest.mark.parametrize("body", [b"v" * 1_000_000, b"\xff\xfe"])
async def test_an_invalid_answer_is_not_returned(http: aiohttp.ClientSession, body: bytes) -> None:
    async with _server(_created("/front/whep/1", body)) as (url, _):
        with pytest.raises(CannotConnect):
            await WhepSession(http, url).offer(OFFER)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"status": "error", "error": "no codecs in common"}', "no codecs in common"),
        (b'{"error": "half a pair: \\ud800"}', "half a pair: ?"),
        (b'{"error": "' + b"x" * 1000 + b'"}', "x" * 200),
        (b'{"error": 7}', "7"),
        (b"<html>Bad gateway</html>", "no reason given"),
        (b'["error"]', "no reason given"),
        (b"{}", "no reason given"),
        (b"", "no reason given"),
        (b"[" * 100_000, "no reason given"),
    ],
)
async def test_a_refusal_has_the_servers_message_sanitized(
    http: aiohttp.ClientSession, body: bytes, expected: str
) -> None:
    async with _server(lambda _request: web.Response(status=400, body=body)) as (url, _):
        with pytest.raises(SignalingError) as err:
            await WhepSession(http, url).offer(OFFER)

    assert str(err.value) == expected


@pytest.mark.parametrize("status", [200, 204, 302, 401, 500])
async def test_any_status_but_created_is_a_refusal(
    http: aiohttp.ClientSession, status: int
) -> None:
    def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": "/elsewhere"})

    async with _server(answer) as (url, asked):
        with pytest.raises(SignalingError) as err:
            await WhepSession(http, url).offer(OFFER)

    assert err.value.status == status and asked == ["POST"]
