"""Keeping cameras awake: limited in time, not counted as a viewer, and without useless starts."""

import asyncio
from collections.abc import Generator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
import math
from typing import Any
from unittest.mock import patch

from homeassistant.auth.const import GROUP_ID_READ_ONLY, GROUP_ID_USER
from homeassistant.const import EVENT_HOMEASSISTANT_STOP, STATE_OFF
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, Unauthorized
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_fire_time_changed,
)
import voluptuous as vol

from custom_components.nestmtx.client import Timings
from custom_components.nestmtx.const import DOMAIN
from tests.conftest import TIMINGS, Until
from tests.pictures import taken_at
from tests.simulator import Simulator, Times
from tests.simulator.faults import Trouble

pytestmark = pytest.mark.usefixtures("expected_enabled")

CAMERA = "driveway_driveway_battery"
DRIVEWAY = f"camera.{CAMERA}"
CAMERA_ID = 2
WATCHED = f"binary_sensor.{CAMERA}_being_watched"
AUTHORIZATION = "sensor.home_account_authorization"
READY = f"binary_sensor.{CAMERA}_stream_ready"
REFUSED = Trouble(connecting=math.inf, crashes_after=0.15)
"""Google refuses the stream, which ends right after its start."""


@pytest.fixture
def times() -> Times:
    """Streams end when the last reader leaves, and are authorized for the real time."""
    return replace(Times.fast(), close_after=0.2)


@pytest.fixture
def short_times() -> Generator[Timings]:
    """A refusal applies for longer than a test takes."""
    timings = replace(TIMINGS, refusal_pause=60.0)
    with patch("custom_components.nestmtx.coordinator.TIMINGS", timings):
        yield timings


async def _call(hass: HomeAssistant, action: str, **data: Any) -> None:
    context = data.pop("context", None)
    target = {"entity_id": data.pop("entity_id", DRIVEWAY)}
    await hass.services.async_call(
        DOMAIN, action, data, blocking=True, target=target, context=context
    )


def _until(hass: HomeAssistant) -> datetime | None:
    return hass.states.get(DRIVEWAY).attributes.get("awake_until")


def _is_awake(hass: HomeAssistant, simulator: Simulator) -> bool:
    camera = simulator.world.cameras[CAMERA_ID]
    return camera.process is not None and hass.states.get(DRIVEWAY).state == "streaming"


async def _awake(hass: HomeAssistant, simulator: Simulator, until: Until, **data: Any) -> None:
    await _call(hass, "keep_awake", **data)
    await until(lambda: _is_awake(hass, simulator))


async def _asleep(hass: HomeAssistant, simulator: Simulator, until: Until) -> None:
    await until(lambda: simulator.world.cameras[CAMERA_ID].process is None)
    assert _until(hass) is None


async def test_the_action_returns_at_once_and_the_camera_shows_until_when_it_is_kept_awake(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    simulator.world.cameras[CAMERA_ID].trouble = Trouble(process_start=0.5)

    await _call(hass, "keep_awake", duration=7)

    assert hass.states.get(READY).state == STATE_OFF
    left = _until(hass) - datetime.now(UTC)
    assert timedelta(minutes=6.9) < left <= timedelta(minutes=7)
    await until(lambda: _is_awake(hass, simulator))


async def test_the_default_duration_is_five_minutes(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    await _call(hass, "keep_awake")

    left = _until(hass) - datetime.now(UTC)
    assert timedelta(minutes=4.9) < left <= timedelta(minutes=5)


async def test_keeping_a_camera_awake_does_not_count_as_a_viewer(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await _awake(hass, simulator, until)
    # Longer than the lag of the server's lists and the interval between them.
    await asyncio.sleep(2.5)

    assert _is_awake(hass, simulator)
    assert hass.states.get(WATCHED).state == STATE_OFF


async def test_the_pictures_of_a_camera_that_is_kept_awake_are_new(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await _awake(hass, simulator, until)

    await until(lambda: taken_at(hass, DRIVEWAY) is not None)


async def test_a_camera_sleeps_again_at_the_end(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await _awake(hass, simulator, until, duration=1)

    async_fire_time_changed(hass, datetime.now(UTC) + timedelta(seconds=61))

    await _asleep(hass, simulator, until)


async def test_let_sleep_ends_keeping_a_camera_awake(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await _awake(hass, simulator, until)

    await _call(hass, "let_sleep")

    await _asleep(hass, simulator, until)


async def test_let_sleep_does_nothing_for_a_camera_that_is_not_kept_awake(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    await _call(hass, "let_sleep")

    assert _until(hass) is None
    assert simulator.world.cameras[CAMERA_ID].process is None


async def test_let_sleep_does_not_affect_viewers(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await _awake(hass, simulator, until)
    await simulator.open_reader(CAMERA_ID)

    await _call(hass, "let_sleep")
    await asyncio.sleep(1.0)

    assert _is_awake(hass, simulator)


async def test_another_call_can_only_extend_the_time(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    await _call(hass, "keep_awake", duration=10)
    ten = _until(hass)
    await _call(hass, "keep_awake", duration=2)
    assert _until(hass) == ten

    await _call(hass, "keep_awake", duration=30)

    assert _until(hass) - ten > timedelta(minutes=19)


@pytest.mark.parametrize("duration", [0, -5, 61, "long"])
async def test_no_other_duration_is_accepted(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, duration: object
) -> None:
    with pytest.raises(vol.Invalid):
        await _call(hass, "keep_awake", duration=duration)

    assert _until(hass) is None


async def test_a_stream_that_breaks_off_is_requested_again(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await _awake(hass, simulator, until)

    await hass.services.async_call(
        "button", "press", {"entity_id": f"button.{CAMERA}_restart_stream"}, blocking=True
    )
    await asyncio.sleep(0.5)

    await until(lambda: _is_awake(hass, simulator))
    assert _until(hass) is not None


async def test_a_camera_is_kept_awake_when_the_server_is_back(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await _awake(hass, simulator, until)

    await simulator.kill()
    await until(lambda: not loaded_entry.runtime_data.coordinator.last_update_success)
    await asyncio.sleep(1.0)
    await simulator.start()

    await until(lambda: _is_awake(hass, simulator))
    assert _until(hass) is not None
    warnings = [each.getMessage() for each in caplog.records if each.levelname == "WARNING"]
    assert sum("Failed to wake" in each for each in warnings) <= 1


async def test_a_stream_that_google_refuses_is_given_up(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    caplog: pytest.LogCaptureFixture,
) -> None:
    simulator.world.cameras[CAMERA_ID].trouble = REFUSED

    await _call(hass, "keep_awake")
    await until(lambda: _until(hass) is None)
    await until(lambda: simulator.world.cameras[CAMERA_ID].process is None)
    asked = len(simulator.google_calls)
    await asyncio.sleep(0.5)

    assert len(simulator.google_calls) == asked
    assert "is no longer kept awake: The stream keeps starting and stopping" in caplog.text


async def test_after_a_refusal_automations_have_to_wait_but_users_do_not(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    simulator.world.cameras[CAMERA_ID].trouble = REFUSED
    await _call(hass, "keep_awake")
    await until(lambda: _until(hass) is None)
    owner = MockUser(is_owner=True).add_to_hass(hass)

    with pytest.raises(HomeAssistantError, match="Google refuses it"):
        await _call(hass, "keep_awake")
    assert _until(hass) is None

    simulator.world.cameras[CAMERA_ID].trouble = Trouble()
    await _awake(hass, simulator, until, context=Context(user_id=owner.id))


@pytest.mark.parametrize(
    ("camera", "words"),
    [
        ("camera.garage_garage", "is disabled on the NestMTX server"),
        ("camera.living_room_living_room", "has no path on the NestMTX server"),
    ],
)
async def test_a_known_problem_is_an_error_at_once(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, camera: str, words: str
) -> None:
    with pytest.raises(HomeAssistantError, match=words):
        await _call(hass, "keep_awake", entity_id=camera)

    assert "awake_until" not in hass.states.get(camera).attributes


async def test_a_credential_without_authorization_is_an_error(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await simulator.set_tokens(1, False, "unauthenticated")
    await until(
        lambda: hass.states.get("sensor.home_account_authorization").state == "unauthenticated"
    )

    with pytest.raises(HomeAssistantError, match="needs authorization"):
        await _call(hass, "keep_awake")

    assert simulator.world.cameras[CAMERA_ID].process is None


async def test_disabling_a_camera_ends_keeping_it_awake(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await _awake(hass, simulator, until)

    await hass.services.async_call(
        "switch", "turn_off", {"entity_id": f"switch.{CAMERA}_enabled"}, blocking=True
    )

    await _asleep(hass, simulator, until)


async def test_unloading_stops_keeping_awake(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await _awake(hass, simulator, until)

    await hass.config_entries.async_unload(loaded_entry.entry_id)

    await until(lambda: simulator.world.cameras[CAMERA_ID].process is None)


async def test_stopping_home_assistant_stops_keeping_awake(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await _awake(hass, simulator, until)

    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()

    assert _until(hass) is None
    async with asyncio.timeout(5):
        while simulator.world.cameras[CAMERA_ID].process is not None:
            await asyncio.sleep(0.01)


async def test_only_users_who_may_control_cameras_may_keep_them_awake(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    user, reader = [
        MockUser(groups=[await hass.auth.async_get_group(group)]).add_to_hass(hass)
        for group in (GROUP_ID_USER, GROUP_ID_READ_ONLY)
    ]

    with pytest.raises(Unauthorized):
        await _call(hass, "keep_awake", context=Context(user_id=reader.id))
    assert _until(hass) is None

    await _call(hass, "keep_awake", context=Context(user_id=user.id))
    assert _until(hass) is not None
