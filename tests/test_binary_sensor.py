"""Binary sensors follow the events of the server."""

from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import Until
from tests.simulator import Simulator

READY = "binary_sensor.front_yard_front_yard_cam_ready"
WATCHED = "binary_sensor.front_yard_front_yard_cam_watched"


async def test_ready_and_watched_follow_a_cameras_life(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    assert hass.states.get(READY).state == STATE_OFF
    assert hass.states.get(WATCHED).state == STATE_OFF

    reader = await simulator.open_reader(1)
    await until(lambda: hass.states.get(READY).state == STATE_ON)
    await until(lambda: hass.states.get(WATCHED).state == STATE_ON)

    await simulator.close_reader(1, reader)
    await until(lambda: hass.states.get(WATCHED).state == STATE_OFF)
    await until(lambda: hass.states.get(READY).state == STATE_OFF)


async def test_an_event_of_one_camera_writes_no_state_of_another(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    written: set[str] = set()
    hass.bus.async_listen("state_changed", lambda event: written.add(event.data["entity_id"]))

    await simulator.set_ready(1, True)
    await until(lambda: READY in written)

    assert written <= {
        READY,
        "camera.front_yard_front_yard_cam",
        "sensor.front_yard_front_yard_cam_status",
    }
