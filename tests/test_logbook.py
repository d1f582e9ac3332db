"""Lines in Activity and rows in the database from a view and from a reload."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime

from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.db_schema import States
from homeassistant.components.recorder.util import session_scope
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util.dt import utcnow
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, mock_component
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from tests.conftest import Until
from tests.simulator import Simulator, World
from tests.simulator.scenario import recorded

CAMERA = "camera.front_yard_front_yard_cam"
WATCHED = "binary_sensor.front_yard_front_yard_cam_being_watched"
MAX_ROWS = 10
"""Rows of a view in the database: the camera, whose attributes say who requests and views it,
Watched, and the number of streams."""

type Lines = Callable[[datetime], Awaitable[Counter[str]]]


@pytest.fixture(autouse=True)
def _custom_integrations(recorder_mock: Recorder, enable_custom_integrations: None) -> None:
    """Let Home Assistant load the integration, after setting up the recorder."""


@pytest.fixture
def world() -> World:
    """A world with one camera."""
    return recorded(1)


@pytest.fixture
async def lines(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, hass_ws_client: WebSocketGenerator
) -> Lines:
    """Return the lines of Activity since a time, by entity."""
    mock_component(hass, "frontend")
    assert await async_setup_component(hass, "logbook", {})
    client = await hass_ws_client(hass)

    async def lines(since: datetime) -> Counter[str]:
        await async_wait_recording_done(hass)
        await client.send_json_auto_id(
            {"type": "logbook/get_events", "start_time": since.isoformat()}
        )
        answer = await client.receive_json()
        return Counter(each["entity_id"] for each in answer["result"] if "entity_id" in each)

    return lines


async def _view(hass: HomeAssistant, simulator: Simulator, until: Until) -> datetime:
    """View a sleeping camera, and wait until it sleeps again; return when the view began."""
    await _at_rest(simulator)
    began = utcnow()
    reader = await simulator.open_reader(1)
    await until(lambda: hass.states.get(WATCHED).state == "on")
    await simulator.close_reader(1, reader)
    await until(lambda: hass.states.get(CAMERA).state == "idle")
    await _at_rest(simulator)
    return began


async def _at_rest(simulator: Simulator) -> None:
    """Wait until lists have confirmed the events."""
    for _ in range(3):
        simulator.requests.clear()
        while not any(each["module"] == "credentials" for each in simulator.requests):
            await asyncio.sleep(0.01)


def _rows(hass: HomeAssistant, since: datetime) -> int:
    with session_scope(hass=hass, read_only=True) as session:
        states = session.query(States)
        return states.filter(States.last_updated_ts > since.timestamp()).count()


async def test_a_view_adds_four_lines_to_activity(
    hass: HomeAssistant, simulator: Simulator, until: Until, lines: Lines, recorder_mock: Recorder
) -> None:
    began = await _view(hass, simulator, until)

    of_the_view = await lines(began)
    rows = await recorder_mock.async_add_executor_job(_rows, hass, began)

    assert of_the_view == {CAMERA: 2, WATCHED: 2}
    # The number of streaming cameras is numeric, which adds no line.
    assert rows == MAX_ROWS


async def test_a_reload_adds_no_line_to_activity(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    lines: Lines,
) -> None:
    # Make sure that there are former states to compare with.
    await _view(hass, simulator, until)
    began = utcnow()

    assert await hass.config_entries.async_reload(loaded_entry.entry_id)
    await hass.async_block_till_done()
    await _at_rest(simulator)

    assert await lines(began) == Counter()
