"""The server doesn't get other services' cookies, and they don't get its cookies."""

from typing import Any

from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.const import (
    CONF_HOST,
    CONF_PASSWORD,
    CONF_PORT,
    CONF_SSL,
    CONF_USERNAME,
    CONF_VERIFY_SSL,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.aiohttp_client import async_get_clientsession
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from yarl import URL

from custom_components.nestmtx.client import Timings
from custom_components.nestmtx.const import DOMAIN
from tests.simulator import Simulator

from .bench import Bench
from .resolver import NAME, Names

COOKIES = tuple(f"server-{number}={'x' * 4000}; Path=/" for number in range(16))
"""The cookies that a server sets with each answer."""


@pytest.fixture
def host() -> str:
    """A host name, as aiohttp keeps no cookies for an IP address."""
    return NAME


@pytest.fixture(params=[True, False], ids=["verified", "not_verified"])
def verify(request: pytest.FixtureRequest) -> bool:
    """Whether certificates are verified, as Home Assistant has a cookie jar for each case."""
    return request.param


@pytest.fixture
async def jar(hass: HomeAssistant, simulator: Simulator, names: Names, verify: bool) -> Any:
    """Home Assistant's cookie jar, with a cookie of another service on the server's host."""
    simulator.faults.cookies = COOKIES
    jar = async_get_clientsession(hass, verify_ssl=verify).cookie_jar
    jar.update_cookies({"router": "S3CRET"}, URL(f"http://{NAME}"))
    return jar


@pytest.fixture
def entry(hass: HomeAssistant, entry: MockConfigEntry, jar: Any, verify: bool) -> MockConfigEntry:
    """An entry for the server, by its name."""
    hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_VERIFY_SSL: verify})
    return entry


def _assert_kept_apart(jar: Any, simulator: Simulator) -> None:
    assert [cookie.key for cookie in jar] == ["router"]
    assert simulator.cookies == []


async def test_a_session_neither_sends_nor_leaves_cookies(
    jar: Any, bench: Bench, simulator: Simulator
) -> None:
    for _ in range(3):
        bench.world.revoke_tokens("nestmtx")
        bench.seen.clear()
        bench.proxy.cut()
        await bench.until_back()

    assert simulator.logins == 4
    _assert_kept_apart(jar, simulator)


async def test_adding_a_server_neither_sends_nor_leaves_cookies(
    hass: HomeAssistant, jar: Any, verify: bool, short_times: Timings, simulator: Simulator
) -> None:
    flow = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    data = {
        CONF_HOST: NAME,
        CONF_PORT: simulator.port,
        CONF_SSL: False,
        CONF_VERIFY_SSL: verify,
        CONF_USERNAME: "nestmtx",
        CONF_PASSWORD: "nestmtx",
    }

    result = await hass.config_entries.flow.async_configure(flow["flow_id"], data)
    await hass.async_block_till_done()

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["result"].state is ConfigEntryState.LOADED
    _assert_kept_apart(jar, simulator)
    await hass.config_entries.async_unload(result["result"].entry_id)
