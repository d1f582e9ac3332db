"""Repairs: a default account, a server without video, and orphaned streams."""

from collections.abc import Generator
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.nestmtx.client import Camera, CameraStatus
from custom_components.nestmtx.const import DOMAIN
from custom_components.nestmtx.issues import is_orphaned
from tests.simulator import Simulator

from .repairing import Flow

ISSUE = "default_account_01NESTMTX"
NO_VIDEO = "no_video_protocol_01NESTMTX"
NEW = "correct horse"


def _issue(hass: HomeAssistant) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, ISSUE)


@pytest.fixture
def flow(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> Flow:
    """The repair flow, not started yet."""
    return Flow(hass, hass_client, ISSUE)


async def test_a_default_account_is_an_issue(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    issue = _issue(hass)

    assert issue is not None
    assert issue.is_fixable
    assert issue.translation_placeholders == {"host": "127.0.0.1"}


@pytest.mark.parametrize("account", [("nestmtx", "another one"), ("ha", "nestmtx")])
async def test_another_account_is_no_issue(
    hass: HomeAssistant, entry: MockConfigEntry, simulator: Simulator, account: tuple[str, str]
) -> None:
    username, password = account
    simulator.world.users[1].password = "another one"
    simulator.world.add_user("ha", "nestmtx")
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_USERNAME: username, CONF_PASSWORD: password}
    )

    await hass.config_entries.async_setup(entry.entry_id)

    assert entry.state is ConfigEntryState.LOADED
    assert _issue(hass) is None


async def test_an_unloaded_entry_has_no_issues(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    await hass.config_entries.async_unload(loaded_entry.entry_id)

    assert _issue(hass) is None


async def test_a_new_password_is_set_on_the_server_and_kept(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, flow: Flow
) -> None:
    assert (await flow.begin())["step_id"] == "password"

    result = await flow.submit(password=NEW, repetition=NEW)

    assert result["type"] == "create_entry"
    assert simulator.world.users[1].password == NEW
    assert loaded_entry.data[CONF_PASSWORD] == NEW
    assert _issue(hass) is None
    assert loaded_entry.state is ConfigEntryState.LOADED


async def test_the_session_logs_in_with_the_new_password_when_its_token_ends(
    loaded_entry: MockConfigEntry, simulator: Simulator, flow: Flow, hass: HomeAssistant, until: Any
) -> None:
    await flow.begin()
    await flow.submit(password=NEW, repetition=NEW)
    logins = simulator.logins

    simulator.world.revoke_tokens("nestmtx")
    await simulator.disconnect_all()
    await until(lambda: simulator.logins > logins)
    await until(lambda: loaded_entry.runtime_data.coordinator.connected)

    assert hass.config_entries.flow.async_progress() == []


@pytest.mark.parametrize(
    ("password", "repetition", "errors"),
    [
        ("short", "short", {"password": "password_short"}),
        (NEW, "correct house", {"repetition": "passwords_differ"}),
    ],
)
async def test_an_invalid_password_is_an_error_and_changes_nothing(
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    flow: Flow,
    password: str,
    repetition: str,
    errors: dict[str, str],
) -> None:
    await flow.begin()

    result = await flow.submit(password=password, repetition=repetition)

    assert (result["type"], result["errors"]) == ("form", errors)
    assert simulator.world.users[1].password == "nestmtx"
    assert (await flow.submit(password=NEW, repetition=NEW))["type"] == "create_entry"


async def test_a_refused_password_is_an_error_and_is_not_stored(
    loaded_entry: MockConfigEntry, simulator: Simulator, flow: Flow
) -> None:
    simulator.faults.answers["users", "update"] = {"error": {"message": f"bad {NEW}"}}
    await flow.begin()

    result = await flow.submit(password=NEW, repetition=NEW)

    assert result["errors"] == {"base": "not_changed"}
    assert loaded_entry.data[CONF_PASSWORD] == "nestmtx"
    assert NEW not in str(result)


async def test_a_deleted_user_is_an_error(
    loaded_entry: MockConfigEntry, simulator: Simulator, flow: Flow
) -> None:
    await flow.begin()
    simulator.faults.answers["users", "list"] = {"items": [], "total": 0}

    assert (await flow.submit(password=NEW, repetition=NEW))["errors"] == {"base": "user_gone"}


async def test_an_unavailable_server_is_an_error(
    loaded_entry: MockConfigEntry, simulator: Simulator, flow: Flow
) -> None:
    await flow.begin()
    await simulator.kill()

    assert (await flow.submit(password=NEW, repetition=NEW))["errors"] == {"base": "cannot_connect"}


async def test_unloading_the_entry_aborts_the_flow(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, flow: Flow
) -> None:
    await flow.begin()
    await hass.config_entries.async_unload(loaded_entry.entry_id)

    result = await flow.submit(password=NEW, repetition=NEW)

    assert (result["type"], result["reason"]) == ("abort", "not_loaded")


async def test_a_server_without_video_is_an_issue_until_it_offers_video(
    hass: HomeAssistant, entry: MockConfigEntry, simulator: Simulator, until: Any
) -> None:
    protocols, simulator.world.protocols = simulator.world.protocols, set()
    issues = ir.async_get(hass)

    await hass.config_entries.async_setup(entry.entry_id)
    issue = issues.async_get_issue(DOMAIN, NO_VIDEO)
    assert issue is not None
    assert not issue.is_fixable

    simulator.world.protocols = protocols
    await until(lambda: issues.async_get_issue(DOMAIN, NO_VIDEO) is None)


async def test_a_server_without_configured_cameras_is_no_issue(
    hass: HomeAssistant, entry: MockConfigEntry, simulator: Simulator
) -> None:
    simulator.world.protocols = set()
    for camera in simulator.world.cameras.values():
        camera.path, camera.enabled = None, False

    await hass.config_entries.async_setup(entry.entry_id)

    assert ir.async_get(hass).async_get_issue(DOMAIN, NO_VIDEO) is None


# Orphaned streams


@pytest.fixture
def soon() -> Generator[None]:
    """Recognize orphaned streams sooner, as lists come every second here."""
    with patch("custom_components.nestmtx.issues.ORPHAN_AFTER", 1.5):
        yield


def _orphan(hass: HomeAssistant, simulator: Simulator) -> ir.IssueEntry | None:
    issue_id = f"orphaned_stream_01NESTMTX_{simulator.world.cameras[1].checksum}"
    return ir.async_get(hass).async_get_issue(DOMAIN, issue_id)


@pytest.mark.usefixtures("soon")
async def test_an_orphaned_stream_is_an_issue_until_the_server_is_restarted(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Any
) -> None:
    simulator.world.cameras[1].name = "Front [Yard](http://x)"

    await simulator.orphan(1)
    await until(lambda: _orphan(hass, simulator) is not None)

    issue = _orphan(hass, simulator)
    assert issue is not None
    assert issue.severity is ir.IssueSeverity.WARNING
    assert not issue.is_fixable
    assert issue.translation_key == "orphaned_stream"
    assert issue.translation_placeholders == {"host": "127.0.0.1", "name": "Front Yard http: x"}

    await simulator.kill()
    await simulator.start()
    await until(lambda: _orphan(hass, simulator) is None)


@pytest.mark.usefixtures("soon")
async def test_a_stream_orphaned_by_a_restart_is_an_issue(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Any
) -> None:
    await simulator.open_reader(1)

    await simulator.control("mtx-front", "restart")

    await until(lambda: _orphan(hass, simulator) is not None)


async def test_a_stream_that_has_just_ended_is_no_issue(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Any
) -> None:
    await simulator.orphan(1)
    await until(lambda: hass.states.get("camera.front_yard_front_yard_cam").state == "streaming")
    coordinator = loaded_entry.runtime_data.coordinator
    lists: list[None] = []
    stop = coordinator.async_add_resync_listener(lambda: lists.append(None))

    await until(lambda: len(lists) == 3)

    assert _orphan(hass, simulator) is None
    stop()


@pytest.mark.usefixtures("soon")
async def test_an_issue_names_a_camera_without_a_name_by_its_number(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Any
) -> None:
    simulator.world.cameras[1].name = "[]"

    await simulator.orphan(1)
    await until(lambda: _orphan(hass, simulator) is not None)

    issue = _orphan(hass, simulator)
    assert issue is not None
    assert issue.translation_placeholders == {"host": "127.0.0.1", "name": "1"}


SIGNS = Camera(1, ready=True, status=CameraStatus.DEAD)


@pytest.mark.parametrize(
    ("camera", "expected"),
    [
        (SIGNS, True),
        (replace(SIGNS, ready=False), False),
        (replace(SIGNS, process_id=7), False),
        (replace(SIGNS, status=CameraStatus.DISABLED), False),
        (replace(SIGNS, status=None), False),
    ],
)
def test_a_stream_without_a_process_is_orphaned(camera: Camera, *, expected: bool) -> None:
    assert is_orphaned(camera) is expected
