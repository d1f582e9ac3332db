"""What tests of stream processes do with one camera, and what they see of it."""

from homeassistant.components.button import DOMAIN as BUTTON_DOMAIN, SERVICE_PRESS
from homeassistant.components.switch import DOMAIN as SWITCH_DOMAIN
from homeassistant.const import ATTR_ENTITY_ID, SERVICE_TURN_OFF, SERVICE_TURN_ON, STATE_ON
from homeassistant.core import HomeAssistant

from tests.conftest import Until
from tests.simulator import Camera, Simulator

CAMERA = "front_yard_front_yard_cam"
RESTART = f"button.{CAMERA}_restart_stream"
PERSISTENT = f"switch.{CAMERA}_persistent"
READY = f"binary_sensor.{CAMERA}_stream_ready"
STATUS = f"sensor.{CAMERA}_status"
VIEWERS = f"sensor.{CAMERA}_viewers"


async def press_restart(hass: HomeAssistant) -> None:
    """Restart the stream."""
    await hass.services.async_call(
        BUTTON_DOMAIN, SERVICE_PRESS, {ATTR_ENTITY_ID: RESTART}, blocking=True
    )


async def turn_persistent(hass: HomeAssistant, *, on: bool) -> None:
    """Turn the switch on or off."""
    service = SERVICE_TURN_ON if on else SERVICE_TURN_OFF
    await hass.services.async_call(
        SWITCH_DOMAIN, service, {ATTR_ENTITY_ID: PERSISTENT}, blocking=True
    )


async def watch(hass: HomeAssistant, simulator: Simulator, until: Until) -> str:
    """Open a viewer, wait until the stream is ready, and return the viewer's id."""
    reader = await simulator.open_reader(1)
    await until(lambda: hass.states.get(VIEWERS).state == "1")
    await until(lambda: hass.states.get(READY).state == STATE_ON)
    return reader


async def start_persistent(hass: HomeAssistant, until: Until) -> None:
    """Make the camera persistent, and wait until its stream is ready."""
    await turn_persistent(hass, on=True)
    await until(lambda: hass.states.get(READY).state == STATE_ON)


def actions(simulator: Simulator) -> list[str]:
    """Return what was requested to be done to processes."""
    requests = (each for each in simulator.requests if each["module"] == "htop")
    return [each["payload"]["action"] for each in requests if each["command"] == "update"]


def pid(camera: Camera) -> int | None:
    """Return the PID of the camera's process."""
    return camera.process.pid if camera.process else None
