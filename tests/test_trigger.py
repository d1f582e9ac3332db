"""Triggers and conditions in automations."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
import re
from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service
from pytest_homeassistant_custom_component.typing import MockHAClientWebSocket
import yaml

from custom_components.nestmtx.condition import CONDITIONS
from custom_components.nestmtx.trigger import TRIGGERS
from tests.conftest import ROOT, Until
from tests.simulator import Simulator, World
from tests.simulator.scenario import recorded

ENTITY = "camera.front_yard_front_yard_cam"
CAMERA, CREDENTIAL, SERVER = "Front Yard Cam", "Home account", "127.0.0.1"
DEVICES = {
    "camera_became_ready": CAMERA,
    "camera_stopped": CAMERA,
    "watching_started": CAMERA,
    "watching_stopped": CAMERA,
    "stream_authorization_failed": CAMERA,
    "stream_stalled": CAMERA,
    "streams_unwatched": CAMERA,
    "credential_needs_authorization": CREDENTIAL,
    "server_connected": SERVER,
    "server_disconnected": SERVER,
}
WATCHED = "binary_sensor.front_yard_front_yard_cam_being_watched"

type Fired = Callable[[], Counter[str]]
type Act = Callable[[Simulator, MockConfigEntry, Until, HomeAssistant], Awaitable[None]]


@pytest.fixture
def world() -> World:
    """A world with one camera."""
    return recorded(2)


def _device_id(device_registry: dr.DeviceRegistry, name: str) -> str:
    return next(each.id for each in device_registry.devices if each.name == name)


async def _automate(hass: HomeAssistant, *automations: dict[str, Any]) -> list[ServiceCall]:
    """Set up automations; return the list of their calls."""
    calls = async_mock_service(hass, "test", "fired")
    assert await async_setup_component(hass, "automation", {"automation": list(automations)})
    await hass.async_block_till_done()
    return calls


@pytest.fixture
async def fired(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, device_registry: dr.DeviceRegistry
) -> Fired:
    """An automation for each trigger, with a device as its target."""
    calls = await _automate(
        hass,
        *(
            {
                "alias": name,
                "mode": "queued",
                "triggers": {
                    "trigger": f"nestmtx.{name}",
                    "target": {"device_id": _device_id(device_registry, device)},
                },
                "actions": {"action": "test.fired", "data": {"trigger": name}},
            }
            for name, device in DEVICES.items()
        ),
    )
    return lambda: Counter(call.data["trigger"] for call in calls)


async def _repeat(simulator: Simulator, domain: str, event: str, **details: Any) -> None:
    """Send more copies of an event than the server does."""
    for _ in range(5):
        await simulator.fire(domain, event, 1, details)


async def _become_ready(simulator: Simulator, *_: Any) -> None:
    await simulator.set_ready(1, ready=True)
    await _repeat(simulator, "camera", "ready")


async def _stop(
    simulator: Simulator, entry: MockConfigEntry, until: Until, hass: HomeAssistant
) -> None:
    await _become_ready(simulator)
    await until(lambda: hass.states.get("camera.front_yard_front_yard_cam").state == "streaming")
    await simulator.set_ready(1, ready=False)
    await _repeat(simulator, "camera", "notReady")


async def _watch(simulator: Simulator, *_: Any) -> None:
    reader = await simulator.open_reader(1)
    await _repeat(simulator, "camera", "read", readerId=reader)


async def _watch_for_a_while(
    simulator: Simulator, entry: MockConfigEntry, until: Until, hass: HomeAssistant
) -> None:
    reader = await simulator.open_reader(1)
    await until(lambda: hass.states.get(WATCHED).state == "on")
    await simulator.close_reader(1, reader)
    await _repeat(simulator, "camera", "unread", readerId=reader)


async def _watch_as_ourselves(
    simulator: Simulator, entry: MockConfigEntry, until: Until, hass: HomeAssistant
) -> None:
    await simulator.set_ready(1, ready=True)
    nonce = entry.runtime_data.coordinator.data.nonce
    await _repeat(simulator, "camera", "read", readerId="ours", query=f"ha={nonce}")


async def _fail_to_extend(simulator: Simulator, *_: Any) -> None:
    await simulator.set_ready(1, ready=True)
    await _repeat(simulator, "camera", "failed-extension")


async def _stall(
    simulator: Simulator, entry: MockConfigEntry, until: Until, hass: HomeAssistant
) -> None:
    await simulator.set_ready(1, ready=True)
    await until(lambda: hass.states.get(ENTITY).state == "streaming")
    # Without a streamer, there is no data.
    simulator.world.cameras[1].stream = replace(
        simulator.world.cameras[1].stream, received=7, bitrate=0
    )


async def _lose_authorization(simulator: Simulator, *_: Any) -> None:
    await simulator.set_tokens(1, present=False, event="unauthenticated")
    await _repeat(simulator, "credentials", "unauthenticated")


async def _go(simulator: Simulator, *_: Any) -> None:
    await simulator.kill()


async def _go_and_come_back(
    simulator: Simulator, entry: MockConfigEntry, until: Until, hass: HomeAssistant
) -> None:
    await simulator.kill()
    await until(lambda: not entry.runtime_data.coordinator.last_update_success)
    await simulator.start()
    await until(lambda: entry.runtime_data.coordinator.connected)


READY = {"camera_became_ready": 1}
STOPPED = READY | {"camera_stopped": 1}


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (_become_ready, READY),
        (_stop, STOPPED),
        (_watch, READY | {"watching_started": 1}),
        (_watch_for_a_while, STOPPED | {"watching_started": 1, "watching_stopped": 1}),
        (_watch_as_ourselves, READY),
        (_fail_to_extend, READY | {"stream_authorization_failed": 1}),
        (_stall, READY | {"stream_stalled": 1}),
        (_lose_authorization, {"credential_needs_authorization": 1}),
        (_go, {"server_disconnected": 1}),
        (_go_and_come_back, {"server_disconnected": 1, "server_connected": 1}),
    ],
)
async def test_a_trigger_fires_once_per_change_and_only_for_its_target(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    fired: Fired,
    act: Act,
    expected: dict[str, int],
) -> None:
    await act(simulator, loaded_entry, until, hass)
    await until(lambda: fired().keys() == expected.keys())
    # Lists confirm the events.
    lists = len(simulator.requests)
    if loaded_entry.runtime_data.coordinator.connected:
        await until(lambda: len(simulator.requests) > lists + 4)

    assert fired() == expected


async def test_every_trigger_is_tried() -> None:
    assert DEVICES.keys() == TRIGGERS.keys()


OF_A_CAMERA = {f"nestmtx.{name}" for name, device in DEVICES.items() if device == CAMERA}
OF_A_CREDENTIAL = {"nestmtx.credential_needs_authorization"}
OF_A_SERVER = {"nestmtx.server_connected", "nestmtx.server_disconnected"}


@pytest.fixture
async def targets(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, device_registry: dr.DeviceRegistry
) -> dict[str, dict[str, str]]:
    """Each kind of target for a camera's triggers and conditions."""
    device_id = _device_id(device_registry, CAMERA)
    label = lr.async_get(hass).async_create("Outside")
    floor = fr.async_get(hass).async_create("Ground floor")
    ar.async_get(hass).async_update("front_yard", floor_id=floor.floor_id)
    er.async_get(hass).async_update_entity(ENTITY, labels={label.label_id})
    return {
        "camera": {"entity_id": ENTITY},
        "device": {"device_id": device_id},
        "area": {"area_id": "front_yard"},
        "floor": {"floor_id": floor.floor_id},
        "label": {"label_id": label.label_id},
    }


@pytest.mark.usefixtures("all_enabled")
async def test_triggers_and_conditions_are_offered_only_for_suitable_targets(
    device_registry: dr.DeviceRegistry,
    targets: dict[str, dict[str, str]],
    browser: MockHAClientWebSocket,
) -> None:
    async def offered(what: str, target: dict[str, str]) -> set[str]:
        await browser.send_json_auto_id({"type": f"get_{what}_for_target", "target": target})
        names = (await browser.receive_json())["result"]
        return {name for name in names if name.startswith("nestmtx.")}

    for target in targets.values():
        as_lists = {key: [value] for key, value in target.items()}
        assert await offered("triggers", as_lists) == OF_A_CAMERA
        assert await offered("conditions", as_lists) == {f"nestmtx.{name}" for name in CONDITIONS}
    for device, names in ((CREDENTIAL, OF_A_CREDENTIAL), (SERVER, OF_A_SERVER)):
        target = {"device_id": [_device_id(device_registry, device)]}
        assert await offered("triggers", target) == names
        assert await offered("conditions", target) == set()


@pytest.mark.parametrize("kind", ["camera", "device", "area", "floor", "label"])
async def test_every_kind_of_target_finds_the_right_entity(
    hass: HomeAssistant,
    simulator: Simulator,
    until: Until,
    targets: dict[str, dict[str, str]],
    kind: str,
) -> None:
    target = targets[kind]
    calls = await _automate(
        hass,
        {
            "triggers": {
                "trigger": "nestmtx.watching_started",
                "target": target,
                "options": {"behavior": "each", "for": {"milliseconds": 10}},
            },
            "conditions": {
                "condition": "nestmtx.camera_is_watched",
                "target": target,
                "options": {"behavior": "any"},
            },
            "actions": {"action": "test.fired"},
        },
    )

    await simulator.open_reader(1)

    await until(lambda: len(calls) == 1)


async def test_a_camera_can_be_the_target_itself(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    calls = await _automate(
        hass,
        {
            "triggers": {
                "trigger": "nestmtx.camera_became_ready",
                "target": {"entity_id": "camera.front_yard_front_yard_cam"},
            },
            "actions": {"action": "test.fired"},
        },
    )

    await _become_ready(simulator)
    await until(lambda: len(calls) == 1)


@pytest.mark.parametrize("name", ["camera_is_ready", "camera_is_watched"])
@pytest.mark.parametrize("holds", [True, False])
async def test_a_condition_is_true_while_its_state_holds(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    device_registry: dr.DeviceRegistry,
    simulator: Simulator,
    until: Until,
    name: str,
    holds: bool,
) -> None:
    device = {"device_id": _device_id(device_registry, CAMERA)}
    calls = await _automate(
        hass,
        {
            "triggers": {"trigger": "event", "event_type": "ask"},
            "actions": [
                {
                    "if": {"condition": f"nestmtx.{name}", "target": device},
                    "then": {"action": "test.fired", "data": {"holds": True}},
                    "else": {"action": "test.fired", "data": {"holds": False}},
                }
            ],
        },
    )
    if holds:
        await simulator.open_reader(1)
        await until(lambda: hass.states.get(WATCHED).state == "on")

    hass.bus.async_fire("ask")
    await hass.async_block_till_done()

    assert [call.data["holds"] for call in calls] == [holds]


async def _unwatched(
    hass: HomeAssistant, seconds: float, target: str = ENTITY
) -> list[ServiceCall]:
    return await _automate(
        hass,
        {
            "mode": "queued",
            "triggers": {
                "trigger": "nestmtx.streams_unwatched",
                "target": {"entity_id": target},
                "options": {"for": {"seconds": seconds}},
            },
            "actions": {
                "action": "test.fired",
                "data": {"camera": "{{ trigger.entity_id }}"},
            },
        },
    )


async def test_a_stream_without_viewers_fires_once_after_some_time(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    calls = await _unwatched(hass, 0.5)

    await simulator.set_ready(1, ready=True)
    await until(lambda: calls != [])
    await asyncio.sleep(1.5)

    assert [call.data["camera"] for call in calls] == [ENTITY]


async def test_a_stream_that_ran_unwatched_before_the_automation_began_fires(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await simulator.set_ready(1, ready=True)
    await until(lambda: hass.states.get(ENTITY).state == "streaming")

    calls = await _unwatched(hass, 0.1)

    await until(lambda: len(calls) == 1)


@pytest.mark.parametrize("why", ["watched", "ended", "persistent"])
async def test_a_stream_that_is_watched_or_meant_to_run_does_not_fire(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    why: str,
) -> None:
    simulator.world.cameras[1].persistent = why == "persistent"
    persistent = "switch.front_yard_front_yard_cam_persistent"
    await until(lambda: (hass.states.get(persistent).state == "on") == (why == "persistent"))
    calls = await _unwatched(hass, 1.0)

    await simulator.set_ready(1, ready=True)
    await until(lambda: hass.states.get(ENTITY).state == "streaming")
    if why == "watched":
        await simulator.fire("camera", "read", 1, {"readerId": "somebody"})
        await until(lambda: hass.states.get(WATCHED).state == "on")
        simulator.world.cameras[1].stream = replace(
            simulator.world.cameras[1].stream, readers=frozenset({"somebody"})
        )
    if why == "ended":
        await simulator.set_ready(1, ready=False)
    await asyncio.sleep(1.5)

    assert calls == []


DOCUMENTATION = (ROOT / "docs" / "triggers.md").read_text()


@pytest.mark.usefixtures("all_enabled")
async def test_the_examples_of_the_documentation_can_be_set_up(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", DOCUMENTATION, re.DOTALL)
    automation = {
        "triggers": {"trigger": "event", "event_type": "ask"},
        "actions": {"action": "test.fired"},
    }

    await _automate(hass, *(automation | yaml.safe_load(block) for block in blocks))

    states = [state.state for state in hass.states.async_all("automation")]
    assert states == ["on"] * len(blocks)
    assert len(blocks) == 4


def test_every_trigger_and_condition_is_documented() -> None:
    names = set(re.findall(r"^\|[^|]+\| `nestmtx\.(\w+)`", DOCUMENTATION, re.MULTILINE))

    assert names == {*TRIGGERS, *CONDITIONS}


@pytest.mark.usefixtures("all_enabled")
async def test_the_activity_of_a_camera_is_received_by_home_assistants_own_trigger(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    calls = await _automate(
        hass,
        {
            "triggers": {
                "trigger": "event.received",
                "target": {"entity_id": "event.front_yard_front_yard_cam_activity"},
                "options": {"event_type": ["ready"]},
            },
            "actions": {"action": "test.fired"},
        },
    )

    await _become_ready(simulator)

    await until(lambda: calls != [])
