"""Secrets are planted everywhere, and all output is searched for them."""

import base64
from collections.abc import Generator
import json
import logging
from pathlib import Path
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import get_system_health_info
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)
import voluptuous as vol

from custom_components.nestmtx.client import Timings
from custom_components.nestmtx.const import DOMAIN
from tests.conftest import Until
from tests.leaks import Places
from tests.simulator import Simulator, World
from tests.simulator.rows import credential_row
from tests.simulator.scenario import recorded

pytestmark = pytest.mark.usefixtures("all_enabled")

PASSWORD = "S3CRET-password"
SECRETS = {
    "oauth_client_id": "S3CRET-client.apps.googleusercontent.com",
    "oauth_client_secret": "S3CRET-client-secret",
    "dac_project_id": "S3CRET-project",
    "tokens": '{"access_token": "S3CRET-access", "refresh_token": "S3CRET-refresh"}',
}
NEW_USER = {"username": "kitchen", "password": "S3CRET-of-a-caller", "can_login": True}
CONTEXT = {"payload": {"password": "S3CRET-context"}, "user": {"token": "S3CRET-context-token"}}
MESSAGES = (
    "Got request from x with payload: { password: 'S3CRET-logged' }",
    'POST /api/auth {"username":"ha","password":"S3CRET-logged"}',
    "Error: request failed: { headers: { Authorization: 'Bearer S3CRET-logged' } }",
    "cannot extend enterprises/S3CRET-project/devices/1 with oat_S3CRET.logged",
)
FORM = {"ssl": False, "verify_ssl": True, "username": "nestmtx"}


@pytest.fixture
def world() -> World:
    """A server full of secrets."""
    world = recorded()
    world.users[1].password = PASSWORD
    for credential in world.credentials.values():
        project = credential.dac_project_id
        for name, secret in SECRETS.items():
            setattr(credential, name, secret)
        for camera in world.cameras.values():
            if camera.credential_id == credential.id:
                camera.uid = camera.uid.replace(project, SECRETS["dac_project_id"])
                camera.info = json.loads(
                    json.dumps(camera.info).replace(project, SECRETS["dac_project_id"])
                )
    return world


@pytest.fixture(autouse=True)
def _debug(caplog: pytest.LogCaptureFixture) -> Generator[None]:
    """Set all loggers to debug."""
    with patch.object(logging.getLogger("homeassistant.core"), "disabled", new=False):
        caplog.set_level(logging.DEBUG)
        for name in ("socketio", "engineio", "aiohttp", "custom_components.nestmtx"):
            caplog.set_level(logging.DEBUG, name)
        yield


class Life:
    """The life of an entry, driven like by the frontend; all output is collected."""

    def __init__(
        self, hass: HomeAssistant, simulator: Simulator, places: Places, until: Until, client: Any
    ) -> None:
        self.hass, self.simulator, self.places, self.until = hass, simulator, places, until
        self._client = client

    @property
    def entry(self) -> ConfigEntry:
        """The added entry."""
        return self.hass.config_entries.async_entries(DOMAIN)[0]

    async def get(self, path: str) -> None:
        """Fetch something like the frontend."""
        answer = await self._client.get(path)
        assert answer.status == 200, path
        self.places.add("answers over HTTP", await answer.text())

    async def post(self, path: str, data: dict[str, Any]) -> dict[str, Any]:
        """Send something like the frontend, such as a form of a flow."""
        answer = await self._client.post(path, json=data)
        text = await answer.text()
        assert answer.status == 200, text
        self.places.add("answers over HTTP", text)
        await self.hass.async_block_till_done()
        result: dict[str, Any] = json.loads(text)
        return result

    async def call(self, command: str, module: str, **data: Any) -> None:
        """Call an action, and collect its response or error."""
        try:
            answer = await self.hass.services.async_call(
                DOMAIN, command, {"module": module, **data}, blocking=True, return_response=True
            )
        except (HomeAssistantError, vol.Invalid) as err:
            self.places.add_error(err)
        else:
            self.places.add("answers of actions", answer)

    async def add(self) -> None:
        """Add the entry: once with a wrong password, then with the right one."""
        flows = "/api/config/config_entries/flow"
        address = {"host": self.simulator.host, "port": self.simulator.port, **FORM}
        begun = await self.post(flows, {"handler": DOMAIN})
        flow = f"{flows}/{begun['flow_id']}"
        wrong = await self.post(flow, {**address, "password": "S3CRET-wrong"})
        assert wrong["errors"] == {"base": "invalid_auth"}
        added = await self.post(flow, {**address, "password": PASSWORD})
        assert added["type"] == "create_entry"
        options = "/api/config/config_entries/options/flow"
        begun = await self.post(options, {"handler": self.entry.entry_id})
        await self.post(
            f"{options}/{begun['flow_id']}",
            {"web_rtc": False, "stills": "running", "log_level": "debug"},
        )
        assert self.entry.state is ConfigEntryState.LOADED

    async def act(self) -> None:
        """Call every action on every module, some with invalid data."""
        for module in ("cameras", "credentials", "users", "cronjobs", "htop", "swagger", "auth"):
            await self.call("list", module)
            await self.call("read", module, entity="1")
            await self.call("delete", module, entity="99")
        credential = {name: f"{secret}-new" for name, secret in SECRETS.items() if name != "tokens"}
        await self.call("create", "credentials", payload={**credential, "description": "Garden"})
        await self.call("create", "credentials", payload={**credential, "description": 7})
        await self.call("update", "credentials", entity="1", payload={"origin": "https://x.local"})
        self.simulator.world.credentials[2].tokens = None
        await self.call("update", "credentials", entity="2", payload={"origin": "https://x.local"})
        query = {
            "state": base64.b64encode(b'{"id": 2}').decode(),
            "code": "S3CRET-code",
            "scope": "x",
            "prompt": "consent",
            "origin": "https://x.local",
        }
        entity = base64.b64encode(json.dumps(query).encode()).decode()
        await self.call("read", "credentials", entity=entity)
        await self.call("create", "users", payload=NEW_USER)
        await self.call("create", "users", payload=NEW_USER)
        await self.call("create", "users", payload={**NEW_USER, "can_login": "S3CRET-of-a-caller"})
        await self.call("update", "users", entity="2", payload={"password": "S3CRET-of-a-caller"})
        await self.call("create", "auth", payload={"username": "nestmtx", "password": PASSWORD})
        await self.call("update", "cameras", entity="1", payload={"is_persistent": True})

    async def err(self) -> None:
        """Make the server fail in every way that repeats the request."""
        message = "bad password S3CRET-of-a-caller"
        error = {"message": message, "details": [{"message": message, "context": CONTEXT}]}
        answers = self.simulator.faults.answers
        answers["users", "create"] = {"error": {**error, "context": CONTEXT}}
        answers["users", "update"] = {"result": {"password": "S3CRET-x", "token": "S3CRET-x"}}
        answers["users", "list"] = {"items": [{"id": 1, "bearer": "S3CRET-x"}], "total": 1}
        await self.call("create", "users", payload=NEW_USER)
        await self.call("update", "users", entity="1", payload={"password": "S3CRET-of-a-caller"})
        await self.call("list", "users")
        self.simulator.faults.unanswered.add(("users", "delete"))
        await self.call("delete", "users", entity="2")
        answers.clear()
        failure = {"message": "Invalid Request", "details": [{"message": "x", **CONTEXT}]}
        await self.simulator.emit("failure", failure)

    async def expose(self) -> None:
        """Make the server expose secrets."""
        for level in ("debug", "info", "warning", "error"):
            for message in MESSAGES:
                await self.simulator.log(level, message, "http")
        headers = {"Authorization": "Bearer S3CRET-x"}
        dump = {"message": "invalid_grant", "config": {"headers": headers}, "context": CONTEXT}
        for event in ("demand", "ready", "read", "failed-extension", "unread", "notReady"):
            details = {"query": "token=S3CRET-viewer", "readerId": "r", "error": dump}
            await self.simulator.fire("camera", event, 1, details)
        await self.simulator.fire("credentials", "unauthenticated", 1, {"error": dump})
        activity = "event.front_yard_front_yard_cam_activity"
        await self.until(
            lambda: self.hass.states.get(activity).attributes["event_type"] == "not_ready"
        )

    async def lose_access(self) -> None:
        """Make the server refuse the login, until the password is entered again."""
        world = self.simulator.world
        world.users[1].password = f"{PASSWORD}-2"
        world.revoke_tokens("nestmtx")
        await self.simulator.disconnect_all()
        await self.until(lambda: self.hass.config_entries.flow.async_progress() != [])
        [progress] = self.hass.config_entries.flow.async_progress()
        self.places.add("flows in progress", progress)
        flow = f"/api/config/config_entries/flow/{progress['flow_id']}"
        await self.get(flow)
        await self.post(flow, {"username": "nestmtx", "password": f"{PASSWORD}-wrong"})
        done = await self.post(flow, {"username": "nestmtx", "password": f"{PASSWORD}-2"})
        assert done["reason"] == "reauth_successful"

    async def repair(self) -> None:
        """Create the issue of the default account, and repair it."""
        world = self.simulator.world
        world.users[1].password = "nestmtx"
        self.hass.config_entries.async_update_entry(
            self.entry, data={**self.entry.data, "password": "nestmtx"}
        )
        await self.hass.config_entries.async_reload(self.entry.entry_id)
        issue_id = f"default_account_{self.entry.entry_id}"
        self.places.add("issues", repr(ir.async_get(self.hass).async_get_issue(DOMAIN, issue_id)))
        fixes = "/api/repairs/issues/fix"
        begun = await self.post(fixes, {"handler": DOMAIN, "issue_id": issue_id})
        new = {"password": f"{PASSWORD}-3", "repetition": f"{PASSWORD}-3"}
        done = await self.post(f"{fixes}/{begun['flow_id']}", new)
        assert done["type"] == "create_entry"


async def _look_around(life: Life, websocket: Any) -> None:
    """Collect the data for the frontend and the diagnostics."""
    hass, places = life.hass, life.places
    for command in (
        "get_states",
        "config/device_registry/list",
        "config/entity_registry/list",
        "config_entries/get",
        "config_entries/flow/progress",
        "repairs/list_issues",
        "get_services",
        "manifest/list",
        "system_log/list",
    ):
        await websocket.send_json_auto_id({"type": command})
        places.add("answers over the websocket", json.dumps(await websocket.receive_json()))
    await life.get(f"/api/diagnostics/config_entry/{life.entry.entry_id}")
    for device in hass.data["device_registry"].devices:
        await life.get(f"/api/diagnostics/config_entry/{life.entry.entry_id}/device/{device.id}")
    places.add("system health", await get_system_health_info(hass, DOMAIN))
    places.add("states", *(state.as_dict() for state in hass.states.async_all()))
    places.add("values", life.entry.runtime_data.coordinator.data, life.entry)
    places.add_registries()


@pytest.mark.usefixtures("all_enabled")
async def test_no_secret_is_exposed_in_an_entrys_whole_life(
    hass: HomeAssistant,
    simulator: Simulator,
    short_times: Timings,
    until: Until,
    hass_client: ClientSessionGenerator,
    hass_ws_client: WebSocketGenerator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    places = Places(hass)
    # Unlike Home Assistant itself, a test's client freezes the routes.
    for component in (
        DOMAIN,
        "config",
        "diagnostics",
        "repairs",
        "system_health",
        "system_log",
        "websocket_api",
    ):
        assert await async_setup_component(hass, component, {}), component
    life = Life(hass, simulator, places, until, await hass_client())
    websocket = await hass_ws_client(hass)

    await life.add()
    await life.act()
    await life.err()
    await life.expose()
    await _look_around(life, websocket)
    await life.lose_access()
    await life.repair()
    await _look_around(life, websocket)
    entry = life.entry
    rows = [credential_row(each) for each in simulator.world.credentials.values()]
    tokens = {*simulator.world.tokens, entry.data["token"]}
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    places.add_log(caplog.records)
    await hass.async_add_executor_job(places.add_files, Path(hass.config.config_dir))

    ciphers = {str(row[name]) for row in rows for name in SECRETS if row[name]}
    assert places.found({"S3CRET", *tokens, *ciphers}) == {}
    searched = {place: len(texts) for place, texts in places.texts.items()}
    print(f"{sum(searched.values())} places were searched:", searched)  # noqa: T201
    assert min(searched.values()) > 0
    assert searched.keys() == {
        "answers of actions",
        "answers over HTTP",
        "answers over the websocket",
        "devices",
        "entities",
        "events of the bus",
        "exceptions",
        "files",
        "flows in progress",
        "issues",
        "log records",
        "sentences",
        "states",
        "system health",
        "values",
    }
