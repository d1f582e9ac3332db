"""An update of some fields of a camera has the same result as an update of all fields."""

from dataclasses import fields, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import get_type_hints

from homeassistant.core import HomeAssistant, State
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.nestmtx.client import Camera, CameraStatus, Diff
from custom_components.nestmtx.client.state.diff import diff
from custom_components.nestmtx.coordinator import NestMTXCoordinator

NAME = "front_yard_front_yard_cam"
KEPT = ("id", "checksum", "name", "room")
"""Fields that identify the camera or name its device."""

NUMBERS = st.integers(0, 2)
TEXTS = st.sampled_from([None, "one", "two"])
TIMES = st.sampled_from([None, *(datetime(year, 1, 1, tzinfo=UTC) for year in (2001, 2002, 2099))])
VALUES = {
    bool: st.booleans(),
    int: NUMBERS,
    int | None: st.none() | NUMBERS,
    str | None: TEXTS,
    datetime | None: TIMES,
    CameraStatus | None: st.none() | st.sampled_from(CameraStatus),
    tuple[str, ...]: st.sampled_from([(), ("one",), ("one", "two")]),
}
HINTS = get_type_hints(Camera)
FIELDS = {each.name: VALUES[HINTS[each.name]] for each in fields(Camera) if each.name not in KEPT}
CHANGES = st.lists(
    st.lists(st.sampled_from(sorted(FIELDS)), min_size=1, max_size=3, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({name: FIELDS[name] for name in names})
    ),
    min_size=20,
    max_size=20,
)
STREAMING = {
    "ready": True,
    "ready_since": datetime(2001, 1, 1, tzinfo=UTC),
    "expires_at": datetime(2099, 1, 1, tzinfo=UTC),
}
"""Fields without which a camera shows less."""


def _shown(hass: HomeAssistant) -> dict[str, State]:
    # "Awake today" also follows the time.
    states = (each for each in hass.states.async_all() if NAME in each.entity_id)
    return {each.entity_id: each for each in states if "awake_today" not in each.entity_id}


def _change(coordinator: NestMTXCoordinator, change: dict[str, object]) -> None:
    """Report a camera of which only some fields have changed."""
    state = coordinator.data
    camera = replace(state.cameras[1], **change)
    changed = replace(state, cameras=MappingProxyType(state.cameras | {1: camera}))
    coordinator.on_state(changed, diff(state, changed))


def _update_all(coordinator: NestMTXCoordinator) -> None:
    """Report that all fields of the camera have changed."""
    key = coordinator.data.cameras[1].key
    coordinator.on_state(coordinator.data, Diff(cameras={key: None}))


@pytest.mark.usefixtures("all_enabled")
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(changes_of_fields=CHANGES)
async def test_an_entity_is_updated_with_each_field_that_it_shows(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    changes_of_fields: list[dict[str, object]],
) -> None:
    coordinator = loaded_entry.runtime_data.coordinator
    # The client doesn't know the former example's changes, and may have reported others.
    _update_all(coordinator)

    for change in changes_of_fields:
        _change(coordinator, STREAMING)
        _change(coordinator, change)
        shown = _shown(hass)
        _update_all(coordinator)

        assert shown and _shown(hass) == shown, change
