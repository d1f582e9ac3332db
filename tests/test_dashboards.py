"""The dashboard modules: served, added to the resources, and removed again."""

from collections.abc import Awaitable, Callable

from homeassistant.components.lovelace import LOVELACE_DATA
from homeassistant.components.lovelace.dashboard import LovelaceStorage
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_PASSWORD
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.loader import async_get_integration
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.nestmtx.const import DOMAIN
from tests.simulator import Simulator, World
from tests.simulator.scenario import recorded

from .repairing import Flow

ISSUE = "dashboard_resource"
STRATEGY = {"strategy": {"type": "custom:nestmtx", "compact": True}}
OWN = {"views": [{"title": "Own", "cards": []}]}
OLD = "/nestmtx/0.0.1/nestmtx.js"
FOREIGN = "/local/nestmtx/card.js"


@pytest.fixture
def world() -> World:
    """A server with one camera."""
    return recorded(1)


@pytest.fixture
async def url(hass: HomeAssistant) -> str:
    """The URL of the resource in this version."""
    integration = await async_get_integration(hass, DOMAIN)
    return f"/nestmtx/{integration.version}/nestmtx.js"


async def _resources(hass: HomeAssistant) -> list[tuple[str, str]]:
    resources = hass.data[LOVELACE_DATA].resources
    await resources.async_get_info()
    return [(item["type"], item["url"]) for item in resources.async_items()]


async def _add(hass: HomeAssistant, *urls: str) -> None:
    await async_setup_component(hass, "lovelace", {})
    for each in urls:
        await hass.data[LOVELACE_DATA].resources.async_create_item(
            {"res_type": "module", "url": each}
        )


@pytest.fixture
async def dashboards(hass: HomeAssistant) -> dict[str, LovelaceStorage]:
    """Two dashboards: one of the strategy, and one created by a user."""
    await async_setup_component(hass, "lovelace", {})
    found = hass.data[LOVELACE_DATA].dashboards
    for name, config in (("wall", STRATEGY), ("own", OWN)):
        found[name] = dashboard = LovelaceStorage(hass, {"id": name, "url_path": name})
        await dashboard.async_save(config)
    return found


@pytest.fixture
def set_up_with_yaml(hass: HomeAssistant, entry: MockConfigEntry) -> Callable[..., Awaitable[None]]:
    """Set up with resources in YAML mode."""

    async def set_up(*urls: str) -> None:
        resources = [{"type": "module", "url": url} for url in urls]
        config = {"resource_mode": "yaml", "resources": resources}
        await async_setup_component(hass, "lovelace", {"lovelace": config})
        await hass.config_entries.async_setup(entry.entry_id)

    return set_up


async def test_browsers_load_the_module_of_this_version(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    hass_client_no_auth: ClientSessionGenerator,
    url: str,
) -> None:
    assert await _resources(hass) == [("module", url)]

    response = await (await hass_client_no_auth()).get(url)

    assert response.status == 200
    assert response.content_type == "text/javascript"
    assert "customElements.define" in await response.text()


async def test_browsers_load_the_card_while_the_server_is_unavailable(
    hass: HomeAssistant, entry: MockConfigEntry, simulator: Simulator, url: str
) -> None:
    await simulator.stop()

    await hass.config_entries.async_setup(entry.entry_id)

    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert await _resources(hass) == [("module", url)]


async def test_an_update_changes_the_url_of_the_one_resource(
    hass: HomeAssistant, entry: MockConfigEntry, url: str
) -> None:
    await _add(hass, FOREIGN, OLD, "/nestmtx/0.0.2/nestmtx.js")

    await hass.config_entries.async_setup(entry.entry_id)

    assert await _resources(hass) == [("module", FOREIGN), ("module", url)]


async def test_the_resource_stays_while_there_is_an_entry(
    hass: HomeAssistant, entry: MockConfigEntry, url: str
) -> None:
    await hass.config_entries.async_setup(entry.entry_id)
    other = MockConfigEntry(
        domain=DOMAIN, data={**entry.data, CONF_PASSWORD: "wrong"}, unique_id="other"
    )
    other.add_to_hass(hass)
    await hass.config_entries.async_setup(other.entry_id)

    await hass.config_entries.async_remove(entry.entry_id)
    assert await _resources(hass) == [("module", url)]

    await hass.config_entries.async_remove(other.entry_id)
    assert await _resources(hass) == []


async def test_the_resource_of_an_entry_that_was_never_set_up_is_removed(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await _add(hass, FOREIGN, OLD)

    await hass.config_entries.async_remove(entry.entry_id)

    assert await _resources(hass) == [("module", FOREIGN)]


async def test_adding_an_entry_again_adds_the_resource_again(
    hass: HomeAssistant, entry: MockConfigEntry, url: str
) -> None:
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.config_entries.async_remove(entry.entry_id)
    again = MockConfigEntry(domain=DOMAIN, data=entry.data, unique_id="again")
    again.add_to_hass(hass)

    await hass.config_entries.async_setup(again.entry_id)

    assert await _resources(hass) == [("module", url)]


async def test_a_missing_resource_in_yaml_is_an_issue_until_it_is_added(
    hass: HomeAssistant,
    set_up_with_yaml: Callable[..., Awaitable[None]],
    hass_client: ClientSessionGenerator,
    url: str,
) -> None:
    await set_up_with_yaml(OLD)
    issue = ir.async_get(hass).async_get_issue(DOMAIN, ISSUE)
    assert issue is not None
    assert issue.translation_placeholders == {"url": url}
    flow = Flow(hass, hass_client, ISSUE)
    form = await flow.begin()
    assert form["step_id"] == "resource"
    assert form["description_placeholders"] == {"url": url}

    assert (await flow.submit())["errors"] == {"base": "not_added"}

    hass.data[LOVELACE_DATA].resources.data = [{"type": "module", "url": url}]
    assert (await flow.submit())["type"] == "create_entry"
    assert ir.async_get(hass).async_get_issue(DOMAIN, ISSUE) is None


async def test_a_complete_yaml_configuration_has_no_issue(
    hass: HomeAssistant, set_up_with_yaml: Callable[..., Awaitable[None]], url: str
) -> None:
    await set_up_with_yaml(url)

    assert ir.async_get(hass).async_get_issue(DOMAIN, ISSUE) is None


async def test_removing_the_last_entry_removes_the_yaml_issue(
    hass: HomeAssistant, entry: MockConfigEntry, set_up_with_yaml: Callable[..., Awaitable[None]]
) -> None:
    await set_up_with_yaml()
    assert ir.async_get(hass).async_get_issue(DOMAIN, ISSUE) is not None

    await hass.config_entries.async_remove(entry.entry_id)

    assert ir.async_get(hass).async_get_issue(DOMAIN, ISSUE) is None


async def test_a_dashboard_explains_that_the_integration_was_removed(
    hass: HomeAssistant, entry: MockConfigEntry, dashboards: dict[str, LovelaceStorage]
) -> None:
    hass.config.language = "de"
    await hass.config_entries.async_setup(entry.entry_id)

    await hass.config_entries.async_remove(entry.entry_id)

    view, *others = (await dashboards["wall"].async_load(force=False))["views"]
    assert not others
    assert view["title"] == "Kameras"
    assert "NestMTX wurde aus Home Assistant entfernt" in view["cards"][0]["content"]
    assert await dashboards["own"].async_load(force=False) == OWN


async def test_adding_the_integration_again_restores_a_dashboards_strategy(
    hass: HomeAssistant, entry: MockConfigEntry, dashboards: dict[str, LovelaceStorage]
) -> None:
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.config_entries.async_remove(entry.entry_id)
    again = MockConfigEntry(domain=DOMAIN, data=entry.data, unique_id="again")
    again.add_to_hass(hass)

    await hass.config_entries.async_setup(again.entry_id)

    assert await dashboards["wall"].async_load(force=False) == STRATEGY
    assert await dashboards["own"].async_load(force=False) == OWN


async def test_a_dashboard_keeps_its_strategy_while_there_is_another_entry(
    hass: HomeAssistant, entry: MockConfigEntry, dashboards: dict[str, LovelaceStorage]
) -> None:
    await hass.config_entries.async_setup(entry.entry_id)
    other = MockConfigEntry(
        domain=DOMAIN, data={**entry.data, CONF_PASSWORD: "wrong"}, unique_id="other"
    )
    other.add_to_hass(hass)

    await hass.config_entries.async_remove(entry.entry_id)

    assert await dashboards["wall"].async_load(force=False) == STRATEGY
