"""The config flow: add, reconfigure and reauthenticate a server."""

import asyncio
import ssl
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.const import (
    CONF_HOST,
    CONF_PASSWORD,
    CONF_PORT,
    CONF_SSL,
    CONF_TOKEN,
    CONF_USERNAME,
    CONF_VERIFY_SSL,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.nestmtx.client import Timings
from custom_components.nestmtx.const import CONF_MARKS, DOMAIN
from tests.conftest import Until
from tests.faults.resolver import NAME, Names
from tests.simulator import Simulator

pytestmark = pytest.mark.usefixtures("short_times")


@pytest.fixture
def user_input(simulator: Simulator) -> dict[str, Any]:
    """The input of a user."""
    return {
        CONF_HOST: simulator.host,
        CONF_PORT: simulator.port,
        CONF_SSL: False,
        CONF_VERIFY_SSL: True,
        CONF_USERNAME: "nestmtx",
        CONF_PASSWORD: "nestmtx",
    }


async def _begin(hass: HomeAssistant) -> str:
    result = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    assert result["type"] is FlowResultType.FORM
    assert not result["errors"]
    return result["flow_id"]


async def _submit(hass: HomeAssistant, flow_id: str, data: dict[str, Any]) -> dict[str, Any]:
    result = await hass.config_entries.flow.async_configure(flow_id, data)
    await hass.async_block_till_done()
    return result


def _suggested(result: dict[str, Any]) -> dict[str, Any]:
    """Return the suggested values of a form."""
    schema = result["data_schema"].schema
    return {str(key): (key.description or {}).get("suggested_value") for key in schema}


async def _unload(hass: HomeAssistant) -> None:
    for entry in hass.config_entries.async_entries(DOMAIN):
        await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()


# Adding a server


async def test_a_server_is_added(
    hass: HomeAssistant, user_input: dict[str, Any], simulator: Simulator
) -> None:
    result = await _submit(hass, await _begin(hass), user_input)

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "NestMTX"
    given = {key: result["data"][key] for key in (CONF_TOKEN, CONF_MARKS)}
    assert result["data"] == user_input | given
    assert result["result"].state is ConfigEntryState.LOADED
    assert simulator.logins == 1
    assert hass.states.get("binary_sensor.nestmtx_connection").state == "on"
    await _unload(hass)


async def test_a_pasted_url_is_split(
    hass: HomeAssistant, user_input: dict[str, Any], simulator: Simulator
) -> None:
    pasted = user_input | {CONF_HOST: f"{simulator.url}/cameras", CONF_PORT: 2001, CONF_SSL: True}

    result = await _submit(hass, await _begin(hass), pasted)

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"][CONF_HOST] == simulator.host
    assert result["data"][CONF_PORT] == simulator.port
    assert result["data"][CONF_SSL] is False
    await _unload(hass)


@pytest.mark.parametrize("host", ["127.0.0.1", " 127.0.0.1 "])
async def test_there_are_no_two_entries_for_one_server(
    hass: HomeAssistant, entry: MockConfigEntry, user_input: dict[str, Any], host: str
) -> None:
    result = await _submit(hass, await _begin(hass), user_input | {CONF_HOST: host})

    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"
    assert result["description_placeholders"] == {"title": entry.title}


# Errors, which can be corrected in the same form


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        ({CONF_PASSWORD: "wrong"}, {"base": "invalid_auth"}),
        ({CONF_HOST: "ftp://nest"}, {CONF_HOST: "invalid_host"}),
        ({CONF_HOST: "two words"}, {CONF_HOST: "invalid_host"}),
        ({CONF_HOST: "127.0.0.1:0"}, {CONF_HOST: "invalid_host"}),
        ({CONF_HOST: "http://127.0.0.1:0"}, {CONF_HOST: "invalid_host"}),
        ({CONF_HOST: f"{'.' * 20_000}!"}, {CONF_HOST: "invalid_host"}),
        ({CONF_PORT: 1}, {"base": "cannot_connect"}),
        ({CONF_SSL: True}, {"base": "not_encrypted"}),
    ],
)
async def test_wrong_input_can_be_corrected(
    hass: HomeAssistant,
    user_input: dict[str, Any],
    wrong: dict[str, Any],
    errors: dict[str, str],
) -> None:
    flow_id = await _begin(hass)

    result = await _submit(hass, flow_id, user_input | wrong)
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == errors

    result = await _submit(hass, flow_id, user_input)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await _unload(hass)


async def test_input_is_kept_after_an_error_except_a_refused_password(
    hass: HomeAssistant, user_input: dict[str, Any]
) -> None:
    flow_id = await _begin(hass)

    result = await _submit(hass, flow_id, user_input | {CONF_PORT: 1})
    assert _suggested(result) == user_input | {CONF_PORT: 1}

    result = await _submit(hass, flow_id, user_input | {CONF_HOST: "two words"})
    assert _suggested(result) == user_input | {CONF_HOST: "two words"}

    result = await _submit(hass, flow_id, user_input | {CONF_PASSWORD: "wrong"})
    assert _suggested(result) == user_input | {CONF_PASSWORD: None}


async def test_a_pasted_url_shows_as_host_port_and_encryption_after_an_error(
    hass: HomeAssistant, user_input: dict[str, Any], simulator: Simulator
) -> None:
    pasted = {CONF_HOST: f"https://127.0.0.1:{simulator.port}/cameras", CONF_PORT: 2000}

    result = await _submit(hass, await _begin(hass), user_input | pasted)

    assert result["errors"] == {"base": "not_encrypted"}
    assert _suggested(result) == user_input | {CONF_SSL: True}


async def test_spaces_around_a_username_are_removed(
    hass: HomeAssistant, user_input: dict[str, Any]
) -> None:
    result = await _submit(hass, await _begin(hass), user_input | {CONF_USERNAME: "nestmtx "})

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"][CONF_USERNAME] == "nestmtx"
    await _unload(hass)


async def test_a_server_that_is_not_nestmtx_is_an_error(
    hass: HomeAssistant, user_input: dict[str, Any], simulator: Simulator
) -> None:
    simulator.faults.http_status = 200
    simulator.faults.http_body = "<html>Router</html>"

    result = await _submit(hass, await _begin(hass), user_input)

    assert result["errors"] == {"base": "not_nestmtx"}


async def test_a_server_that_does_not_answer_is_an_error(
    hass: HomeAssistant, user_input: dict[str, Any], simulator: Simulator
) -> None:
    simulator.faults.silent = True
    short = Timings(request_timeout=0.2)

    with patch("custom_components.nestmtx.config_flow.TIMINGS", short):
        result = await _submit(hass, await _begin(hass), user_input)

    assert result["errors"] == {"base": "timeout_connect"}


async def test_an_untrusted_certificate_is_an_error(
    hass: HomeAssistant, user_input: dict[str, Any]
) -> None:
    with patch(
        "aiohttp.ClientSession._request", side_effect=ssl.SSLCertVerificationError("self-signed")
    ):
        result = await _submit(hass, await _begin(hass), user_input)

    assert result["errors"] == {"base": "invalid_certificate"}


async def test_a_server_that_answers_only_the_login_is_an_error(
    hass: HomeAssistant, user_input: dict[str, Any], simulator: Simulator
) -> None:
    simulator.faults.unauthorized = True

    result = await _submit(hass, await _begin(hass), user_input)

    assert result["errors"] == {"base": "invalid_auth"}


async def test_a_server_that_answers_with_errors_is_an_error(
    hass: HomeAssistant, user_input: dict[str, Any], simulator: Simulator
) -> None:
    simulator.faults.answers["cameras", "list"] = {"error": {"message": "SQLITE_BUSY"}}

    result = await _submit(hass, await _begin(hass), user_input)

    assert result["errors"] == {"base": "unexpected_answer"}


# Reauthentication


async def test_a_new_password_makes_the_entry_work_again(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    simulator.world.users[1].password = "changed"
    simulator.world.revoke_tokens("nestmtx")
    await simulator.disconnect_all()
    flows = hass.config_entries.flow.async_progress_by_handler
    await until(lambda: bool(flows(DOMAIN)))
    flow = flows(DOMAIN)[0]
    assert flow["step_id"] == "reauth_confirm"

    result = await _submit(
        hass, flow["flow_id"], {CONF_USERNAME: "nestmtx", CONF_PASSWORD: "nestmtx"}
    )
    assert result["errors"] == {"base": "invalid_auth"}

    result = await _submit(
        hass, flow["flow_id"], {CONF_USERNAME: "nestmtx", CONF_PASSWORD: "changed"}
    )
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reauth_successful"
    await until(lambda: loaded_entry.state is ConfigEntryState.LOADED)
    assert loaded_entry.data[CONF_PASSWORD] == "changed"
    assert hass.states.get("binary_sensor.127_0_0_1_connection").state == "on"


# Reconfiguration


async def test_a_moved_server_is_reconfigured_without_the_password(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    moved = Simulator(simulator.world, times=simulator.times)
    await moved.start()
    result = await loaded_entry.start_reconfigure_flow(hass)
    suggested = _suggested(result)
    assert suggested[CONF_PORT] == simulator.port
    assert suggested[CONF_PASSWORD] is None

    result = await _submit(
        hass,
        result["flow_id"],
        {
            CONF_HOST: moved.url,
            CONF_PORT: 1,
            CONF_SSL: False,
            CONF_VERIFY_SSL: False,
            CONF_USERNAME: "nestmtx",
        },
    )

    assert result["reason"] == "reconfigure_successful"
    await until(lambda: moved.connections == 1 and simulator.connections == 0)
    assert loaded_entry.data[CONF_PORT] == moved.port
    assert loaded_entry.data[CONF_PASSWORD] == "nestmtx"
    await until(lambda: hass.states.get("camera.front_yard_front_yard_cam").state == "idle")
    await hass.config_entries.async_unload(loaded_entry.entry_id)
    await moved.stop()


async def test_an_empty_password_keeps_the_one_that_is_stored(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, user_input: dict[str, Any]
) -> None:
    result = await loaded_entry.start_reconfigure_flow(hass)

    result = await _submit(hass, result["flow_id"], user_input | {CONF_PASSWORD: ""})

    assert result["reason"] == "reconfigure_successful"
    assert loaded_entry.data[CONF_PASSWORD] == "nestmtx"


async def test_two_flows_at_once_make_one_entry(
    hass: HomeAssistant, user_input: dict[str, Any]
) -> None:
    flows = [await _begin(hass), await _begin(hass)]

    results = await asyncio.gather(*(_submit(hass, flow, user_input) for flow in flows))

    assert {result["type"] for result in results} == {
        FlowResultType.CREATE_ENTRY,
        FlowResultType.ABORT,
    }
    await _unload(hass)


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        ({CONF_PASSWORD: "wrong"}, {"base": "invalid_auth"}),
        ({CONF_HOST: "ftp://nest"}, {CONF_HOST: "invalid_host"}),
    ],
)
async def test_wrong_input_changes_nothing(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    user_input: dict[str, Any],
    wrong: dict[str, Any],
    errors: dict[str, str],
) -> None:
    former = dict(loaded_entry.data)
    result = await loaded_entry.start_reconfigure_flow(hass)

    result = await _submit(hass, result["flow_id"], user_input | wrong)

    assert result["errors"] == errors
    assert dict(loaded_entry.data) == former


async def test_an_entry_cannot_be_changed_into_another_one(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, user_input: dict[str, Any]
) -> None:
    other = MockConfigEntry(domain=DOMAIN, data=user_input | {CONF_HOST: "other.local"})
    other.add_to_hass(hass)
    result = await loaded_entry.start_reconfigure_flow(hass)

    result = await _submit(hass, result["flow_id"], user_input | {CONF_HOST: "other.local"})

    assert result["reason"] == "already_configured"


async def test_a_stored_password_is_not_shown_after_an_error(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, user_input: dict[str, Any]
) -> None:
    result = await loaded_entry.start_reconfigure_flow(hass)

    changed = user_input | {CONF_PORT: 1, CONF_PASSWORD: ""}
    result = await _submit(hass, result["flow_id"], changed)

    assert result["errors"] == {"base": "cannot_connect"}
    assert not _suggested(result)[CONF_PASSWORD]


@pytest.mark.parametrize(("title", "expected"), [("127.0.0.1", NAME), ("Barn", "Barn")])
async def test_a_title_that_the_user_chose_stays_when_the_host_changes(
    hass: HomeAssistant,
    names: Names,
    loaded_entry: MockConfigEntry,
    user_input: dict[str, Any],
    title: str,
    expected: str,
) -> None:
    hass.config_entries.async_update_entry(loaded_entry, title=title)
    result = await loaded_entry.start_reconfigure_flow(hass)

    result = await _submit(hass, result["flow_id"], user_input | {CONF_HOST: NAME})

    assert result["reason"] == "reconfigure_successful"
    assert loaded_entry.title == expected
