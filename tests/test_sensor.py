"""Sensors follow the events and the lists of the server."""

from homeassistant.const import STATE_UNKNOWN
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Until
from tests.simulator import Simulator

STATUS = "sensor.front_yard_front_yard_cam_status"
AUTHORIZATION = "sensor.home_account_authorization"


async def test_the_status_follows_a_cameras_life(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    assert hass.states.get(STATUS).state == "dead"

    reader = await simulator.open_reader(1)
    await until(lambda: hass.states.get(STATUS).state == "running")

    await simulator.close_reader(1, reader)
    await until(lambda: hass.states.get(STATUS).state == "dead")


async def test_disabling_a_camera_shows_with_the_next_list(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    simulator.world.cameras[1].enabled = False

    await until(lambda: hass.states.get(STATUS).state == "disabled")


async def test_a_status_of_a_newer_server_is_unknown(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    simulator.world.cameras[1].status = "dreaming"

    await until(lambda: hass.states.get(STATUS).state == STATE_UNKNOWN)


@pytest.mark.parametrize(
    ("present", "event"), [(False, "unauthenticated"), (True, "reauthenticated")]
)
async def test_the_authorization_follows_the_credentials_events(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    present: bool,
    event: str,
) -> None:
    assert hass.states.get(AUTHORIZATION).state == "authenticated"

    await simulator.set_tokens(1, present, event)

    await until(lambda: hass.states.get(AUTHORIZATION).state == event)


async def test_an_authorization_that_was_lost_without_an_event_shows_with_the_next_list(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await simulator.set_tokens(1, False, None)

    await until(lambda: hass.states.get(AUTHORIZATION).state == "unauthenticated")
