"""What tells that a camera's stream has started, and why it has not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import pytest

from custom_components.nestmtx.client import (
    Authorization,
    Camera,
    Credential,
    ServerState,
    StartProblem,
)
from custom_components.nestmtx.client.media.on_demand import (
    shows_new_video,
    start_problem,
    timeout_problem,
)

SINCE = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER = SINCE + timedelta(minutes=5)
IDLE = Camera(1, path="front", is_enabled=True, credential_id=7)
READY = replace(IDLE, ready=True, ready_since=SINCE, requested=True)


@pytest.mark.parametrize(
    ("camera", "former", "expected"),
    [
        (IDLE, None, False),
        (replace(IDLE, expires_at=LATER), None, False),
        (READY, None, False),
        (replace(READY, expires_at=LATER), None, True),
        (replace(READY, expires_at=LATER), LATER, False),
        (replace(READY, expires_at=LATER), SINCE, True),
        (replace(READY, expires_at=SINCE - timedelta(minutes=7)), None, False),
        (replace(READY, expires_at=LATER, extension_failed=True), None, False),
    ],
)
def test_video_is_what_google_has_authorized_for_this_stream(
    camera: Camera, former: datetime | None, *, expected: bool
) -> None:
    assert shows_new_video(camera, former) is expected


@pytest.mark.parametrize(
    ("camera", "authorization", "expected"),
    [
        (IDLE, Authorization.AUTHENTICATED, None),
        (IDLE, Authorization.UNAUTHENTICATED, StartProblem.UNAUTHORIZED),
        (READY, Authorization.UNAUTHENTICATED, None),
        (replace(IDLE, credential_id=None), Authorization.UNAUTHENTICATED, None),
        (replace(IDLE, is_enabled=False), Authorization.AUTHENTICATED, StartProblem.CAMERA_OFF),
        (replace(IDLE, path=None), Authorization.AUTHENTICATED, StartProblem.CAMERA_UNCONFIGURED),
    ],
)
def test_what_cannot_start_is_known_before(
    camera: Camera, authorization: Authorization, expected: StartProblem | None
) -> None:
    credential = Credential(7, authorization=authorization)
    state = ServerState(credentials=MappingProxyType({7: credential}))

    assert start_problem(state, camera) is expected


def test_a_camera_that_the_server_does_not_list_cannot_start() -> None:
    state = ServerState(missing_cameras=frozenset({1}))

    assert start_problem(state, IDLE) is StartProblem.CAMERA_GONE


@pytest.mark.parametrize(
    ("camera", "losses", "problem", "expected"),
    [
        (IDLE, 0, None, StartProblem.ASLEEP),
        (IDLE, 1, StartProblem.UNREACHABLE, StartProblem.UNREACHABLE),
        (READY, 0, None, StartProblem.NO_VIDEO),
        (READY, 2, None, StartProblem.FLAPPING),
        (IDLE, 2, StartProblem.NO_SUCH_PATH, StartProblem.FLAPPING),
        (replace(READY, extension_failed=True), 2, None, StartProblem.EXTENSION_FAILED),
    ],
)
def test_the_reason_is_the_most_telling_one(
    camera: Camera, losses: int, problem: StartProblem | None, expected: StartProblem
) -> None:
    assert timeout_problem(camera, losses, problem) is expected
