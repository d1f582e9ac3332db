"""Actions that are refused, before anything is sent or by the server."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from tests.simulator import Simulator

from .calling import CREDENTIAL, USER, call, sent

# Refused before sending


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
async def test_an_invalid_payload_is_refused_with_the_names_of_its_fields(
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
    ],
    ids=["too_large", "no_number", "no_json"],
)
async def test_a_payload_that_cannot_be_sent_is_refused(
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


_LOOSE_IDS = (
    *("9-kitchen", "1abc", "1.5", " 1", "1 ", "1e0", "+1", "-1", "01", "0x1", "kitchen"),
    *("\N{ARABIC-INDIC DIGIT ONE}", "\N{SUPERSCRIPT TWO}", "9" * 16, "9" * 5000, True, 1.0),
)
"""Texts that the server takes for an id by their first digits, or for none."""


@pytest.mark.parametrize(
    ("command", "module", "data"),
    [
        ("read", "cameras", {}),
        ("read", "users", {}),
        ("delete", "cameras", {}),
        ("delete", "credentials", {}),
        ("delete", "users", {}),
        ("update", "cameras", {"payload": {"is_enabled": True}}),
        ("update", "credentials", {"payload": {"origin": "https://nest.local"}}),
        ("update", "users", {"payload": {"password": "S3CRET pass"}}),
    ],
)
async def test_an_id_consists_of_digits(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    command: str,
    module: str,
    data: dict[str, Any],
) -> None:
    before = len(simulator.requests)

    for entity in _LOOSE_IDS:
        with pytest.raises(ServiceValidationError) as raised:
            await call(hass, command, module, entity=entity, **data)
        assert raised.value.translation_key == "id_invalid", entity

    asked = [each for each in simulator.requests[before:] if each["command"] != "list"]
    assert asked == []


async def test_an_id_followed_by_other_text_deletes_no_user(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    user = simulator.world.add_user("kitchen", "password")

    with pytest.raises(ServiceValidationError, match="using digits only"):
        await call(hass, "delete", "users", entity=f"{user.id}-kitchen")

    assert simulator.world.user_named("kitchen") is user


async def test_rows_of_unknown_modules_may_have_any_id(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    simulator.faults.answers["widgets", "read"] = {"size": 1}

    assert await call(hass, "read", "widgets", entity="1abc") == {"size": 1}
    assert sent(simulator, "widgets")[0]["entity"] == "1abc"


@pytest.mark.parametrize("command", ["create", "update"])
@pytest.mark.parametrize("module", ["auth", "Auth", " auth "])
async def test_a_login_is_not_sent_as_an_action(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    command: str,
    module: str,
) -> None:
    before = len(simulator.requests)
    entity = {"entity": "1"} if command == "update" else {}

    with pytest.raises(ServiceValidationError) as raised:
        await call(hass, command, module, payload={"username": "ha", "password": "S3"}, **entity)

    assert raised.value.translation_key == "login_refused"
    assert "auth" not in str(simulator.requests[before:]).lower()
    assert "signed in" in str(raised.value)


@pytest.mark.parametrize("origin", ["nest.local", "not a url", "ftp://nest.local", "https://"])
async def test_an_origin_that_is_no_address_of_a_page_is_not_sent(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, origin: str
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await call(hass, "update", "credentials", entity="2", payload={"origin": origin})

    assert raised.value.translation_key == "invalid_origin"
    assert [each for each in sent(simulator, "credentials") if each["command"] == "update"] == []


async def test_a_page_size_without_a_page_is_refused(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    with pytest.raises(ServiceValidationError) as raised:
        await call(hass, "list", "users", items_per_page=5)

    assert raised.value.translation_key == "page_missing"
    assert sent(simulator, "users") == []


@pytest.mark.parametrize("answer", [["left", "right"], {"items": "none"}, None, 7])
async def test_an_unknown_module_may_list_anything(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, answer: Any
) -> None:
    simulator.faults.answers["widgets", "list"] = answer

    assert await call(hass, "list", "widgets") == answer


async def test_an_unknown_module_can_be_requested(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    simulator.faults.answers["widgets", "update"] = {"turned": True}

    result = await call(hass, "update", "widgets", entity="left", payload={"turn": 1})

    assert result == {"turned": True}


# Refused by the server


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
        ("update", "cronjobs", {"entity": "NoSuchJob"}, "job_gone"),
        ("delete", "cameras", {"entity": "1"}, "refused"),
        ("list", "widgets", {}, "refused"),
    ],
)
async def test_a_refusal_by_the_server_is_translated(
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


async def test_an_existing_credential_is_an_error(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    await call(hass, "create", "credentials", payload=CREDENTIAL)

    with pytest.raises(ServiceValidationError) as raised:
        await call(hass, "create", "credentials", payload=CREDENTIAL | {"description": "Other"})

    assert raised.value.translation_key == "credential_exists"


async def test_an_origin_that_the_server_refuses_is_an_error(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    simulator.faults.answers["credentials", "update"] = {"error": {"message": "Invalid URL"}}

    with pytest.raises(ServiceValidationError) as raised:
        await call(hass, "update", "credentials", entity="2", payload={"origin": "https://[v1.x]"})

    assert raised.value.translation_key == "invalid_origin"


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


async def test_pages_that_keep_changing_are_an_error(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    answer = {"items": [{"id": 1}, {"id": 1}], "total": 3}
    simulator.faults.answers["widgets", "list"] = answer

    with pytest.raises(HomeAssistantError) as raised:
        await call(hass, "list", "widgets")

    assert raised.value.translation_key == "incomplete_list"


async def test_an_invalid_answer_is_an_error(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    nested: Any = 1
    for _ in range(200):
        nested = [nested]
    simulator.faults.answers["widgets", "read"] = nested

    with pytest.raises(HomeAssistantError) as raised:
        await call(hass, "read", "widgets", entity="1")

    assert raised.value.translation_key == "unexpected_answer"


@pytest.mark.parametrize("module", ["htop", "Htop", " htop "])
async def test_no_process_is_restarted_by_the_server(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, module: str
) -> None:
    await simulator.open_reader(1)

    with pytest.raises(ServiceValidationError, match='Press "Restart stream"') as raised:
        await call(hass, "update", module, entity="mtx-front", payload={"action": "restart"})

    assert raised.value.translation_key == "restart_refused"
    assert "update" not in {request["command"] for request in simulator.requests}
