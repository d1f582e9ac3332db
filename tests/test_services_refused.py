"""Actions that are refused: before anything is sent, or by the server."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from tests.simulator import Simulator

from .calling import CREDENTIAL, USER, call, sent

# What is not sent


@pytest.mark.parametrize(
    ("command", "data"),
    [
        ("list", {"entity": "1"}),
        ("list", {"payload": {}}),
        ("list", {"page": 0}),
        ("list", {"page": 1, "items_per_page": 100_000}),
        ("list", {"module": ""}),
        ("create", {}),
        ("create", {"payload": USER, "entity": "1"}),
        ("create", {"payload": [USER]}),
        ("read", {}),
        ("read", {"entity": ""}),
        ("read", {"entity": "1", "payload": {}}),
        ("update", {"payload": {"can_login": True}}),
        ("delete", {}),
        ("delete", {"entity": "1", "payload": {}}),
        ("delete", {"entity": "1", "requestId": "mine"}),
    ],
)
async def test_a_field_that_the_command_does_not_take_is_refused(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    command: str,
    data: dict[str, Any],
) -> None:
    with pytest.raises(vol.Invalid):
        await call(hass, command, **{"module": "users"} | data)

    assert sent(simulator, "users") == []


@pytest.mark.parametrize(
    ("command", "module", "payload", "problems"),
    [
        ("create", "users", {}, ["username", "password", "can_login"]),
        ("create", "users", USER | {"password": 5}, ["password"]),
        ("create", "users", USER | {"password": ""}, ["password"]),
        ("create", "users", USER | {"is_admin": True}, ["is_admin"]),
        ("create", "credentials", CREDENTIAL | {"description": None}, ["description"]),
        ("update", "users", {"can_login": "no"}, ["can_login"]),
        ("update", "cameras", {"enabled": True}, ["enabled"]),
        ("update", "cameras", {"is_enabled": "yes"}, ["is_enabled"]),
        ("update", "htop", {"action": "explode"}, ["action"]),
        ("update", "htop", {}, ["action"]),
        ("update", "credentials", {}, ["origin"]),
        ("update", "cronjobs", {"at": "once"}, ["at"]),
    ],
)
async def test_a_payload_that_the_server_would_not_take_is_told_by_its_fields(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    command: str,
    module: str,
    payload: dict[str, Any],
    problems: list[str],
) -> None:
    entity = {"entity": "1"} if command == "update" else {}
    before = sent(simulator, module)

    with pytest.raises(ServiceValidationError) as raised:
        await call(hass, command, module, payload=payload, **entity)

    assert raised.value.translation_key == "invalid_payload"
    told = raised.value.translation_placeholders["problems"].split("; ")
    assert [problem.partition(":")[0] for problem in told] == problems
    assert "S3CRET" not in str(raised.value)
    assert sent(simulator, module) == before


@pytest.mark.parametrize(
    ("module", "data"),
    [
        ("widgets", {"payload": {"size": "x" * 1_000_000}}),
        ("widgets", {"payload": {"size": float("nan")}}),
        ("widgets", {"payload": {"size": {1, 2}}}),
        ("cameras", {"payload": {"is_enabled": True}, "entity": "front"}),
        ("cameras", {"payload": {"is_enabled": True}, "entity": "9" * 5000}),
    ],
    ids=["too_large", "no_number", "no_json", "no_id", "no_such_id"],
)
async def test_what_cannot_be_sent_is_refused(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    module: str,
    data: dict[str, Any],
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await call(hass, "update", module, **{"entity": "1"} | data)

    assert raised.value.translation_key == "invalid_request"
    assert simulator.connections == 1


@pytest.mark.parametrize("answer", [["left", "right"], {"items": "none"}, None, 7])
async def test_a_module_that_nobody_knows_yet_may_list_what_it_likes(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, answer: Any
) -> None:
    simulator.faults.answers["widgets", "list"] = answer

    assert await call(hass, "list", "widgets") == answer


async def test_a_module_that_nobody_knows_yet_is_asked_for_all_the_same(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    simulator.faults.answers["widgets", "update"] = {"turned": True}

    result = await call(hass, "update", "widgets", entity="left", payload={"turn": 1})

    assert result == {"turned": True}


# What the server refuses


@pytest.mark.parametrize(
    ("command", "module", "data", "key"),
    [
        ("read", "cameras", {"entity": "99"}, "row_gone"),
        ("update", "cameras", {"entity": "99", "payload": {"is_enabled": True}}, "camera_gone"),
        ("delete", "users", {"entity": "0"}, "user_of_system"),
        ("delete", "users", {"entity": "1"}, "user_in_use"),
        ("update", "users", {"entity": "1", "payload": {"can_login": False}}, "user_in_use"),
        ("create", "users", {"payload": USER | {"username": "nestmtx"}}, "user_exists"),
        ("read", "credentials", {"entity": "bm9uc2Vuc2U="}, "authorization_malformed"),
        ("delete", "cameras", {"entity": "1"}, "refused"),
        ("list", "widgets", {}, "refused"),
    ],
)
async def test_what_the_server_refuses_is_a_sentence(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    command: str,
    module: str,
    data: dict[str, Any],
    key: str,
) -> None:
    with pytest.raises(HomeAssistantError) as raised:
        await call(hass, command, module, **data)

    assert raised.value.translation_key == key


async def test_a_refusal_repeats_no_secret_of_the_request(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    message = "The word S3CRET pass is too short; see S3CRET pass"
    simulator.faults.answers["users", "create"] = {"error": {"message": message, "details": []}}

    with pytest.raises(HomeAssistantError) as raised:
        await call(hass, "create", "users", payload=USER)

    assert raised.value.translation_key == "refused"
    assert raised.value.translation_placeholders["message"].startswith("The word **REDACTED**")
    assert "S3CRET" not in repr(raised.value.__cause__)


async def test_rows_that_keep_moving_are_no_list(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    answer = {"items": [{"id": 1}, {"id": 1}], "total": 3}
    simulator.faults.answers["widgets", "list"] = answer

    with pytest.raises(HomeAssistantError) as raised:
        await call(hass, "list", "widgets")

    assert raised.value.translation_key == "incomplete_list"


async def test_an_answer_that_nobody_could_read_is_an_error(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    nested: Any = 1
    for _ in range(200):
        nested = [nested]
    simulator.faults.answers["widgets", "read"] = nested

    with pytest.raises(HomeAssistantError) as raised:
        await call(hass, "read", "widgets", entity="1")

    assert raised.value.translation_key == "unexpected_answer"
