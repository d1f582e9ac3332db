"""Added and removed objects, credentials' authorization, and differences."""

from dataclasses import replace

import pytest

from custom_components.nestmtx.client import (
    Authorization,
)
from custom_components.nestmtx.client.state.diff import STREAMING, diff, diff_for_event
from custom_components.nestmtx.client.state.events import apply_event
from custom_components.nestmtx.client.state.state import ServerState

from .states import BACK, FRONT, HOME, camera_event, listed


def test_a_camera_is_removed_when_two_lists_in_a_row_agree(state: ServerState) -> None:
    once = listed(state, FRONT, at=60.0)
    assert set(once.cameras) == {1, 2}
    assert once.missing_cameras == {2}

    twice = listed(once, FRONT, at=120.0)
    assert set(twice.cameras) == {1}


def test_a_camera_that_returns_is_not_missing(state: ServerState) -> None:
    state = listed(state, FRONT, at=60.0)

    state = listed(state, FRONT, BACK, at=120.0)

    assert not state.missing_cameras


def test_empty_lists_never_remove_anything(state: ServerState) -> None:
    for at in (60.0, 120.0, 180.0):
        state = listed(state, at=at, credentials=())

    assert set(state.cameras) == state.missing_cameras == {1, 2}
    assert set(state.credentials) == state.missing_credentials == {1}


def test_an_incomplete_list_removes_nothing(state: ServerState) -> None:
    for at in (60.0, 120.0):
        state = listed(state, FRONT, at=at, complete=False)

    assert set(state.cameras) == {1, 2}
    assert not state.missing_cameras


def test_a_camera_with_a_new_id_is_the_same_camera(state: ServerState) -> None:
    state = listed(state, replace(FRONT, id=11), replace(BACK, id=12), at=60.0)

    assert set(state.cameras) == {11, 12}
    assert not state.missing_cameras


@pytest.mark.parametrize("word", list(Authorization))
def test_an_event_changes_a_credentials_authorization(
    state: ServerState, word: Authorization
) -> None:
    state = apply_event(state, camera_event(word, domain="credentials"), 1.0)

    assert state.credentials[1].authorization is word


def test_a_credential_with_tokens_keeps_its_authorization(state: ServerState) -> None:
    state = apply_event(state, camera_event("reauthenticated", domain="credentials"), 1.0)

    state = listed(state, FRONT, BACK, at=100.0)

    assert state.credentials[1].authorization is Authorization.REAUTHENTICATED


def test_a_credential_without_tokens_is_unauthenticated(state: ServerState) -> None:
    lost = replace(HOME, authorization=Authorization.UNAUTHENTICATED)

    state = listed(state, FRONT, BACK, at=100.0, credentials=(lost,))

    assert state.credentials[1].authorization is Authorization.UNAUTHENTICATED


def test_a_credential_with_new_tokens_is_authenticated(state: ServerState) -> None:
    state = apply_event(state, camera_event("unauthenticated", domain="credentials"), 1.0)

    state = listed(state, FRONT, BACK, at=100.0)

    assert state.credentials[1].authorization is Authorization.AUTHENTICATED


def test_a_list_requested_earlier_does_not_overwrite_a_credentials_event(
    state: ServerState,
) -> None:
    state = apply_event(state, camera_event("unauthenticated", domain="credentials"), 10.0)

    state = listed(state, FRONT, BACK, at=9.9)

    assert state.credentials[1].authorization is Authorization.UNAUTHENTICATED


def test_a_credentials_event_waits_for_the_first_list() -> None:
    state = apply_event(ServerState(), camera_event("reauthenticated", domain="credentials"), 1.0)

    assert listed(state).credentials[1].authorization is Authorization.REAUTHENTICATED


def test_an_event_changes_only_its_camera(state: ServerState) -> None:
    event = camera_event("ready")
    changed = diff_for_event(event, state, apply_event(state, event, 1.0))

    assert set(changed.cameras) == {"sum-1"}
    assert not (changed.credentials or changed.devices or changed.server - {STREAMING})


def test_an_event_changes_only_its_credential(state: ServerState) -> None:
    event = camera_event("unauthenticated", domain="credentials")
    changed = diff_for_event(event, state, apply_event(state, event, 1.0))

    assert (set(changed.cameras), set(changed.credentials)) == (set(), {"sum-home"})


@pytest.mark.parametrize("entity", [None, 1])
def test_an_event_that_changes_nothing_has_no_changes(
    state: ServerState, entity: int | None
) -> None:
    assert not diff_for_event(camera_event("ready", entity), state, state)


def test_a_missing_or_removed_camera_has_changed(state: ServerState) -> None:
    missing = listed(state, FRONT, at=60.0)
    gone = listed(missing, FRONT, at=120.0)

    assert diff(state, missing).cameras == {"sum-2": None}
    assert not diff(state, missing).devices
    assert diff(missing, gone).cameras == {"sum-2": None}
    assert diff(missing, gone).devices
