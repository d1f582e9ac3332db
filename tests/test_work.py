"""The work of an event, counted rather than timed: it depends only on the changes."""

import asyncio
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
import sys
from types import FrameType
from typing import Any
from unittest.mock import patch

from homeassistant.const import EVENT_STATE_CHANGED, EVENT_STATE_REPORTED
from homeassistant.core import Event, HomeAssistant, callback
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.nestmtx.client import Timings
from tests.simulator import Simulator, World
from tests.simulator.scenario import recorded

from .conftest import TIMINGS, Until

CAMERA = "front_yard_front_yard_cam"
FRONT = f"camera.{CAMERA}"
WATCHED = f"binary_sensor.{CAMERA}_being_watched"
CHANGED = {
    FRONT: 1,
    "sensor.127_0_0_1_cameras_streaming": 1,
}
"""The states that change when a camera becomes ready."""


@pytest.fixture
def world() -> World:
    """A world with many cameras."""
    return recorded(50)


@pytest.fixture
def short_times() -> Generator[Timings]:
    """Leave time between two lists, which confirm events."""
    times = replace(TIMINGS, resync=3.0)
    with patch("custom_components.nestmtx.coordinator.TIMINGS", times):
        yield times


@pytest.fixture
def writes(hass: HomeAssistant, loaded_entry: MockConfigEntry) -> Generator[Counter[str]]:
    """The number of writes of each entity's state, including unchanged ones."""
    writes: Counter[str] = Counter()

    @callback
    def count(event: Event) -> None:
        writes[event.data["entity_id"]] += 1

    @callback
    def is_any(_: object) -> bool:
        return True

    ends = [
        hass.bus.async_listen(EVENT_STATE_CHANGED, count),
        hass.bus.async_listen(EVENT_STATE_REPORTED, count, event_filter=is_any),
    ]
    yield writes
    for end in ends:
        end()


async def _until_all_is_written_once(
    hass: HomeAssistant, simulator: Simulator, until: Until, writes: Counter[str]
) -> None:
    """Update each entity once, so that all have their current state."""
    await simulator.kill()
    await until(lambda: hass.states.get(FRONT).state == "unavailable")
    await simulator.start()
    await until(lambda: hass.states.get(FRONT).state == "idle")
    await _until_a_list_has_come(hass, simulator)
    writes.clear()


async def _until_a_list_has_come(hass: HomeAssistant, simulator: Simulator) -> None:
    # The lists last, so that the next ones are as far away as possible.
    for modules in ({"health"}, {"cameras", "credentials"}):
        simulator.requests.clear()
        while modules - {each["module"] for each in simulator.requests}:
            await asyncio.sleep(TIMINGS.lag / 10)
    await asyncio.sleep(TIMINGS.lag)
    await hass.async_block_till_done()


@contextmanager
def _profiled(count: Callable[[FrameType, str, Any], None]) -> Iterator[None]:
    sys.setprofile(count)
    try:
        yield
    finally:
        sys.setprofile(None)


@contextmanager
def _counted(name: str) -> Iterator[Counter[str]]:
    """Count the calls of a method in the integration, by class or entity."""
    calls: Counter[str] = Counter()

    def count(frame: FrameType, what: str, _: object) -> None:
        module = str(frame.f_globals.get("__name__"))
        if (
            what == "call"
            and frame.f_code.co_name == name
            and module.startswith("custom_components.nestmtx")
        ):
            owner = frame.f_locals["self"]
            calls[getattr(owner, "entity_id", type(owner).__name__)] += 1

    with _profiled(count):
        yield calls


async def test_other_tasks_run_while_the_entities_of_many_cameras_are_added(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    counts = [0]

    async def count_at_each_turn() -> None:
        while True:
            counts.append(len(hass.states.async_all()))
            await asyncio.sleep(0)

    task = asyncio.create_task(count_at_each_turn())
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    task.cancel()

    at_once = max(after - before for before, after in pairwise(counts))
    # Those of ten cameras in all platforms, and of the server; there are fifty.
    assert at_once <= 120
    assert counts[-1] > 50 * 8


async def test_an_event_writes_only_changed_states(
    hass: HomeAssistant, simulator: Simulator, until: Until, writes: Counter[str]
) -> None:
    await _until_all_is_written_once(hass, simulator, until, writes)

    await simulator.set_ready(1, ready=True)
    await until(lambda: hass.states.get(FRONT).state == "streaming")

    assert writes == CHANGED


async def test_an_event_is_written_once_however_many_came_before(
    hass: HomeAssistant, simulator: Simulator, until: Until, writes: Counter[str]
) -> None:
    await simulator.set_ready(1, ready=True)
    await until(lambda: hass.states.get(FRONT).state == "streaming")
    writes.clear()

    await simulator.open_reader(1)
    await until(lambda: hass.states.get(WATCHED).state == "on")

    assert writes[WATCHED] == 1


async def test_an_event_updates_only_what_it_can_change(
    hass: HomeAssistant, simulator: Simulator, until: Until, writes: Counter[str]
) -> None:
    await _until_all_is_written_once(hass, simulator, until, writes)

    with _counted("_handle_coordinator_update") as heard:
        await simulator.set_ready(1, ready=True)
        await until(lambda: hass.states.get(FRONT).state == "streaming")

    assert heard == CHANGED


async def test_an_event_looks_at_the_listeners_to_a_field_once_for_all_cameras(
    hass: HomeAssistant, simulator: Simulator, until: Until, writes: Counter[str]
) -> None:
    await _until_all_is_written_once(hass, simulator, until, writes)
    looks: list[object] = []

    def count(_: FrameType, what: str, function: object) -> None:
        if what == "c_call" and getattr(function, "__name__", "") == "isdisjoint":
            looks.append(function)

    with _profiled(count):
        await simulator.set_ready(1, ready=True)
        await until(lambda: hass.states.get(FRONT).state == "streaming")

    # There are fifty cameras, of which each listens to the server.
    assert 0 < len(looks) < 50, len(looks)


async def test_an_event_makes_one_value_of_each_kind(
    hass: HomeAssistant, simulator: Simulator, until: Until, writes: Counter[str]
) -> None:
    await _until_all_is_written_once(hass, simulator, until, writes)

    with _counted("__init__") as made:
        await simulator.set_ready(1, ready=True)
        await until(lambda: hass.states.get(FRONT).state == "streaming")

    assert made == dict.fromkeys(["Camera", "Diff", "Event", "PendingEvents", "ServerState"], 1)


async def test_unchanged_lists_write_nothing(
    hass: HomeAssistant, simulator: Simulator, until: Until, writes: Counter[str]
) -> None:
    await _until_all_is_written_once(hass, simulator, until, writes)

    await _until_a_list_has_come(hass, simulator)

    assert not writes
