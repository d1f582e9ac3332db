"""The state of a stream, its authorization, and its end."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from custom_components.nestmtx.client import (
    Authorization,
    CameraStatus,
    Credential,
    Health,
    Load,
    Server,
    Version,
)
from custom_components.nestmtx.client.state.diff import STREAMING, diff, diff_for_event
from custom_components.nestmtx.client.state.events import apply_event
from custom_components.nestmtx.client.state.lists import apply_camera
from custom_components.nestmtx.client.state.state import ServerState, reset_state

from .states import BACK, FRONT, HOME, LAG, NOW, camera_event, listed, read_event, seconds_after


def test_a_stream_is_ready_since_the_event_and_then_since_the_time_in_the_row(
    state: ServerState,
) -> None:
    state = apply_event(state, camera_event("ready"), 1.0)
    assert state.cameras[1].ready_since == NOW

    row = replace(FRONT, ready=True, ready_since=seconds_after(-1.6))
    assert apply_camera(state, row, 2.0, LAG).cameras[1].ready_since == NOW
    assert apply_camera(state, row, 1.0 + LAG, LAG).cameras[1].ready_since == seconds_after(-1.6)


def test_a_repeated_ready_event_does_not_restart_a_stream(state: ServerState) -> None:
    state = apply_event(state, camera_event("ready"), 1.0)

    again = apply_event(state, replace(camera_event("ready"), at=seconds_after(9)), 10.0)

    assert again.cameras[1].ready_since == NOW


def test_the_end_of_the_stream_clears_its_data(state: ServerState) -> None:
    running = replace(
        FRONT, ready=True, ready_since=NOW, tracks=3, data_received=1, data_sent=2, process_id=7
    )
    state = listed(state, replace(running, requested=True), BACK, at=100.0)
    for kind in ("failed-extension", "undemand", "notready"):
        state = apply_event(state, camera_event(kind), 101.0)

    camera = state.cameras[1]

    assert (camera.ready_since, camera.tracks, camera.data_received) == (None, None, None)
    assert (camera.data_sent, camera.process_id, camera.extension_failed) == (None, None, False)


def test_a_lagging_row_has_no_data_of_a_stream_that_has_ended(
    state: ServerState,
) -> None:
    state = apply_event(state, camera_event("notready"), 100.0)
    late = replace(FRONT, ready=True, ready_since=NOW, tracks=3, data_received=1, data_sent=2)

    camera = listed(state, late, BACK, at=101.0).cameras[1]

    assert (camera.ready, camera.ready_since, camera.tracks) == (False, None, None)


@pytest.mark.parametrize(
    ("ready", "expires_at", "failed", "lacks"),
    [
        (True, seconds_after(300), False, False),
        (True, seconds_after(-399), False, False),
        (True, seconds_after(-400), False, True),
        (True, seconds_after(300), True, True),
        (True, None, False, False),
        (True, None, True, True),
        # These may belong to an earlier stream, by some clock.
        (True, seconds_after(-700), False, False),
        (True, seconds_after(-1000), False, False),
        (False, seconds_after(-400), False, False),
        (True, datetime.max.replace(tzinfo=UTC), False, False),
        (True, datetime.min.replace(tzinfo=UTC), False, False),
    ],
)
def test_a_running_stream_lacks_authorization_when_it_failed_or_has_ended_by_all_clocks(
    ready: bool, expires_at: datetime | None, failed: bool, lacks: bool
) -> None:
    camera = replace(
        FRONT,
        ready=ready,
        ready_since=seconds_after(-1000) if ready else None,
        expires_at=expires_at,
        extension_failed=failed,
    )

    assert camera.lacks_authorization(NOW) is lacks


@pytest.mark.parametrize("skew", [-400, 0, 400])
def test_a_stream_authorized_by_google_is_video_with_any_clock_of_the_server(
    state: ServerState, skew: float
) -> None:
    """Google's clock equals this machine's here, as if the server's clock is wrong."""
    idle = replace(FRONT, expires_at=seconds_after(-3600))
    state = listed(state, idle, BACK, at=0.0)
    state = apply_event(state, camera_event("demand"), 50.0)
    state = apply_event(state, replace(camera_event("ready"), at=seconds_after(skew)), 60.0)
    assert not state.cameras[1].shows_video
    row = replace(
        idle,
        requested=True,
        ready=True,
        ready_since=seconds_after(skew),
        expires_at=seconds_after(300),
    )

    camera = apply_camera(state, row, 61.0, LAG).cameras[1]

    assert camera.authorized_until == seconds_after(300)
    assert camera.shows_video


@pytest.mark.parametrize("skew", [-400, 0, 400])
def test_a_stream_that_ran_before_is_video_with_any_clock_of_the_server(skew: float) -> None:
    row = replace(
        FRONT,
        requested=True,
        ready=True,
        ready_since=seconds_after(skew),
        expires_at=seconds_after(300),
    )

    assert listed(ServerState(), row).cameras[1].shows_video


@pytest.mark.parametrize("skew", [-400, 0, 400])
@pytest.mark.parametrize("former", [-300, -1, 200])
def test_an_earlier_streams_authorization_is_ignored_with_any_clock(
    state: ServerState, skew: float, former: float
) -> None:
    idle = replace(FRONT, expires_at=seconds_after(former))
    state = listed(state, idle, BACK, at=0.0)
    for kind in ("demand", "ready"):
        event = replace(camera_event(kind), at=seconds_after(skew))
        state = apply_event(state, event, 50.0)
    row = replace(idle, requested=True, ready=True, ready_since=seconds_after(skew))
    state = apply_camera(state, row, 100.0, LAG)

    camera = state.cameras[1]

    assert (camera.authorized_until, camera.shows_video) == (None, False)
    assert not camera.lacks_authorization(seconds_after(1000))


def test_the_authorization_of_a_stream_that_just_ended_is_an_earlier_streams(
    state: ServerState,
) -> None:
    runs = replace(FRONT, requested=True, ready=True, ready_since=NOW)
    state = listed(state, replace(runs, expires_at=seconds_after(300)), BACK, at=0.0)
    for kind in ("undemand", "notready", "demand", "ready"):
        state = apply_event(state, camera_event(kind), 50.0)

    assert not state.cameras[1].shows_video


def test_an_authorization_before_the_stream_is_ready_belongs_to_it(state: ServerState) -> None:
    """Cameras with RTSP at Google are authorized while they start."""
    state = apply_event(state, camera_event("demand"), 1.0)
    starting = replace(FRONT, requested=True, process_id=7, expires_at=seconds_after(300))
    state = apply_camera(state, starting, 5.0, LAG)

    state = apply_event(state, camera_event("ready"), 6.0)

    assert state.cameras[1].shows_video


def test_an_expired_authorization_is_resolved_by_a_later_one(state: ServerState) -> None:
    state = listed(state, replace(FRONT, expires_at=seconds_after(-300)), BACK, at=0.0)
    row = replace(FRONT, requested=True, ready=True, ready_since=NOW, expires_at=seconds_after(300))
    state = listed(state, row, BACK, at=30.0)
    assert state.cameras[1].lacks_authorization(seconds_after(700))

    state = listed(state, replace(row, expires_at=seconds_after(900)), BACK, at=60.0)

    assert not state.cameras[1].lacks_authorization(seconds_after(700))


def test_an_extension_moves_the_end_and_clears_a_failed_one(state: ServerState) -> None:
    state = apply_event(state, camera_event("ready"), 1.0)
    state = apply_event(state, camera_event("failed-extension", error={}), 2.0)
    assert state.cameras[1].extension_failed

    state = apply_event(
        state, camera_event("extended", expiresAt=seconds_after(300).isoformat()), 3.0
    )

    assert not state.cameras[1].extension_failed
    assert state.cameras[1].authorized_until == seconds_after(300)


def test_an_extension_without_a_time_keeps_the_end(state: ServerState) -> None:
    state = listed(state, replace(FRONT, expires_at=seconds_after(9)), BACK, at=100.0)

    camera = apply_event(state, camera_event("extended", expiresAt="soon"), 101.0).cameras[1]

    assert camera.expires_at == seconds_after(9)


def test_a_failed_extension_stays_failed_until_a_row_has_a_later_end(state: ServerState) -> None:
    ready = replace(FRONT, ready=True, ready_since=NOW, expires_at=seconds_after(100))
    state = listed(state, ready, BACK, at=100.0)
    state = apply_event(state, camera_event("failed-extension"), 101.0)

    same = listed(state, ready, BACK, at=200.0)
    later = listed(state, replace(ready, expires_at=seconds_after(400)), BACK, at=200.0)

    assert same.cameras[1].extension_failed
    assert not later.cameras[1].extension_failed


def test_a_failed_extension_without_a_stream_is_ignored(state: ServerState) -> None:
    assert not apply_event(state, camera_event("failed-extension"), 1.0).cameras[1].extension_failed


def test_a_row_requested_earlier_does_not_override_a_later_one(state: ServerState) -> None:
    disabled = replace(FRONT, is_enabled=False, status=CameraStatus.DISABLED)
    state = apply_camera(state, disabled, 20.0, LAG)

    state = listed(state, FRONT, BACK, at=19.0)

    assert state.cameras[1] == disabled


def test_an_event_sets_when_a_credential_was_authorized(state: ServerState) -> None:
    state = apply_event(state, camera_event("reauthenticated", domain="credentials"), 1.0)
    assert state.credentials[1].authorized_at == NOW

    lost = replace(camera_event("unauthenticated", domain="credentials"), at=seconds_after(9))
    state = listed(apply_event(state, lost, 2.0), FRONT, BACK, at=100.0)

    assert state.credentials[1].authorized_at == NOW


def test_a_lost_connection_clears_the_servers_own_state_except_its_version() -> None:
    version = Version("v1.1.1")
    state = ServerState(server=Server(version, health=Health.HEALTHY, load=Load(cpu=7.0)))

    assert reset_state(state).server == Server(version)


def test_the_start_and_end_of_a_stream_change_the_number_of_streaming_cameras(
    state: ServerState,
) -> None:
    ready = apply_event(state, camera_event("ready"), 1.0)
    read = apply_event(ready, read_event("a"), 2.0)

    assert diff_for_event(camera_event("ready"), state, ready).server == {STREAMING}
    assert not diff_for_event(read_event("a"), ready, read).server
    assert diff(read, state).server == {STREAMING}


def test_credentials_with_reassigned_ids_keep_their_own_history(
    state: ServerState,
) -> None:
    state = apply_event(state, camera_event("reauthenticated", domain="credentials"), 1.0)
    cabin = Credential(1, "sum-cabin", "Cabin", Authorization.AUTHENTICATED)
    home = replace(HOME, id=2)

    state = listed(reset_state(state), FRONT, BACK, at=100.0, credentials=(cabin, home))

    assert state.credentials[1] == cabin
    assert state.credentials[2].authorization is Authorization.REAUTHENTICATED
    assert state.credentials[2].authorized_at == NOW


def test_a_row_within_the_lag_has_no_counts_of_the_earlier_stream(state: ServerState) -> None:
    for kind in ("ready", "notready", "ready"):
        state = apply_event(state, camera_event(kind), 100.0)
    late = replace(FRONT, ready=True, ready_since=NOW, tracks=3, data_received=1, data_sent=2)

    camera = listed(state, late, BACK, at=101.0).cameras[1]

    assert (camera.ready, camera.tracks, camera.data_received) == (True, None, None)


def test_a_row_without_an_authorization_end_keeps_the_one_of_an_event(
    state: ServerState,
) -> None:
    state = apply_event(state, camera_event("ready"), 99.0)
    state = apply_event(
        state, camera_event("extended", expiresAt=seconds_after(300).isoformat()), 100.0
    )

    assert listed(state, FRONT, BACK, at=99.9).cameras[1].expires_at == seconds_after(300)


def test_a_later_list_overrides_the_authorization_end_of_an_event(
    state: ServerState,
) -> None:
    far = camera_event("extended", expiresAt="9999-12-31T23:59:59Z")
    row = replace(FRONT, expires_at=seconds_after(9))
    state = apply_event(state, far, 100.0)

    assert listed(state, row, BACK, at=100.0 + LAG - 1).cameras[1].expires_at != seconds_after(9)
    assert listed(state, row, BACK, at=100.0 + LAG).cameras[1].expires_at == seconds_after(9)


@pytest.mark.parametrize(
    ("times", "counts", "expected"),
    [
        ((0.0, 60.0), (7, 7), True),
        ((0.0, 60.0), (7, 8), False),
        ((0.0, 44.0), (7, 7), False),
        ((0.0, 30.0, 60.0), (7, 8, 8), False),
        ((0.0, 60.0, 120.0), (7, 7, 8), False),
        ((0.0, 60.0), (None, None), False),
    ],
)
def test_a_ready_stream_without_new_data_has_stalled(
    times: tuple[float, ...], counts: tuple[int | None, ...], expected: bool
) -> None:
    state = listed(ServerState(), FRONT, at=-60.0)
    for at, count in zip(times, counts, strict=True):
        row = replace(FRONT, ready=True, data_received=count)
        state = apply_camera(state, row, at, LAG, stall=45.0)

    assert state.cameras[1].stalled is expected


def test_a_stream_that_starts_or_ends_has_not_stalled() -> None:
    state = listed(ServerState(), FRONT, at=-60.0)
    for at in (0.0, 60.0):
        row = replace(FRONT, ready=True, data_received=7)
        state = apply_camera(state, row, at, LAG, stall=45.0)

    ended = apply_event(state, camera_event("notready"), 61.0)
    begun = apply_event(ended, camera_event("ready"), 62.0)

    assert state.cameras[1].stalled
    assert not ended.cameras[1].stalled
    assert not begun.cameras[1].stalled
