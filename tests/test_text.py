"""The path under which a camera's stream is published."""

from homeassistant.components.text import ATTR_VALUE, DOMAIN as TEXT_DOMAIN, SERVICE_SET_VALUE
from homeassistant.const import ATTR_ENTITY_ID, STATE_OFF, Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import SnapshotOf, Until
from tests.simulator import Simulator

pytestmark = pytest.mark.usefixtures("all_enabled")

ENABLED_CAMERA = "text.front_yard_front_yard_cam_path"
DISABLED_CAMERA = "text.garage_garage_path"
NOT_SET_UP = "text.living_room_living_room_path"


async def _set(hass: HomeAssistant, entity_id: str, value: str) -> None:
    await hass.services.async_call(
        TEXT_DOMAIN,
        SERVICE_SET_VALUE,
        {ATTR_ENTITY_ID: entity_id, ATTR_VALUE: value},
        blocking=True,
    )


async def test_each_text_is_as_in_the_snapshot(snapshot_of: SnapshotOf) -> None:
    await snapshot_of(Platform.TEXT)


async def test_the_path_of_a_disabled_camera_is_changed(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    assert hass.states.get(DISABLED_CAMERA).state == "garage"

    await _set(hass, DISABLED_CAMERA, "my-garage_2.~")

    assert simulator.world.cameras[6].path == "my-garage_2.~"
    assert hass.states.get(DISABLED_CAMERA).state == "my-garage_2.~"


async def test_a_camera_without_a_path_gets_one_and_can_be_enabled(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    assert hass.states.get(NOT_SET_UP).state == ""

    await _set(hass, NOT_SET_UP, "living")
    await hass.services.async_call(
        "switch", "turn_on", {ATTR_ENTITY_ID: "switch.living_room_living_room_enabled"}, True
    )

    assert hass.states.get("sensor.living_room_living_room_status").state == "dead"


async def test_an_empty_path_takes_the_path_away(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    await _set(hass, DISABLED_CAMERA, "")

    assert simulator.world.cameras[6].path is None
    assert hass.states.get("sensor.garage_garage_status").state == "unconfigured"


@pytest.mark.parametrize(
    ("entity_id", "path", "words"),
    [
        (ENABLED_CAMERA, "other", "Disable it first"),
        (DISABLED_CAMERA, "front/door", "Invalid path"),
        (DISABLED_CAMERA, "Küche", "Invalid path"),
        (DISABLED_CAMERA, "a b", "Invalid path"),
        (DISABLED_CAMERA, "a\n", "Invalid path"),
    ],
)
async def test_an_invalid_path_is_refused_before_anything_is_sent(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    entity_id: str,
    path: str,
    words: str,
) -> None:
    before = hass.states.get(entity_id).state

    with pytest.raises(ServiceValidationError, match=words):
        await _set(hass, entity_id, path)

    assert hass.states.get(entity_id).state == before
    assert "update" not in {request["command"] for request in simulator.requests}


async def test_a_path_that_another_camera_has_is_refused(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    with pytest.raises(ServiceValidationError, match="Another camera already uses this path"):
        await _set(hass, DISABLED_CAMERA, "front")

    assert hass.states.get(DISABLED_CAMERA).state == "garage"


@pytest.mark.parametrize("path", ["Front", "fr.ont", "front_", "~FRO.NT"])
async def test_a_path_that_would_share_the_process_of_another_camera_is_refused(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, path: str
) -> None:
    with pytest.raises(ServiceValidationError) as error:
        await _set(hass, DISABLED_CAMERA, path)

    assert error.value.translation_key == "path_too_similar"
    assert simulator.world.cameras[6].path == "garage"


async def test_the_spelling_of_a_cameras_own_path_can_be_changed(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    await _set(hass, DISABLED_CAMERA, "Gar_age")

    assert simulator.world.cameras[6].path == "Gar_age"


async def test_a_path_that_was_just_released_can_be_used(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    simulator.world.cameras[1].path = "another"

    await _set(hass, DISABLED_CAMERA, "front")

    assert simulator.world.cameras[6].path == "front"


async def test_an_unanswered_change_of_a_path_is_an_error(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    simulator.faults.unanswered = {("cameras", "update")}

    with pytest.raises(HomeAssistantError, match="didn't respond in time"):
        await _set(hass, DISABLED_CAMERA, "other")

    # The server has made the change.
    await until(lambda: hass.states.get(DISABLED_CAMERA).state == "other")


async def test_changing_a_path_fails_while_the_connection_is_lost(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await simulator.kill()
    await until(lambda: hass.states.get("binary_sensor.127_0_0_1_connection").state == STATE_OFF)

    with pytest.raises(HomeAssistantError, match="Failed to connect"):
        await hass.data["text"].get_entity(DISABLED_CAMERA).async_set_value("other")
