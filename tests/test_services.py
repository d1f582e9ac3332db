"""Actions: list, create, read, update and delete, in every module of a server."""

from dataclasses import replace
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import (
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from custom_components.nestmtx.const import DOMAIN
from tests.conftest import Until, all_cameras
from tests.simulator import Simulator, Times

from .calling import CREDENTIAL, USER, call, sent

COMMANDS = ("list", "create", "read", "update", "delete")
# Responses


async def test_all_rows_are_listed(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    for number in range(250):
        simulator.world.add_user(f"user {number}", "password")

    result = await call(hass, "list", "users")

    assert result["total"] == len(result["items"]) == 251
    assert {row["username"] for row in result["items"]} == {
        user.username for user in simulator.world.users.values()
    }


@all_cameras
async def test_a_page_is_what_the_server_answers(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    result = await call(hass, "list", "cameras", page=2, items_per_page=5)

    assert (result["page"], result["itemsPerPage"]) == (2, 5)
    assert [row["id"] for row in result["items"]] == [18, 17, 16, 15, 14]
    assert result["total"] == len(simulator.world.cameras)


@all_cameras
async def test_a_list_can_be_searched(hass: HomeAssistant, loaded_entry: MockConfigEntry) -> None:
    result = await call(hass, "list", "cameras", search="cabin cam")

    assert [row["name"] for row in result["items"]] == [
        "Cabin Cam 3",
        "Cabin Cam 2",
        "Cabin Cam 1",
    ]


@pytest.mark.parametrize(
    ("module", "key"), [("health", "healthy"), ("htop", "processes"), ("version", "release")]
)
async def test_a_response_that_is_not_a_list_of_rows_is_returned_unchanged(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, module: str, key: str
) -> None:
    assert key in await call(hass, "list", module)


async def test_the_cron_jobs_are_listed(hass: HomeAssistant, loaded_entry: MockConfigEntry) -> None:
    result = await call(hass, "list", "cronjobs")

    assert "SyncCloudCamerasJob" in {row["name"] for row in result["items"]}


async def test_a_row_is_read(hass: HomeAssistant, loaded_entry: MockConfigEntry) -> None:
    assert (await call(hass, "read", "cameras", entity=1))["name"] == "Front Yard Cam"


async def test_a_user_is_created_changed_and_deleted(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    assert await call(hass, "create", "users", payload=USER) is None
    user = simulator.world.user_named("kitchen")
    assert user is not None
    assert user.password == USER["password"]

    assert await call(hass, "update", "users", entity=user.id, payload={"can_login": False}) is None
    assert not user.can_login

    assert await call(hass, "delete", "users", entity=user.id) is None
    assert simulator.world.user_named("kitchen") is None


async def test_a_credential_is_created_with_its_device_and_deleted_with_it(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    credential_id = await call(hass, "create", "credentials", payload=CREDENTIAL)

    assert simulator.world.credentials[credential_id].oauth_client_secret == "S3CRET-secret"
    await until(lambda: hass.states.get("sensor.garden_authorization") is not None)

    await call(hass, "delete", "credentials", entity=str(credential_id))
    await until(lambda: hass.states.get("sensor.garden_authorization") is None)


async def test_an_action_that_changes_something_needs_no_answer(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    await hass.services.async_call(
        DOMAIN, "create", {"module": "users", "payload": USER}, blocking=True
    )

    assert simulator.world.user_named("kitchen") is not None


async def test_a_process_is_stopped(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    await simulator.open_reader(1)
    process = simulator.world.cameras[1].process
    former = process.pid

    await call(hass, "update", "htop", entity=process.name, payload={"action": "stop"})

    assert simulator.world.cameras[1].process.pid != former


async def test_the_synchronization_is_run_without_a_payload(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    await call(hass, "update", "cronjobs", entity="SyncCloudCamerasJob")

    updates = [each for each in sent(simulator, "cronjobs") if each["command"] == "update"]
    assert updates == [
        {
            "command": "update",
            "module": "cronjobs",
            "entity": "SyncCloudCamerasJob",
            "payload": {},
        }
    ]


@pytest.mark.parametrize("times", [replace(Times.fast(), cronjob=1.5)])
async def test_a_job_may_take_longer_than_other_requests(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    assert await call(hass, "update", "cronjobs", entity="SyncCloudCamerasJob") == {}


# Cameras: the server takes missing values as false


@pytest.mark.parametrize(
    ("payload", "settings"),
    [
        ({"is_persistent": True}, ("front", True, True)),
        ({"is_enabled": False}, ("front", False, False)),
        ({}, ("front", True, False)),
    ],
)
async def test_omitted_fields_of_a_camera_are_kept(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    payload: dict[str, Any],
    settings: tuple[str, bool, bool],
) -> None:
    await call(hass, "update", "cameras", entity="1", payload=payload)

    camera = simulator.world.cameras[1]
    assert (camera.path, camera.enabled, camera.persistent) == settings


async def test_the_rules_of_a_path_are_the_entitys(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await call(hass, "update", "cameras", entity="1", payload={"mtx_path": "other"})

    assert raised.value.translation_key == "camera_enabled"
    assert simulator.world.cameras[1].path == "front"


async def test_a_change_shows_in_the_entities(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, until: Until
) -> None:
    await call(hass, "update", "cameras", entity="1", payload={"is_persistent": True})

    await until(
        lambda: hass.states.get("switch.front_yard_front_yard_cam_persistent").state == "on"
    )


# Selecting a server


async def test_one_of_several_servers_is_named(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    MockConfigEntry(domain=DOMAIN, title="Other", data=dict(loaded_entry.data)).add_to_hass(hass)

    with pytest.raises(ServiceValidationError):
        await call(hass, "list", "cameras")
    result = await call(hass, "list", "cameras", config_entry=loaded_entry.entry_id)

    assert result["total"] == 7


async def test_calling_an_unloaded_entry_is_an_error(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    await hass.config_entries.async_unload(loaded_entry.entry_id)

    with pytest.raises(ServiceValidationError) as raised:
        await call(hass, "list", "cameras")

    assert raised.value.translation_key == "service_config_entry_not_loaded"


async def test_an_unavailable_server_is_an_error(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    await simulator.kill()

    with pytest.raises(HomeAssistantError) as raised:
        await call(hass, "list", "cameras")

    assert raised.value.translation_key == "cannot_connect"


# Permissions


@pytest.fixture
async def guest(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
) -> MockHAClientWebSocket:
    """The websocket of a user who is not an administrator."""
    return await hass_ws_client(hass, hass_read_only_access_token)


_DATA = {
    "list": {"module": "users"},
    "create": {"module": "users", "payload": USER},
    "read": {"module": "users", "entity": "1"},
    "update": {"module": "cameras", "entity": "1", "payload": {"is_enabled": False}},
    "delete": {"module": "credentials", "entity": "1"},
}


@pytest.mark.parametrize("command", COMMANDS)
async def test_only_administrators_can_call_the_actions(
    simulator: Simulator, guest: MockHAClientWebSocket, command: str
) -> None:
    simulator.requests.clear()

    await guest.send_json_auto_id(
        {
            "type": "call_service",
            "domain": DOMAIN,
            "service": command,
            "service_data": _DATA[command],
            "return_response": True,
        }
    )
    answer = await guest.receive_json()

    assert not answer["success"]
    assert answer["error"]["message"] == "Unauthorized"
    assert "nestmtx" not in str(answer.get("result"))
    module = _DATA[command]["module"]
    asked = [(each["command"], each["module"]) for each in simulator.requests]
    assert (command, module) not in asked
    assert simulator.world.cameras[1].enabled and 1 in simulator.world.credentials


async def test_a_user_without_rights_is_refused_within_home_assistant(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, hass_read_only_user: MockUser
) -> None:
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN,
            "list",
            {"module": "users"},
            blocking=True,
            return_response=True,
            context=Context(user_id=hass_read_only_user.id),
        )


async def test_administrators_and_automations_can_call_the_actions(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, hass_admin_user: MockUser
) -> None:
    for context in (Context(user_id=hass_admin_user.id), Context()):
        response = await hass.services.async_call(
            DOMAIN,
            "list",
            {"module": "users"},
            blocking=True,
            return_response=True,
            context=context,
        )

        assert response["result"]["total"] == 1
