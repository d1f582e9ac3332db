"""When a camera's stream counts as started, and why it has not started."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import pytest

from custom_components.nestmtx.client import (
    Authorization,
    Camera,
    CameraStatus,
    Credential,
    ServerState,
    StartProblem,
    Timings,
)
from custom_components.nestmtx.client.media.attempt import Attempt, start_problem

SINCE = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER = SINCE + timedelta(minutes=5)
TIMINGS = Timings()
IDLE = Camera(1, path="front", is_enabled=True, credential_id=7, status=CameraStatus.DEAD)
STARTING = replace(IDLE, requested=True, process_id=34, status=CameraStatus.STARTING)
READY = replace(STARTING, ready=True, ready_since=SINCE, status=CameraStatus.RUNNING)
VIDEO = replace(READY, expires_at=LATER)
REFUSED = 1.2
"""Seconds that a stream refused by Google lasts."""


def _attempt(camera: Camera = IDLE) -> Attempt:
    return Attempt.begin(TIMINGS, camera, 0.0).asked(0.0)


@pytest.mark.parametrize(
    ("camera", "authorization", "expected"),
    [
        (IDLE, Authorization.AUTHENTICATED, None),
        (IDLE, Authorization.UNAUTHENTICATED, StartProblem.UNAUTHORIZED),
        (READY, Authorization.UNAUTHENTICATED, StartProblem.UNAUTHORIZED),
        (VIDEO, Authorization.UNAUTHENTICATED, None),
        (replace(IDLE, credential_id=None), Authorization.UNAUTHENTICATED, None),
        (replace(IDLE, is_enabled=False), Authorization.AUTHENTICATED, StartProblem.CAMERA_OFF),
        (replace(IDLE, path=None), Authorization.AUTHENTICATED, StartProblem.CAMERA_UNCONFIGURED),
    ],
)
def test_a_camera_that_cannot_start_is_known_in_advance(
    camera: Camera, authorization: Authorization, expected: StartProblem | None
) -> None:
    credential = Credential(7, authorization=authorization)
    state = ServerState(credentials=MappingProxyType({7: credential}))

    assert start_problem(state, camera) is expected


@pytest.mark.parametrize("camera", [IDLE, None])
def test_a_camera_that_the_server_does_not_list_cannot_start(camera: Camera | None) -> None:
    state = ServerState(missing_cameras=frozenset({1}))

    assert start_problem(state, camera) is StartProblem.CAMERA_GONE


@pytest.mark.parametrize(
    ("camera", "expected"),
    [
        (IDLE, False),
        (replace(IDLE, expires_at=LATER), False),
        (READY, False),
        (VIDEO, True),
        (replace(VIDEO, former_expires_at=LATER), False),
        (replace(VIDEO, former_expires_at=SINCE), True),
        (replace(VIDEO, expires_at=SINCE - timedelta(minutes=7)), False),
        (replace(VIDEO, extension_failed=True), False),
    ],
)
def test_video_requires_an_authorization_of_this_stream(camera: Camera, *, expected: bool) -> None:
    attempt = _attempt().opened(10.0).seen(camera, 12.0)

    assert attempt.has_started(60.0) is expected


def test_a_stream_that_is_already_running_has_started_at_once() -> None:
    assert _attempt(VIDEO).seen(VIDEO, 0.0).has_started(0.0)


def test_a_stream_has_started_when_it_outlasts_a_refused_one() -> None:
    attempt = _attempt().opened(10.0).seen(VIDEO, 10.0)

    assert not attempt.has_started(10.0 + TIMINGS.refusal - 0.1)
    assert attempt.has_started(10.0 + TIMINGS.refusal)


def test_a_stream_known_only_from_events_has_started_when_it_lasts() -> None:
    attempt = _attempt().seen(VIDEO, 10.0).seen(VIDEO, 12.0)
    assert not attempt.has_started(12.0)
    assert attempt.has_started(14.0)

    gone = attempt.seen(STARTING, 12.5).seen(VIDEO, 13.0)
    assert not gone.has_started(14.0)


def test_a_stream_lost_by_the_reader_has_not_started_despite_events() -> None:
    attempt = _attempt().opened(10.0).closed(11.2, None).seen(VIDEO, 12.0)

    assert not attempt.has_started(60.0)


def test_two_streams_in_a_row_that_end_immediately_are_refused() -> None:
    attempt = _attempt().opened(10.0).closed(10.0 + REFUSED, None)
    assert not attempt.is_futile()

    attempt = attempt.asked(12.0).opened(20.0).closed(20.0 + REFUSED, None)
    assert (attempt.is_futile(), attempt.failure) == (True, StartProblem.FLAPPING)


def test_streams_that_break_off_later_are_not_refused() -> None:
    attempt = _attempt().opened(10.0).closed(10.0 + REFUSED, None)

    attempt = attempt.opened(20.0).closed(40.0, None).opened(50.0).closed(50.0 + REFUSED, None)

    assert not attempt.is_futile()


def test_two_losses_by_events_are_refusals_if_the_reader_received_neither() -> None:
    attempt = _attempt()
    for camera in (READY, STARTING, READY):
        attempt = attempt.seen(camera, 10.0)
    assert not attempt.is_futile()

    attempt = attempt.seen(STARTING, 12.0)
    assert (attempt.is_futile(), attempt.failure) == (True, StartProblem.FLAPPING)


def test_the_end_of_a_stream_that_ran_before_is_not_a_refusal() -> None:
    attempt = _attempt(READY).opened(0.1).closed(0.2, None).seen(STARTING, 3.0)

    assert (attempt.refusals, attempt.losses) == (0, 0)
    assert attempt.seen(READY, 5.0).seen(STARTING, 6.0).losses == 1


@pytest.mark.parametrize(
    ("seconds", "problem", "expected"),
    [
        (60.0, None, StartProblem.TIMED_OUT),
        (3.0, None, StartProblem.ASLEEP),
        (60.0, StartProblem.UNREACHABLE, StartProblem.UNREACHABLE),
    ],
)
def test_a_timeout_of_mediamtx_makes_the_attempt_futile(
    seconds: float, problem: StartProblem | None, expected: StartProblem
) -> None:
    attempt = _attempt().closed(seconds, problem)

    assert attempt.is_futile() is (expected is StartProblem.TIMED_OUT)
    assert attempt.failure is expected


@pytest.mark.parametrize(
    ("attempt", "expected"),
    [
        (_attempt(), StartProblem.ASLEEP),
        (_attempt().closed(1.0, StartProblem.UNREACHABLE), StartProblem.UNREACHABLE),
        (_attempt().closed(1.0, StartProblem.UNREACHABLE).opened(2.0), StartProblem.ASLEEP),
        (_attempt().seen(READY, 1.0), StartProblem.NO_VIDEO),
        (replace(_attempt(), refusals=2, camera=READY), StartProblem.FLAPPING),
        (replace(_attempt(), refusals=2, problem=StartProblem.NO_SUCH_PATH), StartProblem.FLAPPING),
        (
            replace(_attempt(), refusals=2, camera=replace(READY, extension_failed=True)),
            StartProblem.EXTENSION_FAILED,
        ),
    ],
)
def test_the_failure_is_the_most_specific_reason(attempt: Attempt, expected: StartProblem) -> None:
    assert attempt.failure is expected


def test_a_camera_without_a_process_for_a_while_is_stuck() -> None:
    attempt = _attempt().read(IDLE, 3.0).read(IDLE, 5.0)

    assert not attempt.is_stuck(7.9)
    assert attempt.is_stuck(8.0)
    assert not attempt.asked(8.0).is_stuck(60.0)


@pytest.mark.parametrize(
    "row", [STARTING, replace(IDLE, process_id=3), replace(IDLE, status=CameraStatus.STOPPED)]
)
def test_a_camera_with_a_process_is_not_stuck(row: Camera) -> None:
    assert not _attempt().read(IDLE, 3.0).read(row, 5.0).is_stuck(60.0)


@pytest.mark.parametrize(
    ("attempt", "expected"),
    [
        (_attempt(), True),
        (_attempt().asked(3.0), False),
        (_attempt(STARTING), False),
        (_attempt(READY), True),
        (_attempt(STARTING).opened(3.0), True),
    ],
)
def test_a_row_is_read_while_it_may_have_news_that_events_lack(
    attempt: Attempt, *, expected: bool
) -> None:
    assert attempt.needs_row(4.0) is expected
