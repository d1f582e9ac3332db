"""Events of cameras, credentials and the server's log."""

import asyncio
from collections.abc import Generator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from homeassistant.components.event import ATTR_EVENT_TYPE
from homeassistant.const import EVENT_STATE_CHANGED, Platform
from homeassistant.core import Event, EventStateChangedData, HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from custom_components.nestmtx import event
from custom_components.nestmtx.rate_limit import RateLimit
from tests.conftest import SnapshotOf, Until
from tests.simulator import Quirks, Simulator

pytestmark = pytest.mark.usefixtures("all_enabled")

CAMERA = "event.front_yard_front_yard_cam_activity"
CREDENTIAL = "event.home_account_activity"
LOG = "event.127_0_0_1_log"

CAMERA_EVENTS = {
    "demand": "demand",
    "undemand": "undemand",
    "ready": "ready",
    "notReady": "not_ready",
    "read": "read",
    "unread": "unread",
    "extended": "extended",
    "failed-extension": "failed_extension",
}
CREDENTIAL_EVENTS = ("authenticated", "reauthenticated", "unauthenticated")
LEVELS = {"debug": "debug", "info": "info", "warning": "warning", "error": "error"}


def _fired(changes: list[Event[EventStateChangedData]], entity_id: str) -> list[Any]:
    """Return the event types that an event entity has fired."""
    return [
        change.data["new_state"].attributes[ATTR_EVENT_TYPE]
        for change in changes
        if change.data["entity_id"] == entity_id and change.data["new_state"] is not None
    ]


async def test_each_event_entity_is_as_in_the_snapshot(snapshot_of: SnapshotOf) -> None:
    await snapshot_of(Platform.EVENT)


@pytest.mark.parametrize(
    "quirks", [Quirks(), Quirks.by_the_page()], ids=["as_recorded", "by_the_page"]
)
async def test_each_event_of_a_camera_fires_once(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    changes = async_capture_events(hass, EVENT_STATE_CHANGED)

    for event_type in CAMERA_EVENTS:
        await simulator.fire("camera", event_type, 1)
    await until(lambda: len(_fired(changes, CAMERA)) >= len(CAMERA_EVENTS))

    assert _fired(changes, CAMERA) == list(CAMERA_EVENTS.values())


async def test_our_own_readers_fire_no_events(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    changes = async_capture_events(hass, EVENT_STATE_CHANGED)
    mark = {"query": f"ha={loaded_entry.runtime_data.coordinator.data.nonce}", "readerId": "ours"}

    for event_type in ("read", "unread"):
        await simulator.fire("camera", event_type, 1, mark)
    await simulator.fire("camera", "read", 1, {"query": "", "readerId": "theirs"})
    await until(lambda: bool(_fired(changes, CAMERA)))

    assert _fired(changes, CAMERA) == ["read"]


async def test_each_event_of_a_credential_fires_once(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    changes = async_capture_events(hass, EVENT_STATE_CHANGED)

    for event_type in CREDENTIAL_EVENTS:
        await simulator.fire("credentials", event_type, 1)
    await until(lambda: len(_fired(changes, CREDENTIAL)) >= len(CREDENTIAL_EVENTS))

    assert _fired(changes, CREDENTIAL) == list(CREDENTIAL_EVENTS)


async def test_an_event_shows_useful_details_and_no_secret(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    changes = async_capture_events(hass, EVENT_STATE_CHANGED)
    details = {"query": "token=secret", "readerType": "hlsMuxer", "readerId": "r-1"}

    await simulator.fire("camera", "read", 1, details)
    await until(lambda: _fired(changes, CAMERA) == ["read"])

    attributes = hass.states.get(CAMERA).attributes
    assert (attributes["path"], attributes["reader_type"]) == ("front", "hlsMuxer")
    assert attributes["reader_id"] == "r-1"
    assert "secret" not in str(hass.states.async_all())


async def test_a_failed_extension_shows_the_message_of_its_error_only(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    changes = async_capture_events(hass, EVENT_STATE_CHANGED)
    error = {"message": "invalid_grant", "config": {"headers": {"Authorization": "Bearer secret"}}}

    await simulator.fire("camera", "failed-extension", 1, {"error": error})
    await until(lambda: _fired(changes, CAMERA) == ["failed_extension"])

    assert hass.states.get(CAMERA).attributes["error"] == "invalid_grant"
    assert "secret" not in str(hass.states.async_all())


async def test_events_of_no_camera_or_of_an_unknown_type_fire_nothing(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    changes = async_capture_events(hass, EVENT_STATE_CHANGED)

    await simulator.fire("camera", "ready", None, {"path": "nowhere"})
    await simulator.fire("camera", "ready", 999)
    await simulator.fire("camera", "hibernated", 1)
    await simulator.fire("credentials", "forgotten", 1)
    await simulator.fire("credentials", "authenticated", 999)
    await simulator.fire("application", "ready", 1)
    await simulator.fire("camera", "demand", 1)
    await until(lambda: _fired(changes, CAMERA) != [])

    assert _fired(changes, CAMERA) == ["demand"]
    assert _fired(changes, CREDENTIAL) == []


@pytest.mark.usefixtures("all_enabled")
async def test_each_line_of_the_log_fires_by_its_level(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    changes = async_capture_events(hass, EVENT_STATE_CHANGED)

    for level in LEVELS:
        await simulator.log(level, f"\x1b[32mone\x1b[39m\n  {level}", "streamer")
    await until(lambda: set(LEVELS.values()) <= set(_fired(changes, LOG)))

    lines = [
        change.data["new_state"].attributes
        for change in changes
        if change.data["entity_id"] == LOG
        and change.data["new_state"].attributes["service"] == "streamer"
    ]
    assert [line["message"] for line in lines] == [f"one {level}" for level in LEVELS]


@pytest.mark.usefixtures("all_enabled")
async def test_a_log_event_has_its_source_and_time(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    changes = async_capture_events(hass, EVENT_STATE_CHANGED)

    await simulator.log("error", "broken", "streamer")
    await until(lambda: "error" in _fired(changes, LOG))

    [attributes] = [
        change.data["new_state"].attributes
        for change in changes
        if change.data["entity_id"] == LOG
        and change.data["new_state"].attributes["message"] == "broken"
    ]
    assert (attributes["host_name"], attributes["process_id"]) == ("simulator", 20852)
    assert dt_util.utcnow() - dt_util.parse_datetime(attributes["time"]) < timedelta(minutes=1)
    assert attributes["left_out"] == 0


@pytest.fixture
def few_lines() -> Generator[None]:
    """Allow only a few lines a minute, and shorten the minute."""
    with (
        patch.object(event.NestMTXLog, "_rate_limit", RateLimit(20, period=1.0)),
    ):
        yield


@pytest.mark.usefixtures("all_enabled", "few_lines")
async def test_log_lines_beyond_the_limit_are_left_out_and_counted(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    changes = async_capture_events(hass, EVENT_STATE_CHANGED)

    for number in range(100):
        await simulator.log("warning", f"line {number}", "streamer")
    await asyncio.sleep(1.0)
    await simulator.log("error", "afterwards", "streamer")
    await until(lambda: "error" in _fired(changes, LOG))

    fired = _fired(changes, LOG).count("warning")
    left_out = [
        change.data["new_state"].attributes["left_out"]
        for change in changes
        if change.data["entity_id"] == LOG
    ]
    assert fired <= 40
    assert sum(left_out) >= 100 - fired


@pytest.mark.usefixtures("all_enabled")
async def test_replayed_log_lines_fire_no_events(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    before = async_capture_events(hass, EVENT_STATE_CHANGED)
    await simulator.log("error", "an old line", "streamer")
    await until(lambda: "error" in _fired(before, LOG))
    changes = async_capture_events(hass, EVENT_STATE_CHANGED)

    await simulator.disconnect_all()
    connection = "binary_sensor.127_0_0_1_connection"
    await until(lambda: hass.states.get(connection).state == "off")
    await until(lambda: hass.states.get(connection).state == "on")
    await simulator.log("warning", "a new line", "streamer")
    await until(lambda: "warning" in _fired(changes, LOG))

    assert "error" not in _fired(changes, LOG)


@pytest.mark.usefixtures("all_enabled")
async def test_requests_are_masked_in_the_log_entity(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    changes = async_capture_events(hass, EVENT_STATE_CHANGED)

    await simulator.log("info", "Got request from x with payload: { password: 'secret' }", "http")
    await until(lambda: _fired(changes, LOG) != [])
    await simulator.log("error", "the end", "http")
    await until(lambda: "error" in _fired(changes, LOG))

    messages = [change.data["new_state"] for change in changes if change.data["entity_id"] == LOG]
    assert "Got request from x" in {state.attributes["message"] for state in messages}
    assert "secret" not in str([state.attributes for state in messages])
