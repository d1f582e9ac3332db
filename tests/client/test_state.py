"""The rules by which events and lists form a state."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.nestmtx.client import (
    Camera,
    CameraStatus,
    Event,
)
from custom_components.nestmtx.client.state.diff import diff
from custom_components.nestmtx.client.state.events import apply_event, settle_at
from custom_components.nestmtx.client.state.lists import apply_camera
from custom_components.nestmtx.client.state.state import ServerState, reset_state

from .states import BACK, FRONT, HOME, LAG, camera_event, listed, read_event


def test_lists_add_cameras_and_credentials(state: ServerState) -> None:
    assert state.cameras == {1: FRONT, 2: BACK}
    assert state.credentials == {1: HOME}


@pytest.mark.parametrize(
    ("kinds", "requested", "ready", "status"),
    [
        (["demand"], True, False, CameraStatus.STARTING),
        (["demand", "ready"], True, True, CameraStatus.RUNNING),
        (["demand", "ready", "undemand"], False, True, CameraStatus.RUNNING),
        (["demand", "ready", "undemand", "notready"], False, False, CameraStatus.DEAD),
        (["demand", "ready", "notready"], True, False, None),
        (["demand", "ready", "notready", "undemand"], False, False, None),
        (["demand", "undemand"], False, False, None),
        (["demand", "undemand", "demand"], True, False, CameraStatus.STARTING),
        (["demand", "ready", "notready", "demand"], True, False, None),
        (["undemand"], False, False, CameraStatus.DEAD),
        (["ready", "demand"], True, True, CameraStatus.RUNNING),
    ],
)
def test_a_cameras_life(
    state: ServerState, kinds: list[str], requested: bool, ready: bool, status: CameraStatus | None
) -> None:
    for kind in kinds:
        state = apply_event(state, camera_event(kind), 1.0)

    camera = state.cameras[1]
    assert (camera.requested, camera.ready, camera.status) == (requested, ready, status)


def test_a_persistent_cameras_process_keeps_running_without_demand(state: ServerState) -> None:
    persistent = replace(FRONT, is_persistent=True, requested=True, status=CameraStatus.STARTING)
    state = listed(state, persistent, BACK, at=100.0)

    camera = apply_event(state, camera_event("undemand"), 101.0).cameras[1]

    assert (camera.requested, camera.status) == (True, CameraStatus.STARTING)


@pytest.mark.parametrize("status", [None, CameraStatus.STOPPED, CameraStatus.UNAVAILABLE])
def test_a_repeated_demand_does_not_change_the_status(
    state: ServerState, status: CameraStatus | None
) -> None:
    persistent = replace(FRONT, is_persistent=True, requested=True, status=status)
    state = listed(state, persistent, BACK, at=100.0)

    assert apply_event(state, camera_event("demand"), 101.0).cameras[1].status is status


def test_a_demand_does_not_mark_a_stopped_process_as_starting(state: ServerState) -> None:
    stopped = replace(FRONT, status=CameraStatus.STOPPED)
    state = listed(state, stopped, BACK, at=100.0)

    camera = apply_event(state, camera_event("demand"), 101.0).cameras[1]

    assert (camera.requested, camera.status) == (True, CameraStatus.STOPPED)


def test_a_disabled_camera_stays_disabled_while_its_placeholder_is_ready(
    state: ServerState,
) -> None:
    disabled = replace(FRONT, is_enabled=False, status=CameraStatus.DISABLED)
    state = listed(state, disabled, BACK, at=100.0)

    camera = apply_event(state, camera_event("ready"), 101.0).cameras[1]

    assert (camera.ready, camera.status) == (True, CameraStatus.DISABLED)


def test_read_and_unread_events_set_and_clear_watched(state: ServerState) -> None:
    state = apply_event(state, read_event("a"), 1.0)
    assert state.cameras[1].watched

    state = apply_event(state, camera_event("unread", readerId="a"), 2.0)
    assert not state.cameras[1].watched


@pytest.mark.parametrize("query", ["ha=n0nce", "x=1&ha=n0nce", "ha%3Dn0nce", "x%3D1%26ha%3Dn0nce"])
@pytest.mark.parametrize("reader_type", ["rtspSession", "webrtcSession", "webRTCSession"])
def test_own_readers_are_not_viewers(state: ServerState, query: str, reader_type: str) -> None:
    event = read_event("a", query=query, readerType=reader_type)

    assert not apply_event(state, event, 1.0).cameras[1].watched
    assert (
        not apply_camera(
            apply_event(state, event, 1.0), replace(FRONT, viewers=1), 100.0, LAG, {1: 1}
        )
        .cameras[1]
        .watched
    )


@pytest.mark.parametrize("query", ["ha=other", "x=1&ha=other", "ha%3Dother"])
def test_another_home_assistants_reader_is_not_a_viewer(state: ServerState, query: str) -> None:
    state = apply_event(state, read_event("a", query=query), 1.0)
    assert not state.cameras[1].watched

    state = apply_camera(state, replace(FRONT, viewers=2), 100.0, LAG)
    assert state.cameras[1].viewers == 1

    left = camera_event("unread", readerId="a", query=query)
    assert apply_event(state, left, 101.0).cameras[1].viewers == 1


@pytest.mark.parametrize("query", ["", "ha=", "ha", "token=ha%3Dn0nce", "alpha=n0nce"])
def test_a_reader_without_a_tag_is_a_viewer(state: ServerState, query: str) -> None:
    assert apply_event(state, read_event("a", query=query), 1.0).cameras[1].watched


def test_the_end_of_an_own_reader_with_a_lost_read_event_removes_no_viewer(
    state: ServerState,
) -> None:
    state = apply_camera(state, replace(FRONT, viewers=2), 100.0, LAG, {1: 1})

    left = camera_event("unread", readerId="ours", query="ha=n0nce")

    assert apply_event(state, left, 101.0).cameras[1].viewers == 1


def test_the_end_of_the_stream_clears_watched(state: ServerState) -> None:
    for event in (camera_event("ready"), read_event("a"), camera_event("notready")):
        state = apply_event(state, event, 1.0)

    assert not state.cameras[1].watched


@pytest.mark.parametrize(
    "event",
    [
        camera_event("ready", entity=None),
        camera_event("exploded"),
        camera_event("ready", domain="application"),
        camera_event("ready", domain="credentials"),
        camera_event("authenticated"),
    ],
)
def test_unknown_events_change_nothing(state: ServerState, event: Event) -> None:
    assert apply_event(state, event, 1.0) is state


def test_an_event_without_a_reader_changes_no_readers(state: ServerState) -> None:
    for kind in ("read", "unread"):
        assert not apply_event(state, camera_event(kind), 1.0).cameras[1].watched


def test_an_event_without_news_leaves_the_cameras_unchanged(
    state: ServerState,
) -> None:
    state = apply_event(state, camera_event("ready"), 1.0)

    assert apply_event(state, camera_event("ready"), 2.0).cameras is state.cameras


def test_a_lagging_list_does_not_overwrite_an_event(state: ServerState) -> None:
    state = apply_event(state, camera_event("ready"), 10.0)
    state = apply_event(state, read_event("a"), 11.0)

    state = listed(state, FRONT, BACK, at=10.0 + LAG - 1)

    assert state.cameras[1].ready
    assert state.cameras[1].status is CameraStatus.RUNNING
    assert state.cameras[1].watched


def test_a_list_after_the_lag_overrides_an_event(state: ServerState) -> None:
    state = apply_event(state, camera_event("ready"), 10.0)

    state = listed(state, FRONT, BACK, at=10.0 + LAG)

    assert state.cameras[1] == FRONT


def test_readiness_is_settled_while_readers_change(state: ServerState) -> None:
    state = apply_event(state, camera_event("ready"), 10.0)
    state = apply_event(state, read_event("a"), 10.0 + LAG - 1)

    state = apply_camera(state, FRONT, 10.0 + LAG, LAG)

    assert not state.cameras[1].ready
    assert state.cameras[1].watched
    assert settle_at(state, 1, LAG) == 10.0 + LAG - 1 + LAG


def test_a_lagging_list_updates_fields_without_events(state: ServerState) -> None:
    state = apply_event(state, camera_event("ready"), 10.0)

    state = listed(state, replace(FRONT, name="Porch"), BACK, at=11.0)

    assert (state.cameras[1].name, state.cameras[1].ready) == ("Porch", True)


def test_disabling_shows_at_once_even_right_after_an_event(state: ServerState) -> None:
    state = apply_event(state, camera_event("notready"), 10.0)
    disabled = replace(FRONT, is_enabled=False, status=CameraStatus.DISABLED)

    state = listed(state, disabled, BACK, at=11.0)

    assert state.cameras[1].status is CameraStatus.DISABLED


def test_a_camera_without_events_needs_no_settling(state: ServerState) -> None:
    assert settle_at(state, 1, LAG) is None


def test_a_camera_that_a_list_settled_needs_no_settling(state: ServerState) -> None:
    state = apply_event(state, camera_event("ready"), 10.0)
    assert settle_at(state, 1, LAG) == 10.0 + LAG

    state = listed(state, FRONT, BACK, at=10.0 + LAG)

    assert settle_at(state, 1, LAG) is None


def test_a_settled_count_of_readers_overrides_events(state: ServerState) -> None:
    state = apply_event(state, read_event("a"), 10.0)

    state = apply_camera(state, replace(FRONT, viewers=3), 10.0 + LAG, LAG)

    assert state.cameras[1].viewers == 3


def test_reading_an_unknown_camera_changes_nothing(state: ServerState) -> None:
    assert apply_camera(state, Camera(9), 100.0, LAG) is state


def test_reading_a_different_camera_with_the_same_id_changes_nothing(state: ServerState) -> None:
    assert apply_camera(state, replace(BACK, id=FRONT.id), 100.0, LAG) is state


def test_the_same_list_twice_changes_nothing(state: ServerState) -> None:
    again = listed(state, FRONT, BACK, at=60.0)

    assert not diff(state, again)
    assert again.cameras is state.cameras


def test_events_wait_for_the_first_list_and_are_applied_on_top_of_it() -> None:
    state = apply_event(ServerState(), camera_event("ready"), 1.0)
    assert not state.cameras

    state = listed(state, FRONT, at=0.5)

    assert state.cameras[1].ready


def test_an_event_of_an_unknown_camera_waits_for_the_camera(state: ServerState) -> None:
    state = apply_event(state, camera_event("ready", entity=3), 1.0)

    state = listed(state, FRONT, BACK, Camera(3, "sum-3"), at=2.0)

    assert state.cameras[3].ready


def test_an_event_of_a_camera_that_never_appears_is_forgotten(state: ServerState) -> None:
    state = apply_event(state, camera_event("ready", entity=3), 1.0)
    state = listed(state, FRONT, BACK, at=2.0)

    state = listed(state, FRONT, BACK, Camera(3, "sum-3"), at=60.0)

    assert not state.cameras[3].ready


def test_a_new_connection_trusts_no_earlier_state(state: ServerState) -> None:
    state = apply_event(state, camera_event("ready"), 10.0)
    state = apply_event(state, read_event("a"), 10.0)

    state = listed(reset_state(state), FRONT, BACK, at=11.0)

    assert state.cameras[1] == FRONT


@pytest.mark.parametrize(("restarted_at", "viewers"), [(None, 1), (20.0, 2)])
def test_another_home_assistants_reader_stays_known_after_a_reconnection(
    state: ServerState, restarted_at: float | None, viewers: int
) -> None:
    since = datetime(2026, 11, 28, 16, 30, tzinfo=UTC)
    ready = replace(FRONT, requested=True, ready=True, ready_since=since)
    state = listed(state, ready, BACK, at=100.0)
    state = apply_event(state, read_event("a", query="ha=other"), 101.0)
    state = apply_event(state, read_event("b"), 101.0)

    if restarted_at is not None:
        ready = replace(ready, ready_since=since + timedelta(seconds=restarted_at))
    state = listed(reset_state(state), replace(ready, viewers=2), BACK, at=200.0)

    assert state.cameras[1].viewers == viewers


def test_events_of_a_new_connection_override_its_first_list(state: ServerState) -> None:
    state = apply_event(reset_state(state), camera_event("ready"), 10.0)

    state = listed(state, FRONT, BACK, at=9.9)

    assert state.cameras[1].ready
