"""Setup, a lost server, and unloading."""

import asyncio
import logging

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.const import (
    CONF_PASSWORD,
    CONF_TOKEN,
    EVENT_HOMEASSISTANT_STOP,
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import (
    device_registry as dr,
)
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.nestmtx.const import DOMAIN
from tests.conftest import Until
from tests.simulator import Simulator

pytestmark = pytest.mark.usefixtures("expected_enabled")

CONNECTION = "binary_sensor.127_0_0_1_connection"
FRONT = "camera.front_yard_front_yard_cam"
FRONT_READY = "binary_sensor.front_yard_front_yard_cam_stream_ready"
FRONT_STATUS = "sensor.front_yard_front_yard_cam_status"
HOME_AUTHORIZATION = "sensor.home_account_authorization"


def _state(hass: HomeAssistant, entity_id: str) -> str | None:
    state = hass.states.get(entity_id)
    return state.state if state else None


def _device(hass: HomeAssistant, entry: MockConfigEntry, name: str) -> dr.DeviceEntry | None:
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    return next((device for device in devices if device.name == name), None)


# Setup


async def test_an_entry_is_set_up_with_its_devices(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    assert loaded_entry.state is ConfigEntryState.LOADED
    server = _device(hass, loaded_entry, simulator.host)
    camera = _device(hass, loaded_entry, "Front Yard Cam")
    credential = _device(hass, loaded_entry, "Home account")
    assert server is not None and camera is not None and credential is not None
    assert server.sw_version == "v1.1.1 (MediaMTX 1.9.0)"
    assert (camera.manufacturer, camera.model) == ("Google Nest", "Nest Cam (legacy)")
    assert camera.via_device_id == credential.via_device_id == server.id
    assert camera.area_id == "front_yard"


async def test_the_token_is_kept_so_that_the_next_set_up_needs_no_login(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    assert loaded_entry.data[CONF_TOKEN].startswith("oat_")

    await hass.config_entries.async_reload(loaded_entry.entry_id)

    assert loaded_entry.state is ConfigEntryState.LOADED
    assert simulator.logins == 1


async def test_a_server_that_is_down_is_tried_again(
    hass: HomeAssistant, entry: MockConfigEntry, simulator: Simulator
) -> None:
    await simulator.kill()

    await hass.config_entries.async_setup(entry.entry_id)

    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "cannot_connect"


async def test_a_wrong_password_starts_reauthentication(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    data = {**entry.data, CONF_PASSWORD: "wrong"}
    hass.config_entries.async_update_entry(entry, data=data)

    await hass.config_entries.async_setup(entry.entry_id)

    # Setup is also retried, as after a power cut the server may be up before its database.
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "invalid_auth"
    flows = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert [flow["context"]["source"] for flow in flows] == [SOURCE_REAUTH]


async def test_an_answer_that_is_not_understood_is_tried_again(
    hass: HomeAssistant, entry: MockConfigEntry, simulator: Simulator
) -> None:
    simulator.faults.answers["cameras", "list"] = "nonsense"

    await hass.config_entries.async_setup(entry.entry_id)

    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "unexpected_answer"


# A lost server


async def test_a_killed_server_makes_entities_unavailable_and_its_restart_brings_them_back(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await simulator.set_ready(1, True)
    await until(lambda: _state(hass, FRONT_READY) == STATE_ON)

    await simulator.kill()
    await until(lambda: _state(hass, FRONT_READY) == STATE_UNAVAILABLE)
    assert _state(hass, CONNECTION) == STATE_OFF
    assert _state(hass, FRONT) == STATE_UNAVAILABLE
    assert _state(hass, HOME_AUTHORIZATION) == STATE_UNAVAILABLE

    await simulator.set_ready(1, False)
    await simulator.start()
    await until(lambda: _state(hass, CONNECTION) == STATE_ON)
    await until(lambda: _state(hass, FRONT_READY) == STATE_OFF)
    assert _state(hass, FRONT) == "idle"
    assert _state(hass, FRONT_STATUS) == "dead"
    assert _state(hass, HOME_AUTHORIZATION) == "authenticated"
    assert loaded_entry.state is ConfigEntryState.LOADED

    lines = [
        record.getMessage()
        for record in caplog.records
        if record.name == "custom_components.nestmtx" and record.levelname == "INFO"
    ]
    assert lines == ["Lost connection to 127.0.0.1", "Reconnected to 127.0.0.1"]


async def test_a_short_loss_shows_in_the_connection_only(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await until(lambda: _state(hass, "sensor.127_0_0_1_health") == "healthy")
    seen: set[str] = set()
    hass.bus.async_listen(
        "state_changed",
        # An entity that leaves has no new state.
        callback(
            lambda event: (
                seen.add(f"{event.data['entity_id']} {event.data['new_state'].state}")
                if event.data["new_state"]
                else None
            )
        ),
    )

    await simulator.disconnect_all()
    await until(lambda: f"{CONNECTION} {STATE_OFF}" in seen)
    await until(lambda: f"{CONNECTION} {STATE_ON}" in seen)

    assert seen == {f"{CONNECTION} {STATE_OFF}", f"{CONNECTION} {STATE_ON}"}


async def test_a_password_that_no_longer_works_starts_reauthentication(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    simulator.world.users[1].password = "changed"
    simulator.world.revoke_tokens("nestmtx")
    await simulator.disconnect_all()

    await until(lambda: bool(hass.config_entries.flow.async_progress_by_handler(DOMAIN)))
    await until(lambda: _state(hass, FRONT_READY) == STATE_UNAVAILABLE)


async def test_a_server_that_was_updated_shows_its_new_version(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    simulator.faults.answers["version", "list"] = {"release": "v1.2.0"}

    await simulator.disconnect_all()

    def version() -> str | None:
        device = _device(hass, loaded_entry, simulator.host)
        return device.sw_version if device else None

    await until(lambda: version() == "v1.2.0")


async def test_no_secret_reaches_the_log(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    simulator.world.users[1].password = "p4ssw0rd"
    data = {**entry.data, CONF_PASSWORD: "p4ssw0rd", CONF_TOKEN: "oat_stopped"}
    hass.config_entries.async_update_entry(entry, data=data)

    await hass.config_entries.async_setup(entry.entry_id)
    await simulator.disconnect_all()
    await until(lambda: _state(hass, CONNECTION) == STATE_OFF)
    await until(lambda: _state(hass, CONNECTION) == STATE_ON)
    token = entry.data[CONF_TOKEN]
    simulator.world.users[1].password = "changed"
    simulator.world.revoke_tokens("nestmtx")
    await simulator.disconnect_all()
    await until(lambda: bool(hass.config_entries.flow.async_progress_by_handler(DOMAIN)))

    ours = "\n".join(
        record.getMessage() for record in caplog.records if "simulator" not in record.pathname
    )
    rows = simulator.world.credentials.values()
    secrets = [secret for row in rows for secret in (row.oauth_client_id, row.oauth_client_secret)]
    for secret in ("p4ssw0rd", "oat_stopped", token, *secrets):
        assert secret not in ours
    await hass.config_entries.async_unload(entry.entry_id)


# Unloading


async def test_unloading_ends_the_session(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    assert simulator.connections == 1

    await hass.config_entries.async_unload(loaded_entry.entry_id)

    await until(lambda: simulator.connections == 0)
    assert _state(hass, FRONT_READY) == STATE_UNAVAILABLE


async def test_the_stop_of_home_assistant_ends_the_session(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)

    await until(lambda: simulator.connections == 0)


async def test_unloading_while_the_connection_is_lost_is_quick(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await simulator.kill()
    await until(lambda: _state(hass, CONNECTION) == STATE_OFF)

    async with asyncio.timeout(1):
        assert await hass.config_entries.async_unload(loaded_entry.entry_id)


async def test_asking_for_an_update_does_not_disturb_the_session(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    await async_setup_component(hass, "homeassistant", {})
    simulator.requests.clear()

    await hass.services.async_call(
        "homeassistant", "update_entity", {"entity_id": FRONT_READY}, blocking=True
    )

    assert _state(hass, FRONT_READY) == STATE_OFF
    assert simulator.connections == 1


async def test_asking_for_an_update_does_not_end_an_outage(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await async_setup_component(hass, "homeassistant", {})
    await simulator.kill()
    await until(lambda: _state(hass, FRONT_READY) == STATE_UNAVAILABLE)

    await hass.services.async_call(
        "homeassistant", "update_entity", {"entity_id": FRONT_READY}, blocking=True
    )

    assert _state(hass, FRONT_READY) == STATE_UNAVAILABLE
