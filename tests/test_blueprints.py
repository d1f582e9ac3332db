"""The blueprints, instantiated as users do, and what their automations do."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
import shutil
import time
from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service

from custom_components.nestmtx.const import DOMAIN
from tests.conftest import ROOT, Until
from tests.simulator import Simulator, World
from tests.simulator.faults import Trouble
from tests.simulator.scenario import recorded

pytestmark = pytest.mark.usefixtures("all_enabled")

BLUEPRINTS = ROOT / "blueprints" / "automation" / DOMAIN
NAMES = {
    "notify_authorization",
    "notify_with_picture",
    "persistent_while_home",
    "restart_stream",
}
FRONT = "front_yard_front_yard_cam"
CAMERA = f"camera.{FRONT}"
PROBLEM = "binary_sensor.home_account_problem"
PICTURE = {
    "camera": CAMERA,
    "watched": f"binary_sensor.{FRONT}_watched",
    "take_picture": f"button.{FRONT}_take_picture",
    "notify_action": "notify.phone",
}
RESTART = {
    "camera": CAMERA,
    "requested": f"binary_sensor.{FRONT}_requested",
    "authorization_expires": f"sensor.{FRONT}_authorization_expires",
    "restart_stream": f"button.{FRONT}_restart_stream",
    "pause": {"milliseconds": 100},
}

type Instantiate = Callable[..., Awaitable[None]]


@pytest.fixture
def world() -> World:
    """One camera is enough."""
    return recorded(1)


@pytest.fixture
def instantiate(hass: HomeAssistant, loaded_entry: MockConfigEntry) -> Instantiate:
    """Make an automation of a blueprint."""

    async def instantiate(name: str, **inputs: Any) -> None:
        folder = Path(hass.config.path("blueprints", "automation", DOMAIN))
        await hass.async_add_executor_job(shutil.copytree, BLUEPRINTS, folder)
        automation = {"use_blueprint": {"path": f"{DOMAIN}/{name}.yaml", "input": inputs}}
        assert await async_setup_component(hass, "automation", {"automation": [automation]})
        await hass.async_block_till_done()
        assert [state.state for state in hass.states.async_all("automation")] == ["on"]

    return instantiate


@pytest.fixture
def notified(hass: HomeAssistant) -> list[ServiceCall]:
    """What is notified."""
    return async_mock_service(hass, "notify", "phone")


def test_every_blueprint_is_tried() -> None:
    assert {path.stem for path in BLUEPRINTS.glob("*.yaml")} == NAMES


async def test_a_picture_is_taken_before_somebody_is_notified(
    hass: HomeAssistant,
    simulator: Simulator,
    until: Until,
    instantiate: Instantiate,
    notified: list[ServiceCall],
) -> None:
    await instantiate("notify_with_picture", **PICTURE)
    pressed = hass.states.get(PICTURE["take_picture"]).state

    await simulator.open_reader(1)
    await until(lambda: notified != [])

    [call] = notified
    assert call.data["title"] == "Front Yard Cam"
    assert call.data["message"] == "The camera is streaming."
    assert call.data["data"] == {"image": f"/api/camera_proxy/{CAMERA}"}
    assert hass.states.get(PICTURE["take_picture"]).state != pressed
    assert hass.states.get(CAMERA).attributes["picture_taken"] is not None


async def test_whoever_wants_to_know_of_viewers_only_is_told_of_viewers_only(
    simulator: Simulator, until: Until, instantiate: Instantiate, notified: list[ServiceCall]
) -> None:
    await instantiate("notify_with_picture", **PICTURE, events=["watched"])

    await simulator.open_reader(1)
    await until(lambda: notified != [])

    assert [call.data["message"] for call in notified] == ["Somebody watches the camera."]


async def test_a_credential_that_needs_authorization_is_told_with_a_link(
    simulator: Simulator, until: Until, instantiate: Instantiate, notified: list[ServiceCall]
) -> None:
    await instantiate("notify_authorization", credentials=[PROBLEM], notify_action="notify.phone")

    await simulator.set_tokens(1, present=False, event="unauthenticated")
    await until(lambda: notified != [])

    assert notified[0].data["message"].startswith("Home account: Google no longer")
    assert notified[0].data["data"]["url"] == "/config/repairs"


def _restarts(simulator: Simulator) -> int:
    actions = [each["payload"] for each in simulator.requests if each["module"] == "htop"]
    return actions.count({"action": "stop"})


@pytest.mark.parametrize("has_video", [True, False])
async def test_a_stream_without_video_is_restarted(
    hass: HomeAssistant,
    simulator: Simulator,
    until: Until,
    instantiate: Instantiate,
    has_video: bool,
) -> None:
    await instantiate("restart_stream", **RESTART, patience={"milliseconds": 1500})
    await simulator.open_reader(1)
    await until(lambda: hass.states.get(RESTART["requested"]).state == "on")
    if not has_video:
        hass.states.async_set(RESTART["authorization_expires"], "unknown")
        simulator.world.cameras[1].expires_at = None

    automation = hass.states.async_all("automation")[0].entity_id
    await asyncio.sleep(2.5)

    assert (hass.states.get(automation).attributes["last_triggered"] is None) == has_video
    assert (_restarts(simulator) == 0) == has_video


async def test_a_stream_that_stalls_is_restarted(
    simulator: Simulator, until: Until, instantiate: Instantiate
) -> None:
    await instantiate("restart_stream", **RESTART)
    await simulator.open_reader(1)
    await until(lambda: simulator.world.cameras[1].stream.ready)

    simulator.world.cameras[1].trouble = Trouble(stalled_since=time.time())

    await until(lambda: _restarts(simulator) == 1)


async def test_a_stream_that_breaks_off_is_restarted(
    hass: HomeAssistant, simulator: Simulator, until: Until, instantiate: Instantiate
) -> None:
    await instantiate("restart_stream", **RESTART)
    await simulator.open_reader(1)
    await until(lambda: hass.states.get(CAMERA).state == "streaming")

    await simulator.fire("camera", "notReady", 1)

    await until(lambda: _restarts(simulator) == 1)


async def test_a_camera_is_persistent_while_somebody_is_home(
    hass: HomeAssistant, simulator: Simulator, until: Until, instantiate: Instantiate
) -> None:
    hass.states.async_set("zone.home", "0")
    await instantiate("persistent_while_home", persistent=[f"switch.{FRONT}_persistent"])

    hass.states.async_set("zone.home", "1")
    await until(lambda: simulator.world.cameras[1].persistent)

    hass.states.async_set("zone.home", "0")
    await until(lambda: not simulator.world.cameras[1].persistent)
