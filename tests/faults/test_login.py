"""Users, passwords and tokens that change on the server."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry, ConfigEntryState
from homeassistant.const import (
    CONF_PASSWORD,
    CONF_TOKEN,
    CONF_USERNAME,
    STATE_OFF,
    STATE_ON,
)
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.nestmtx.const import DOMAIN
from tests.conftest import Until
from tests.simulator import Quirks, Simulator

from .bench import CONNECTION, Bench

BY_THE_PAGE = Quirks.by_the_page()


def _revoke_the_token(bench: Bench) -> None:
    bench.world.revoke_tokens("nestmtx")


def _delete_the_user(bench: Bench) -> None:
    bench.world.remove_user(1)


def _change_the_password(bench: Bench) -> None:
    bench.world.users[1].password = "changed"


def _withdraw_the_right_to_log_in(bench: Bench) -> None:
    bench.world.users[1].can_login = False


async def _nothing_changed(bench: Bench) -> None:
    """Assert that states follow the truth, over the same connection."""
    await bench.change_server()
    await bench.until_true()
    assert bench.saw(STATE_OFF, [CONNECTION]) == []
    bench.assert_kept()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(_revoke_the_token, id="token_revoked"),
        pytest.param(_delete_the_user, id="user_deleted"),
        pytest.param(_change_the_password, id="password_changed"),
        pytest.param(_withdraw_the_right_to_log_in, id="can_login_withdrawn"),
    ],
)
async def test_a_live_connection_keeps_its_access(
    bench: Bench, change: Callable[[Bench], None]
) -> None:
    change(bench)

    await _nothing_changed(bench)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(_change_the_password, id="password_changed"),
        pytest.param(_withdraw_the_right_to_log_in, id="can_login_withdrawn"),
    ],
)
async def test_a_token_stays_valid_when_its_user_changes(
    bench: Bench, change: Callable[[Bench], None]
) -> None:
    change(bench)
    bench.proxy.cut()

    await bench.until_back()
    await bench.change_server()
    await bench.until_true()

    assert bench.simulator.logins == 1
    bench.assert_kept()


async def test_a_revoked_token_is_replaced_by_one_login_without_a_reload(bench: Bench) -> None:
    former = bench.entry.data[CONF_TOKEN]
    _revoke_the_token(bench)
    bench.proxy.cut()

    await bench.until_back()
    await bench.change_server()
    await bench.until_true()

    assert bench.entry.data[CONF_TOKEN] not in {former, ""}
    assert bench.simulator.logins == 2
    bench.assert_kept()


async def test_an_anonymous_connection_is_noticed_and_logged_in(
    hass: HomeAssistant, entry: MockConfigEntry, simulator: Simulator
) -> None:
    data = {**entry.data, CONF_TOKEN: "oat_of_another_life"}
    hass.config_entries.async_update_entry(entry, data=data)

    await hass.config_entries.async_setup(entry.entry_id)

    assert entry.state is ConfigEntryState.LOADED
    assert entry.data[CONF_TOKEN] in simulator.world.tokens
    await hass.config_entries.async_unload(entry.entry_id)


async def _by_losing_the_connection(bench: Bench) -> None:
    bench.proxy.cut()


async def _by_answers(bench: Bench) -> None:
    bench.simulator.faults.unauthorized = True


def _delete_user_and_add_another(bench: Bench) -> None:
    _delete_the_user(bench)
    bench.world.add_user("nestmtx", "changed")


def _change_password_and_end_tokens(bench: Bench) -> None:
    _change_the_password(bench)
    _revoke_the_token(bench)


def _nothing(_: Bench) -> None:
    """The server's answers become anonymous, without an end of the connection."""


END_OF_ACCESS = pytest.mark.parametrize(
    ("change", "notice"),
    [
        pytest.param(_delete_user_and_add_another, _by_losing_the_connection, id="user_deleted"),
        pytest.param(
            _change_password_and_end_tokens, _by_losing_the_connection, id="password_changed"
        ),
        pytest.param(_change_the_password, _by_answers, id="every_request_unauthorized"),
    ],
)


@END_OF_ACCESS
async def test_losing_all_access_makes_entities_unavailable_and_starts_reauthentication(
    bench: Bench, change: Callable[[Bench], None], notice: Callable[[Bench], Awaitable[None]]
) -> None:
    change(bench)
    await notice(bench)

    await bench.until_unavailable()
    await bench.until(lambda: bench.flows == [SOURCE_REAUTH])

    assert bench.connection == STATE_OFF
    assert bench.simulator.logins <= 3


@END_OF_ACCESS
async def test_a_new_password_brings_everything_back(
    bench: Bench, change: Callable[[Bench], None], notice: Callable[[Bench], Awaitable[None]]
) -> None:
    change(bench)
    await notice(bench)
    await bench.until(lambda: bench.flows == [SOURCE_REAUTH])
    await bench.change_server()
    bench.simulator.faults.unauthorized = False

    flow = bench.hass.config_entries.flow.async_progress_by_handler(DOMAIN)[0]
    await bench.hass.config_entries.flow.async_configure(
        flow["flow_id"], {CONF_USERNAME: "nestmtx", CONF_PASSWORD: "changed"}
    )
    await bench.until_true()

    assert bench.entry.state is ConfigEntryState.LOADED
    assert bench.flows == []


@pytest.mark.parametrize("quirks", [BY_THE_PAGE], ids=["by_the_page"])
async def test_a_refused_connection_is_restored_by_a_login(bench: Bench) -> None:
    _revoke_the_token(bench)
    bench.proxy.cut()

    await bench.until_back()
    await bench.change_server()
    await bench.until_true()

    assert bench.simulator.logins == 2
    bench.assert_kept()


@pytest.mark.parametrize("quirks", [BY_THE_PAGE], ids=["by_the_page"])
@pytest.mark.parametrize(
    "change",
    [
        pytest.param(_delete_the_user, id="user_deleted"),
        pytest.param(_withdraw_the_right_to_log_in, id="can_login_withdrawn"),
    ],
)
async def test_a_server_that_refuses_login_and_connection_starts_reauthentication(
    bench: Bench, change: Callable[[Bench], None]
) -> None:
    change(bench)
    _revoke_the_token(bench)
    bench.proxy.cut()

    await bench.until(lambda: bench.flows == [SOURCE_REAUTH])
    await bench.until_unavailable()

    assert bench.connection == STATE_OFF


async def test_a_temporarily_refused_login_needs_no_user(bench: Bench) -> None:
    """A server that is up before its database refuses every login."""
    _change_password_and_end_tokens(bench)
    bench.proxy.cut()
    await bench.until(lambda: bench.flows == [SOURCE_REAUTH])
    await bench.until_unavailable()

    user = next(user for user in bench.world.users.values() if user.username == "nestmtx")
    user.password = "nestmtx"
    await bench.until(lambda: bench.connection == STATE_ON)
    await bench.until_true()

    assert bench.flows == []


async def test_setup_while_logins_are_temporarily_refused_needs_no_user(
    hass: HomeAssistant, entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    user = next(user for user in simulator.world.users.values() if user.username == "nestmtx")
    user.password = "changed"
    await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY

    user.password = "nestmtx"
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(minutes=1))
    await until(lambda: entry.state is ConfigEntryState.LOADED)

    assert hass.config_entries.flow.async_progress_by_handler(DOMAIN) == []
    await hass.config_entries.async_unload(entry.entry_id)


async def test_tokens_that_die_with_their_connection_are_not_written_again_and_again(
    bench: Bench,
) -> None:
    written: list[str] = []

    async def count(_: HomeAssistant, entry: ConfigEntry) -> None:
        written.append(entry.data[CONF_TOKEN])

    bench.entry.add_update_listener(count)

    for logins in range(2, 8):
        _revoke_the_token(bench)
        bench.proxy.cut()
        await bench.until(lambda logins=logins: bench.simulator.logins >= logins)
        await bench.until(lambda: bench.connection == STATE_ON)

    assert len(written) <= 3
    await bench.hass.config_entries.async_unload(bench.entry.entry_id)
    assert bench.entry.data[CONF_TOKEN] in bench.world.tokens, "the newest one is kept in the end"


async def test_a_token_written_by_a_flow_is_not_replaced_on_unload(bench: Bench) -> None:
    for logins in range(2, 7):
        _revoke_the_token(bench)
        bench.proxy.cut()
        await bench.until(lambda logins=logins: bench.simulator.logins >= logins)
        await bench.until(lambda: bench.connection == STATE_ON)

    data = {**bench.entry.data, CONF_TOKEN: "oat_of_another_server"}
    bench.hass.config_entries.async_update_entry(bench.entry, data=data)
    await bench.hass.config_entries.async_unload(bench.entry.entry_id)

    assert bench.entry.data[CONF_TOKEN] == "oat_of_another_server"


async def test_an_unavailable_login_is_no_wrong_password(bench: Bench) -> None:
    _revoke_the_token(bench)
    bench.simulator.faults.http_status = 503
    bench.simulator.faults.http_body = "<html>Service Unavailable</html>"
    bench.proxy.cut()

    await bench.until_unavailable()
    bench.simulator.faults.http_status = None
    await bench.until(lambda: bench.connection == STATE_ON)
    await bench.until_true()

    bench.assert_kept()
    bench.assert_lost_and_found_logged()
