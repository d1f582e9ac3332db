"""Home Assistant offers everything that the server's own page does."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.simulator import Simulator

CAMERA = "front_yard_front_yard_cam"
SERVER = "127_0_0_1"

COUNTERPARTS = {
    "enable a camera": f"switch.{CAMERA}_enabled",
    "disable a camera": f"switch.{CAMERA}_enabled",
    "have a camera stream all the time": f"switch.{CAMERA}_persistent",
    "set a camera's path": f"text.{CAMERA}_path",
    "restart a camera's process": f"button.{CAMERA}_restart_stream",
    "synchronize cameras with Google": f"button.{SERVER}_synchronize_cameras",
    "run ExtendCameraStreamAuthenticationJob": f"button.{SERVER}_extend_stream_authorizations",
    "run PersistCameraJob": f"button.{SERVER}_start_persistent_streams",
    "run CredentialsJob": f"button.{SERVER}_refresh_credentials",
    "run ConfirmStreamerProcessesJob": f"button.{SERVER}_check_processes",
    "see when a job ran": f"sensor.{SERVER}_last_run_synchronize_cameras",
    "see a camera's status": f"sensor.{CAMERA}_status",
    "see a camera's viewers": f"sensor.{CAMERA}_viewers",
    "watch a camera": f"camera.{CAMERA}",
    "see a credential's authorization": "sensor.home_account_authorization",
    "see the logs": f"event.{SERVER}_log",
    "see the load": f"sensor.{SERVER}_cpu_usage",
    "see the memory": f"sensor.{SERVER}_memory_usage",
    "see the processes": f"sensor.{SERVER}_processes",
    "see the health": f"sensor.{SERVER}_health",
}


@pytest.mark.usefixtures("all_enabled")
@pytest.mark.parametrize(("action", "entity_id"), COUNTERPARTS.items(), ids=COUNTERPARTS)
async def test_each_action_of_the_page_has_its_counterpart(
    hass: HomeAssistant,
    entity_registry: er.EntityRegistry,
    loaded_entry: MockConfigEntry,
    action: str,
    entity_id: str,
) -> None:
    assert entity_registry.async_get(entity_id) is not None
    assert hass.states.get(entity_id) is not None


async def test_the_version_and_the_page_itself_are_shown_by_the_servers_device(
    device_registry: dr.DeviceRegistry, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    device = next(each for each in device_registry.devices if each.name == "127.0.0.1")

    assert device.sw_version == "v1.1.1 (MediaMTX 1.9.0)"
    assert device.configuration_url == simulator.url


async def test_the_urls_of_a_camera_are_those_of_its_stream(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    entity = hass.data["camera"].get_entity(f"camera.{CAMERA}")

    assert await entity.stream_source() == f"rtsp://127.0.0.1:{simulator.rtsp_port}/front"
