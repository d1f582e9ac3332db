"""The repair of a credential whose access to Google has expired, from start to end."""

import logging
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.nestmtx.const import DOMAIN
from tests.conftest import Until
from tests.simulator import Simulator, World
from tests.simulator.google import CODE, callback_url
from tests.simulator.modules.credentials import REFUSED_CODE
from tests.simulator.scenario import recorded

from .repairing import Flow

HOME = "sensor.home_account_authorization"
ORIGIN = "https://nest.example.org"


@pytest.fixture
def world() -> World:
    """A world with one camera."""
    return recorded(1)


@pytest.fixture
async def issue_id(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> str:
    """The issue of a credential that Google has just refused."""
    credential = next(
        each for each in loaded_entry.runtime_data.coordinator.credentials if each.id == 1
    )
    issue_id = f"credential_unauthorized_{loaded_entry.entry_id}_{credential.key}"
    assert _issue(hass, issue_id) is None
    await simulator.set_tokens(1, present=False, event="unauthenticated")
    await until(lambda: _issue(hass, issue_id) is not None)
    return issue_id


@pytest.fixture
def flow(hass: HomeAssistant, hass_client: ClientSessionGenerator, issue_id: str) -> Flow:
    """The repair flow, not started yet."""
    return Flow(hass, hass_client, issue_id)


def _issue(hass: HomeAssistant, issue_id: str) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, issue_id)


async def _until_google(flow: Flow, origin: str = ORIGIN) -> str:
    """Go through the flow up to Google's page; return its URL."""
    assert (await flow.begin())["step_id"] == "origin"
    result = await flow.submit(origin=origin)
    assert result["step_id"] == "callback"
    url: str = result["description_placeholders"]["url"]
    return url


async def test_a_credential_is_authorized_from_start_to_end(
    hass: HomeAssistant, simulator: Simulator, until: Until, flow: Flow, issue_id: str
) -> None:
    assert simulator.quirks.strict_authorization
    url = await _until_google(flow)

    result = await flow.submit(callback=callback_url(url))

    assert result["type"] == "create_entry"
    assert simulator.world.credentials[1].token_redirect_url == f"{ORIGIN}/credentials/authorize"
    await until(lambda: hass.states.get(HOME).state == "authenticated")
    assert _issue(hass, issue_id) is None


async def test_the_address_that_google_knows_is_suggested(flow: Flow) -> None:
    result = await flow.begin()

    [field] = result["data_schema"]
    # The credential was authorized there before.
    assert field["description"] == {"suggested_value": "https://localhost:2001"}


async def test_without_one_the_servers_own_address_is_suggested(
    simulator: Simulator, flow: Flow
) -> None:
    simulator.world.credentials[1].token_redirect_url = None

    result = await flow.begin()

    assert result["data_schema"][0]["description"] == {"suggested_value": simulator.url}


async def test_the_issue_ends_when_the_credential_is_authorized_elsewhere(
    hass: HomeAssistant, simulator: Simulator, until: Until, issue_id: str, flow: Flow
) -> None:
    url = await _until_google(flow)

    await simulator.set_tokens(1, present=True, event="authenticated")
    await until(lambda: _issue(hass, issue_id) is None)
    result = await flow.submit(callback=callback_url(url))

    assert (result["type"], result["reason"]) == ("abort", "already_authorized")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code": REFUSED_CODE}, "code_expired"),
        ({"code": None}, "invalid_callback"),
        ({"state": None}, "invalid_callback"),
        ({"scope": None}, "invalid_callback"),
        ({"state": "eyJpZCI6Mn0="}, "other_credential"),
        ({"state": "nonsense"}, "other_credential"),
        ({"state": "W10="}, "other_credential"),
        ({"code": None, "error": "access_denied"}, "access_denied"),
    ],
)
async def test_errors_are_shown_and_can_be_corrected(
    simulator: Simulator, flow: Flow, changes: dict[str, str | None], error: str
) -> None:
    url = await _until_google(flow)

    result = await flow.submit(callback=callback_url(url, **changes))
    assert result["errors"] == {"base": error}
    assert result["description_placeholders"]["url"] == url
    assert CODE not in str(result)

    assert (await flow.submit(callback=callback_url(url)))["type"] == "create_entry"


async def test_a_failure_of_the_server_is_shown(simulator: Simulator, flow: Flow) -> None:
    credential = simulator.world.credentials[1]
    url = await _until_google(flow)

    async def error() -> str:
        errors: dict[str, str] = (await flow.submit(callback=callback_url(url)))["errors"]
        return errors["base"]

    simulator.world.reaches_google = False
    assert await error() == "google_unreachable"
    simulator.world.reaches_google = True
    credential.knows_its_secret = False
    assert await error() == "client_refused"
    credential.knows_its_secret = True
    credential.redirect_uris = frozenset({"https://other.example.org/credentials/authorize"})
    assert await error() == "redirect_unknown"
    simulator.faults.answers["credentials", "read"] = {"error": {"message": "boom"}}
    assert await error() == "not_authorized"
    simulator.faults.answers.clear()
    credential.redirect_uris = frozenset({f"{ORIGIN}/credentials/authorize"})

    assert (await flow.submit(callback=callback_url(url)))["type"] == "create_entry"


async def test_the_exact_redirect_address_to_register_is_shown(flow: Flow) -> None:
    begun = await flow.begin()
    shown = begun["description_placeholders"]["redirect_uri"]
    assert shown == "https://localhost:2001/credentials/authorize"

    slip = await flow.submit(origin="http://`x`(y)")
    assert slip["errors"] == {"base": "invalid_origin"}
    assert "`" not in slip["description_placeholders"]["redirect_uri"]

    result = await flow.submit(origin="http://nest.example.org:2000/page")
    shown = result["description_placeholders"]["redirect_uri"]
    assert shown == "https://nest.example.org:2000/credentials/authorize"


async def test_a_camera_that_cannot_start_names_its_credential(
    hass: HomeAssistant, issue_id: str
) -> None:
    camera = "camera.front_yard_front_yard_cam"
    button = {"entity_id": f"button.{camera.partition('.')[2]}_take_snapshot"}

    with pytest.raises(HomeAssistantError, match="credential Home account needs authorization"):
        await hass.services.async_call("button", "press", button, blocking=True)


@pytest.mark.parametrize("pasted", ["", "  ", "nonsense", "https://nest.example.org", "?" * 9000])
async def test_a_pasted_url_that_is_not_googles_redirect_is_an_error(
    flow: Flow, pasted: str
) -> None:
    await _until_google(flow)

    assert (await flow.submit(callback=pasted))["errors"] == {"base": "invalid_callback"}


@pytest.mark.parametrize(
    "origin", ["", "nest", "ftp://nest", "https://", "https://me:pw@nest", "https://nest:port"]
)
async def test_an_invalid_redirect_uri_is_an_error(flow: Flow, origin: str) -> None:
    await flow.begin()

    result = await flow.submit(origin=origin)

    assert result["errors"] == {"base": "invalid_origin"}
    assert (await flow.submit(origin=ORIGIN))["step_id"] == "callback"


@pytest.mark.parametrize(
    "answer",
    [
        "http://accounts.google.com/auth",
        "https://accounts.google.com.evil.org/auth",
        "https://evilgoogle.com/auth",
        "javascript:alert(1)",
        "https://accounts.google.com/o/oauth2/v2/auth) [here](https://evil.org",
        # Pages on Google's hosts that anyone can publish, or that redirect elsewhere.
        "https://sites.google.com/view/consent",
        "https://script.google.com/macros/s/x/exec",
        "https://www.google.com/url?q=https://evil.org",
        "https://accounts.google.com/ServiceLogin?continue=https://sites.google.com/view/consent",
        "https://accounts.google.com/o/oauth2/v2/auth/../../../../AddSession",
        "https://accounts.google.com/o/oauth2/v2/auth%2F..",
        "https://accounts.google.com:444/o/oauth2/v2/auth?client_id=1",
        "https://me@accounts.google.com/o/oauth2/v2/auth?client_id=1",
        "https://nestservices.google.com/partnerconnections",
        "https://nestservices.google.com/partnerconnections/a/../../url",
        "https://nestservices.google.com/partnerconnections/a1b2?continue=https://evil.org",
        "https://nestservices.google.com/o/oauth2/v2/auth?client_id=1",
        # Google's page, with a scope beyond the cameras.
        "https://accounts.google.com/o/oauth2/v2/auth?scope=openid%20https://mail.google.com/",
        "https://accounts.google.com/o/oauth2/v2/auth?scope=openid&SCOPE=https://mail.google.com/",
        7,
        {"error": {"message": "no"}},
    ],
)
async def test_a_page_that_is_not_googles_is_not_shown(
    simulator: Simulator, flow: Flow, answer: Any
) -> None:
    simulator.faults.answers["credentials", "update"] = answer
    await flow.begin()

    result = await flow.submit(origin=ORIGIN)

    assert (result["step_id"], result["errors"]) == ("origin", {"base": "not_begun"})


@pytest.mark.parametrize(
    "answer",
    [
        "https://accounts.google.com/o/oauth2/v2/auth?access_type=offline&state=eyJpZCI6MX0%3D",
        (
            "https://accounts.google.com/o/oauth2/v2/auth"
            "?scope=openid%20https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fsdm.service"
        ),
        "https://nestservices.google.com/partnerconnections/a1b2c3d4-1111-4222-8333-0123456789ab",
    ],
)
async def test_the_two_pages_of_google_that_a_server_names_are_shown(
    simulator: Simulator, flow: Flow, answer: str
) -> None:
    simulator.faults.answers["credentials", "update"] = answer
    await flow.begin()

    result = await flow.submit(origin=ORIGIN)

    assert (result["step_id"], result["description_placeholders"]["url"]) == ("callback", answer)


async def test_a_lost_server_is_shown_as_an_error(simulator: Simulator, flow: Flow) -> None:
    url = await _until_google(flow)
    await simulator.kill()

    result = await flow.submit(callback=callback_url(url))

    assert result["errors"] == {"base": "cannot_connect"}


async def test_unloading_the_entry_aborts_the_flow(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, flow: Flow
) -> None:
    url = await _until_google(flow)
    await hass.config_entries.async_unload(loaded_entry.entry_id)

    assert (await flow.submit(callback=callback_url(url)))["reason"] == "not_loaded"


async def test_deleting_the_credential_aborts_the_flow(
    hass: HomeAssistant, simulator: Simulator, until: Until, flow: Flow, issue_id: str
) -> None:
    url = await _until_google(flow)
    del simulator.world.credentials[1]
    await until(lambda: _issue(hass, issue_id) is None)

    assert (await flow.submit(callback=callback_url(url)))["reason"] == "credential_gone"


async def test_the_code_is_neither_logged_nor_stored(
    hass: HomeAssistant, flow: Flow, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "custom_components.nestmtx")
    url = await _until_google(flow)

    await flow.submit(callback=callback_url(url, code=REFUSED_CODE))
    await flow.submit(callback=callback_url(url))

    ours = [each for each in caplog.records if each.name.startswith("custom_components")]
    assert not [each for each in ours if "S3CRET" in each.getMessage()]
    assert "S3CRET" not in str([state.as_dict() for state in hass.states.async_all()])
    assert "S3CRET" not in str(ir.async_get(hass).issues)


async def test_a_credentials_name_is_shown_as_plain_text(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    credential = simulator.world.add_credential("[a](https://evil.org) <b>*x*", authorized=False)

    def names() -> list[str]:
        issues = ir.async_get(hass).issues.values()
        placeholders = [each.translation_placeholders or {} for each in issues]
        return [each["name"] for each in placeholders if "evil" in each.get("name", "")]

    await until(lambda: names() != [])

    assert names() == ["a https: evil.org b x"]
    assert credential.description == "[a](https://evil.org) <b>*x*"
