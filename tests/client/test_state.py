"""What is true when: the rules by which events and snapshots make a state."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.nestmtx.client import (
    Authorization,
    Camera,
    CameraStatus,
    Credential,
    Event,
    Load,
    Server,
    Version,
)
from custom_components.nestmtx.client.changes import changes, changes_of
from custom_components.nestmtx.client.state import (
    ServerState,
    Snapshot,
    disconnected,
    happened,
    resynced,
    settle_at,
    settled,
)

LAG = 15.0
FRONT = Camera(1, "sum-1", "Front", is_enabled=True, status=CameraStatus.DEAD)
BACK = Camera(2, "sum-2", "Back", is_enabled=True, status=CameraStatus.DEAD)
HOME = Credential(1, "sum-home", "Home", Authorization.AUTHENTICATED)


NOW = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)


def _event(kind: str, entity: int | None = 1, domain: str = "camera", **details: Any) -> Event:
    return Event(domain, kind, entity, details, NOW)


def _in(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def _read(reader: str, **details: Any) -> Event:
    return _event("read", readerId=reader, **details)


def _listed(
    state: ServerState,
    *cameras: Camera,
    at: float = 0.0,
    credentials: tuple[Credential, ...] = (HOME,),
    complete: bool = True,
) -> ServerState:
    return resynced(
        state, Snapshot(cameras, at, complete), Snapshot(credentials, at, complete), LAG
    )


@pytest.fixture
def state() -> ServerState:
    return _listed(ServerState(nonce="n0nce"), FRONT, BACK)


def test_a_snapshot_brings_cameras_and_credentials(state: ServerState) -> None:
    assert state.cameras == {1: FRONT, 2: BACK}
    assert state.credentials == {1: HOME}


# Events


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
        state = happened(state, _event(kind), 1.0)

    camera = state.cameras[1]
    assert (camera.requested, camera.ready, camera.status) == (requested, ready, status)


def test_a_persistent_cameras_process_runs_on_when_nobody_demands_it(state: ServerState) -> None:
    persistent = replace(FRONT, is_persistent=True, requested=True, status=CameraStatus.STARTING)
    state = _listed(state, persistent, BACK, at=100.0)

    camera = happened(state, _event("undemand"), 101.0).cameras[1]

    assert (camera.requested, camera.status) == (True, CameraStatus.STARTING)


@pytest.mark.parametrize("status", [None, CameraStatus.STOPPED, CameraStatus.UNAVAILABLE])
def test_a_demand_that_is_repeated_says_nothing_about_the_status(
    state: ServerState, status: CameraStatus | None
) -> None:
    persistent = replace(FRONT, is_persistent=True, requested=True, status=status)
    state = _listed(state, persistent, BACK, at=100.0)

    assert happened(state, _event("demand"), 101.0).cameras[1].status is status


def test_a_demand_does_not_tell_that_a_stopped_process_starts(state: ServerState) -> None:
    stopped = replace(FRONT, status=CameraStatus.STOPPED)
    state = _listed(state, stopped, BACK, at=100.0)

    camera = happened(state, _event("demand"), 101.0).cameras[1]

    assert (camera.requested, camera.status) == (True, CameraStatus.STOPPED)


def test_a_disabled_camera_stays_disabled_while_its_placeholder_is_ready(
    state: ServerState,
) -> None:
    disabled = replace(FRONT, is_enabled=False, status=CameraStatus.DISABLED)
    state = _listed(state, disabled, BACK, at=100.0)

    camera = happened(state, _event("ready"), 101.0).cameras[1]

    assert (camera.ready, camera.status) == (True, CameraStatus.DISABLED)


def test_read_and_unread_make_and_end_being_watched(state: ServerState) -> None:
    state = happened(state, _read("a"), 1.0)
    assert state.cameras[1].watched

    state = happened(state, _event("unread", readerId="a"), 2.0)
    assert not state.cameras[1].watched


def test_our_own_readers_do_not_watch(state: ServerState) -> None:
    state = happened(state, _read("a", query="x=1&ha=n0nce"), 1.0)

    assert not state.cameras[1].watched


def test_a_reader_with_another_nonce_watches(state: ServerState) -> None:
    state = happened(state, _read("a", query="ha=other"), 1.0)

    assert state.cameras[1].watched


def test_the_end_of_the_stream_ends_being_watched(state: ServerState) -> None:
    for event in (_event("ready"), _read("a"), _event("notready")):
        state = happened(state, event, 1.0)

    assert not state.cameras[1].watched


@pytest.mark.parametrize(
    "event",
    [
        _event("ready", entity=None),
        _event("exploded"),
        _event("ready", domain="application"),
        _event("ready", domain="credentials"),
        _event("authenticated"),
    ],
)
def test_unknown_events_change_nothing(state: ServerState, event: Event) -> None:
    assert happened(state, event, 1.0) is state


def test_an_event_without_a_reader_changes_no_readers(state: ServerState) -> None:
    for kind in ("read", "unread"):
        assert not happened(state, _event(kind), 1.0).cameras[1].watched


def test_an_event_that_says_nothing_new_leaves_the_cameras_as_they_are(
    state: ServerState,
) -> None:
    state = happened(state, _event("ready"), 1.0)

    assert happened(state, _event("ready"), 2.0).cameras is state.cameras


# Events and snapshots


def test_a_lagging_snapshot_does_not_overwrite_an_event(state: ServerState) -> None:
    state = happened(state, _event("ready"), 10.0)
    state = happened(state, _read("a"), 11.0)

    state = _listed(state, FRONT, BACK, at=10.0 + LAG - 1)

    assert state.cameras[1].ready
    assert state.cameras[1].status is CameraStatus.RUNNING
    assert state.cameras[1].watched


def test_a_snapshot_after_the_lag_wins(state: ServerState) -> None:
    state = happened(state, _event("ready"), 10.0)

    state = _listed(state, FRONT, BACK, at=10.0 + LAG)

    assert state.cameras[1] == FRONT


def test_readiness_is_settled_although_readers_come_and_go(state: ServerState) -> None:
    state = happened(state, _event("ready"), 10.0)
    state = happened(state, _read("a"), 10.0 + LAG - 1)

    state = settled(state, FRONT, 10.0 + LAG, LAG)

    assert not state.cameras[1].ready
    assert state.cameras[1].watched
    assert settle_at(state, 1, LAG) == 10.0 + LAG - 1 + LAG


def test_a_lagging_snapshot_still_brings_what_events_do_not_tell(state: ServerState) -> None:
    state = happened(state, _event("ready"), 10.0)

    state = _listed(state, replace(FRONT, name="Porch"), BACK, at=11.0)

    assert (state.cameras[1].name, state.cameras[1].ready) == ("Porch", True)


def test_disabling_shows_at_once_also_right_after_an_event(state: ServerState) -> None:
    state = happened(state, _event("notready"), 10.0)
    disabled = replace(FRONT, is_enabled=False, status=CameraStatus.DISABLED)

    state = _listed(state, disabled, BACK, at=11.0)

    assert state.cameras[1].status is CameraStatus.DISABLED


def test_a_camera_without_events_needs_no_settling(state: ServerState) -> None:
    assert settle_at(state, 1, LAG) is None


def test_a_camera_that_a_snapshot_settled_needs_no_settling(state: ServerState) -> None:
    state = happened(state, _event("ready"), 10.0)
    assert settle_at(state, 1, LAG) == 10.0 + LAG

    state = _listed(state, FRONT, BACK, at=10.0 + LAG)

    assert settle_at(state, 1, LAG) is None


def test_a_settled_count_of_readers_wins(state: ServerState) -> None:
    state = happened(state, _read("a"), 10.0)

    state = settled(state, replace(FRONT, viewers=3), 10.0 + LAG, LAG)

    assert state.cameras[1].viewers == 3


def test_reading_a_camera_that_is_not_known_changes_nothing(state: ServerState) -> None:
    assert settled(state, Camera(9), 100.0, LAG) is state


def test_reading_another_camera_under_an_id_changes_nothing(state: ServerState) -> None:
    assert settled(state, replace(BACK, id=FRONT.id), 100.0, LAG) is state


def test_the_same_snapshot_twice_changes_nothing(state: ServerState) -> None:
    again = _listed(state, FRONT, BACK, at=60.0)

    assert not changes(state, again)
    assert again.cameras is state.cameras


def test_events_wait_for_the_first_snapshot_and_are_applied_on_top_of_it() -> None:
    state = happened(ServerState(), _event("ready"), 1.0)
    assert not state.cameras

    state = _listed(state, FRONT, at=0.5)

    assert state.cameras[1].ready


def test_an_event_of_a_camera_that_is_not_known_yet_waits_for_it(state: ServerState) -> None:
    state = happened(state, _event("ready", entity=3), 1.0)

    state = _listed(state, FRONT, BACK, Camera(3, "sum-3"), at=2.0)

    assert state.cameras[3].ready


def test_an_event_of_a_camera_that_never_appears_is_forgotten(state: ServerState) -> None:
    state = happened(state, _event("ready", entity=3), 1.0)
    state = _listed(state, FRONT, BACK, at=2.0)

    state = _listed(state, FRONT, BACK, Camera(3, "sum-3"), at=60.0)

    assert not state.cameras[3].ready


# Connections


def test_a_new_connection_believes_nothing_of_before(state: ServerState) -> None:
    state = happened(state, _event("ready"), 10.0)
    state = happened(state, _read("a"), 10.0)

    state = _listed(disconnected(state), FRONT, BACK, at=11.0)

    assert state.cameras[1] == FRONT


def test_events_of_a_new_connection_hold_against_its_first_snapshot(state: ServerState) -> None:
    state = happened(disconnected(state), _event("ready"), 10.0)

    state = _listed(state, FRONT, BACK, at=9.9)

    assert state.cameras[1].ready


# Coming and going


def test_a_camera_is_gone_when_two_lists_in_a_row_agree(state: ServerState) -> None:
    once = _listed(state, FRONT, at=60.0)
    assert set(once.cameras) == {1, 2}
    assert once.missing_cameras == {2}

    twice = _listed(once, FRONT, at=120.0)
    assert set(twice.cameras) == {1}


def test_a_camera_that_comes_back_is_not_missing(state: ServerState) -> None:
    state = _listed(state, FRONT, at=60.0)

    state = _listed(state, FRONT, BACK, at=120.0)

    assert not state.missing_cameras


def test_an_empty_list_removes_nothing_however_often_it_comes(state: ServerState) -> None:
    for at in (60.0, 120.0, 180.0):
        state = _listed(state, at=at, credentials=())

    assert set(state.cameras) == state.missing_cameras == {1, 2}
    assert set(state.credentials) == state.missing_credentials == {1}


def test_an_incomplete_list_says_nothing_about_what_it_does_not_have(state: ServerState) -> None:
    for at in (60.0, 120.0):
        state = _listed(state, FRONT, at=at, complete=False)

    assert set(state.cameras) == {1, 2}
    assert not state.missing_cameras


def test_a_camera_with_a_new_id_is_the_same_camera(state: ServerState) -> None:
    state = _listed(state, replace(FRONT, id=11), replace(BACK, id=12), at=60.0)

    assert set(state.cameras) == {11, 12}
    assert not state.missing_cameras


# Credentials


@pytest.mark.parametrize("word", list(Authorization))
def test_an_event_says_what_a_credential_may_do(state: ServerState, word: Authorization) -> None:
    state = happened(state, _event(word, domain="credentials"), 1.0)

    assert state.credentials[1].authorization is word


def test_a_credential_with_tokens_keeps_what_it_showed(state: ServerState) -> None:
    state = happened(state, _event("reauthenticated", domain="credentials"), 1.0)

    state = _listed(state, FRONT, BACK, at=100.0)

    assert state.credentials[1].authorization is Authorization.REAUTHENTICATED


def test_a_credential_without_tokens_is_unauthenticated(state: ServerState) -> None:
    lost = replace(HOME, authorization=Authorization.UNAUTHENTICATED)

    state = _listed(state, FRONT, BACK, at=100.0, credentials=(lost,))

    assert state.credentials[1].authorization is Authorization.UNAUTHENTICATED


def test_a_credential_with_new_tokens_is_authenticated(state: ServerState) -> None:
    state = happened(state, _event("unauthenticated", domain="credentials"), 1.0)

    state = _listed(state, FRONT, BACK, at=100.0)

    assert state.credentials[1].authorization is Authorization.AUTHENTICATED


def test_a_list_on_its_way_does_not_overwrite_a_credentials_event(state: ServerState) -> None:
    state = happened(state, _event("unauthenticated", domain="credentials"), 10.0)

    state = _listed(state, FRONT, BACK, at=9.9)

    assert state.credentials[1].authorization is Authorization.UNAUTHENTICATED


def test_a_credentials_event_waits_for_the_first_snapshot() -> None:
    state = happened(ServerState(), _event("reauthenticated", domain="credentials"), 1.0)

    assert _listed(state).credentials[1].authorization is Authorization.REAUTHENTICATED


# Changes


def test_an_event_changes_its_camera_only(state: ServerState) -> None:
    event = _event("ready")
    changed = changes_of(event, state, happened(state, event, 1.0))

    assert changed.cameras == {"sum-1"}
    assert not (changed.credentials or changed.objects or changed.server)


def test_an_event_changes_its_credential_only(state: ServerState) -> None:
    event = _event("unauthenticated", domain="credentials")
    changed = changes_of(event, state, happened(state, event, 1.0))

    assert (changed.cameras, changed.credentials) == (frozenset(), {"sum-home"})


@pytest.mark.parametrize("entity", [None, 1])
def test_an_event_that_changes_nothing_has_no_changes(
    state: ServerState, entity: int | None
) -> None:
    assert not changes_of(_event("ready", entity), state, state)


def test_a_camera_that_goes_missing_or_away_has_changed(state: ServerState) -> None:
    missing = _listed(state, FRONT, at=60.0)
    gone = _listed(missing, FRONT, at=120.0)

    assert changes(state, missing).cameras == {"sum-2"}
    assert not changes(state, missing).objects
    assert changes(missing, gone).cameras == {"sum-2"}
    assert changes(missing, gone).objects


# Streams and their authorization


def test_a_stream_is_ready_since_the_event_and_then_since_what_the_settled_row_says(
    state: ServerState,
) -> None:
    state = happened(state, _event("ready"), 1.0)
    assert state.cameras[1].ready_since == NOW

    row = replace(FRONT, ready=True, ready_since=_in(-1.6))
    assert settled(state, row, 2.0, LAG).cameras[1].ready_since == NOW
    assert settled(state, row, 1.0 + LAG, LAG).cameras[1].ready_since == _in(-1.6)


def test_a_stream_that_is_said_to_be_ready_twice_began_once(state: ServerState) -> None:
    state = happened(state, _event("ready"), 1.0)

    again = happened(state, replace(_event("ready"), at=_in(9)), 10.0)

    assert again.cameras[1].ready_since == NOW


def test_the_end_of_the_stream_clears_what_was_told_of_it(state: ServerState) -> None:
    running = replace(
        FRONT, ready=True, ready_since=NOW, tracks=3, data_received=1, data_sent=2, process_id=7
    )
    state = _listed(state, replace(running, requested=True), BACK, at=100.0)
    for kind in ("failed-extension", "undemand", "notready"):
        state = happened(state, _event(kind), 101.0)

    camera = state.cameras[1]

    assert (camera.ready_since, camera.tracks, camera.data_received) == (None, None, None)
    assert (camera.data_sent, camera.process_id, camera.extension_failed) == (None, None, False)


def test_a_row_that_lags_behind_tells_nothing_of_a_stream_that_has_ended(
    state: ServerState,
) -> None:
    state = happened(state, _event("notready"), 100.0)
    late = replace(FRONT, ready=True, ready_since=NOW, tracks=3, data_received=1, data_sent=2)

    camera = _listed(state, late, BACK, at=101.0).cameras[1]

    assert (camera.ready, camera.ready_since, camera.tracks) == (False, None, None)


@pytest.mark.parametrize(
    ("ready", "expires_at", "failed", "lacks"),
    [
        (True, _in(300), False, False),
        (True, _in(-1), False, True),
        (True, _in(300), True, True),
        (True, None, False, False),
        (True, None, True, True),
        # The end of an earlier stream's: Google has not answered yet.
        (True, _in(-700), False, False),
        (False, _in(-1), False, False),
    ],
)
def test_a_running_stream_lacks_authorization_when_it_failed_or_has_ended(
    ready: bool, expires_at: datetime | None, failed: bool, lacks: bool
) -> None:
    camera = replace(
        FRONT,
        ready=ready,
        ready_since=_in(-600) if ready else None,
        expires_at=expires_at,
        extension_failed=failed,
    )

    assert camera.lacks_authorization(NOW) is lacks


def test_an_extension_moves_the_end_and_makes_good_that_one_failed(state: ServerState) -> None:
    state = happened(state, _event("ready"), 1.0)
    state = happened(state, _event("failed-extension", error={}), 2.0)
    assert state.cameras[1].extension_failed

    state = happened(state, _event("extended", expiresAt=_in(300).isoformat()), 3.0)

    assert not state.cameras[1].extension_failed
    assert state.cameras[1].authorized_until == _in(300)


def test_an_extension_without_a_time_leaves_the_end_as_it_was(state: ServerState) -> None:
    state = _listed(state, replace(FRONT, expires_at=_in(9)), BACK, at=100.0)

    camera = happened(state, _event("extended", expiresAt="soon"), 101.0).cameras[1]

    assert camera.expires_at == _in(9)


def test_an_extension_that_failed_is_so_until_a_row_has_a_later_end(state: ServerState) -> None:
    ready = replace(FRONT, ready=True, ready_since=NOW, expires_at=_in(100))
    state = _listed(state, ready, BACK, at=100.0)
    state = happened(state, _event("failed-extension"), 101.0)

    same = _listed(state, ready, BACK, at=200.0)
    later = _listed(state, replace(ready, expires_at=_in(400)), BACK, at=200.0)

    assert same.cameras[1].extension_failed
    assert not later.cameras[1].extension_failed


def test_an_extension_of_a_stream_that_does_not_run_cannot_fail(state: ServerState) -> None:
    assert not happened(state, _event("failed-extension"), 1.0).cameras[1].extension_failed


def test_a_row_that_was_asked_for_earlier_does_not_undo_a_later_one(state: ServerState) -> None:
    disabled = replace(FRONT, is_enabled=False, status=CameraStatus.DISABLED)
    state = settled(state, disabled, 20.0, LAG)

    state = _listed(state, FRONT, BACK, at=19.0)

    assert state.cameras[1] == disabled


def test_an_event_tells_when_a_credential_was_authorized(state: ServerState) -> None:
    state = happened(state, _event("reauthenticated", domain="credentials"), 1.0)
    assert state.credentials[1].authorized_at == NOW

    lost = replace(_event("unauthenticated", domain="credentials"), at=_in(9))
    state = _listed(happened(state, lost, 2.0), FRONT, BACK, at=100.0)

    assert state.credentials[1].authorized_at == NOW


def test_what_is_known_of_the_server_itself_ends_with_the_connection_but_for_its_version() -> None:
    version = Version("v1.1.1")
    state = ServerState(server=Server(version, healthy=True, load=Load(cpu=7.0)))

    assert disconnected(state).server == Server(version)


def test_the_beginning_and_the_end_of_a_stream_are_a_change_of_what_streams(
    state: ServerState,
) -> None:
    ready = happened(state, _event("ready"), 1.0)
    read = happened(ready, _read("a"), 2.0)

    assert changes_of(_event("ready"), state, ready).streaming
    assert not changes_of(_read("a"), ready, read).streaming
    assert changes(read, state).streaming


def test_credentials_whose_ids_are_given_anew_keep_each_its_own_history(
    state: ServerState,
) -> None:
    state = happened(state, _event("reauthenticated", domain="credentials"), 1.0)
    cabin = Credential(1, "sum-cabin", "Cabin", Authorization.AUTHENTICATED)
    home = replace(HOME, id=2)

    state = _listed(disconnected(state), FRONT, BACK, at=100.0, credentials=(cabin, home))

    assert state.credentials[1] == cabin
    assert state.credentials[2].authorization is Authorization.REAUTHENTICATED
    assert state.credentials[2].authorized_at == NOW


def test_a_row_inside_the_lag_tells_no_counts_of_the_stream_before(state: ServerState) -> None:
    for kind in ("ready", "notready", "ready"):
        state = happened(state, _event(kind), 100.0)
    late = replace(FRONT, ready=True, ready_since=NOW, tracks=3, data_received=1, data_sent=2)

    camera = _listed(state, late, BACK, at=101.0).cameras[1]

    assert (camera.ready, camera.tracks, camera.data_received) == (True, None, None)


def test_a_row_without_an_end_of_the_authorization_does_not_undo_what_an_event_told(
    state: ServerState,
) -> None:
    state = happened(state, _event("ready"), 99.0)
    state = happened(state, _event("extended", expiresAt=_in(300).isoformat()), 100.0)

    assert _listed(state, FRONT, BACK, at=99.9).cameras[1].expires_at == _in(300)
