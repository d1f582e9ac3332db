"""The blueprints, instantiated like users do, and their automations."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
import shutil
import time
from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.nestmtx.const import DOMAIN
from tests.conftest import ROOT, Until
from tests.media import media_folder
from tests.phone import Phone, phone
from tests.pictures import taken_at
from tests.simulator import Simulator, World
from tests.simulator.faults import Trouble
from tests.simulator.probe import PATIENCE, until as until_without_waiting
from tests.simulator.scenario import recorded

pytestmark = pytest.mark.usefixtures("all_enabled")

BLUEPRINTS = ROOT / "blueprints" / "automation" / DOMAIN
NAMES = {
    "notify_authorization",
    "notify_with_picture",
    "persistent_while_home",
    "record_clip",
    "restart_stream",
    "someone_at_the_door",
}
FRONT = "front_yard_front_yard_cam"
CAMERA = f"camera.{FRONT}"
PROBLEM = "binary_sensor.home_account_authorization_problem"
BELL = [{"trigger": "event", "event_type": "bell_rang"}]
RESTART = {
    "camera": CAMERA,
    "requested": f"binary_sensor.{FRONT}_stream_requested",
    "authorization_expires": f"sensor.{FRONT}_stream_authorization_expires",
    "restart_stream": f"button.{FRONT}_restart_stream",
    "pause": {"milliseconds": 100},
}

# Pytest finds fixtures by name.
__all__ = ["media_folder", "phone"]

type Instantiate = Callable[..., Awaitable[None]]


@pytest.fixture
def world() -> World:
    """A world with one camera."""
    return recorded(1)


@pytest.fixture
def instantiate(hass: HomeAssistant, loaded_entry: MockConfigEntry) -> Instantiate:
    """Create an automation from a blueprint."""

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
    """The notifications."""
    return async_mock_service(hass, "notify", "phone")


def test_every_blueprint_is_tried() -> None:
    assert {path.stem for path in BLUEPRINTS.glob("*.yaml")} == NAMES


@pytest.fixture
def device_id(hass: HomeAssistant, loaded_entry: MockConfigEntry) -> str:
    """The camera's device, as users select it."""
    return er.async_get(hass).async_get(CAMERA).device_id


async def test_a_notification_is_sent_with_a_new_picture(
    hass: HomeAssistant,
    simulator: Simulator,
    until: Until,
    instantiate: Instantiate,
    phone: Phone,
    device_id: str,
) -> None:
    await instantiate("notify_with_picture", camera=device_id, phone=phone.device_id)

    await simulator.open_reader(1)
    await until(lambda: phone.notifications != [])

    [notified] = phone.notifications
    assert notified["title"] == "Front Yard Cam"
    assert notified["message"] == "The camera is streaming."
    assert notified["data"] == {"image": f"/api/camera_proxy/{CAMERA}"}
    assert taken_at(hass, CAMERA) is not None


async def test_notifications_can_be_limited_to_viewers(
    simulator: Simulator, until: Until, instantiate: Instantiate, phone: Phone, device_id: str
) -> None:
    await instantiate(
        "notify_with_picture", camera=device_id, phone=phone.device_id, events=["watched"]
    )

    await simulator.open_reader(1)
    await until(lambda: phone.notifications != [])

    assert phone.messages == ["Someone is watching the camera."]


async def test_the_doorbell_notifies_at_once_and_adds_a_picture_when_the_camera_is_awake(
    hass: HomeAssistant,
    simulator: Simulator,
    until: Until,
    instantiate: Instantiate,
    phone: Phone,
    device_id: str,
) -> None:
    simulator.world.cameras[1].trouble = Trouble(process_start=0.5)
    await instantiate("someone_at_the_door", bell=BELL, camera=device_id, phone=phone.device_id)

    hass.bus.async_fire("bell_rang")
    # The automation is still running then.
    await until_without_waiting(lambda: len(phone.notifications) == 1)
    was_awake = hass.states.get(CAMERA).state == "streaming"
    await until(lambda: len(phone.notifications) == 2)

    first, second = phone.data
    assert not was_awake
    assert "image" not in first
    assert second["image"] == f"/api/camera_proxy/{CAMERA}"
    assert first["tag"] == second["tag"]
    assert second["url"] == second["clickAction"] == f"/home?more-info-entity-id={CAMERA}"
    assert phone.messages == ["Someone is at the door."] * 2
    assert hass.states.get(CAMERA).attributes["awake_until"] > dt_util.utcnow() + timedelta(
        minutes=4
    )


async def test_the_doorbell_notifies_without_a_picture_if_none_can_be_taken(
    hass: HomeAssistant,
    simulator: Simulator,
    until: Until,
    instantiate: Instantiate,
    phone: Phone,
    device_id: str,
) -> None:
    await instantiate(
        "someone_at_the_door",
        bell=BELL,
        camera=device_id,
        phone=phone.device_id,
        page="/doors",
    )
    await simulator.set_tokens(1, present=False, event="unauthenticated")
    await until(lambda: hass.states.get(PROBLEM).state == "on")

    hass.bus.async_fire("bell_rang")
    await until(lambda: phone.notifications != [])
    await asyncio.sleep(0.5)

    [data] = phone.data
    assert data["url"] == "/doors"


async def test_a_clip_follows_its_picture_and_the_phone_may_load_both(
    hass: HomeAssistant,
    media_folder: Path,
    instantiate: Instantiate,
    phone: Phone,
    device_id: str,
    hass_client: ClientSessionGenerator,
) -> None:
    await instantiate(
        "record_clip", trigger=BELL, camera=device_id, phone=phone.device_id, duration=5
    )

    hass.bus.async_fire("bell_rang")
    async with asyncio.timeout(PATIENCE + 10):
        while len(phone.notifications) < 2:
            await asyncio.sleep(0.05)

    picture, clip = phone.data
    client = await hass_client()
    assert "video" not in picture
    assert picture["tag"] == clip["tag"]
    kinds = [
        (await client.get(url)).content_type
        for url in (picture["image"], clip["image"], clip["video"])
    ]
    assert kinds == ["image/jpeg", "image/jpeg", "video/mp4"]


async def test_a_credential_that_needs_authorization_is_notified_with_a_link(
    simulator: Simulator, until: Until, instantiate: Instantiate, notified: list[ServiceCall]
) -> None:
    await instantiate("notify_authorization", credentials=[PROBLEM], notify_action="notify.phone")

    await simulator.set_tokens(1, present=False, event="unauthenticated")
    await until(lambda: notified != [])

    assert notified[0].data["message"].startswith("Google access for Home account has expired")
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


@pytest.mark.parametrize(("who", "at_home"), [(None, True), ("nobody", False)])
async def test_a_camera_is_persistent_depending_on_who_is_home(
    hass: HomeAssistant,
    simulator: Simulator,
    until: Until,
    instantiate: Instantiate,
    who: str | None,
    at_home: bool,
) -> None:
    hass.states.async_set("zone.home", str(int(not at_home)))
    await instantiate(
        "persistent_while_home",
        persistent=[f"switch.{FRONT}_persistent"],
        **({"who": who} if who else {}),
    )

    hass.states.async_set("zone.home", str(int(at_home)))
    await until(lambda: simulator.world.cameras[1].persistent)

    hass.states.async_set("zone.home", str(int(not at_home)))
    await until(lambda: not simulator.world.cameras[1].persistent)
