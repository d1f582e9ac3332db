"""How long a camera has been awake today."""

import asyncio
from datetime import UTC, datetime, timedelta

from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
    mock_restore_cache_with_extra_data,
)

from custom_components.nestmtx.awake import AwakeTime, resumed, stored_awake_time
from tests.conftest import Until
from tests.simulator import Simulator, World
from tests.simulator.scenario import recorded

FRONT = "camera.front_yard_front_yard_cam"
AWAKE = "sensor.front_yard_front_yard_cam_awake_today"
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 29, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    """A world with one camera."""
    return recorded(1)


@pytest.fixture(autouse=True)
def _utc() -> None:
    """Use UTC, so that midnight is at 0:00."""
    dt_util.set_default_time_zone(UTC)


def _after(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def test_a_camera_is_awake_for_as_long_as_it_streams() -> None:
    time = AwakeTime(0.0, NOON)
    time = time.counted(_after(1), is_awake=True)
    time = time.counted(_after(3), is_awake=False)
    time = time.counted(_after(4), is_awake=True)

    assert time == AwakeTime(7200.0, _after(4))


def test_a_stream_over_midnight_counts_for_both_days() -> None:
    time = AwakeTime(60.0, _after(11))

    assert time.counted(_after(13), is_awake=True).seconds == 3600.0
    assert time.counted(_after(13), is_awake=False).seconds == 0.0
    assert time.counted(MIDNIGHT, is_awake=True).seconds == 0.0


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        (None, 60.0),
        (_after(-1), 60.0 + 7200.0),
        (_after(1), 60.0 + 3600.0),
        (_after(3), 60.0),
    ],
)
def test_after_a_restart_the_streams_start_time_counts(
    since: datetime | None, expected: float
) -> None:
    assert resumed(AwakeTime(60.0, NOON), _after(2), since).seconds == expected


def test_yesterdays_time_is_not_counted_today() -> None:
    assert resumed(AwakeTime(60.0, NOON), _after(24), _after(23)).seconds == 3600.0


@pytest.mark.parametrize("stored", [{}, {"seconds": "1", "at": "x"}, {"seconds": 1, "at": None}])
def test_invalid_stored_data_is_ignored(stored: dict[str, object]) -> None:
    assert stored_awake_time(stored) is None


def test_a_stored_time_is_loaded_unchanged() -> None:
    time = AwakeTime(7.5, NOON)

    assert stored_awake_time(time.as_dict()) == time


async def test_the_sensor_is_disabled_by_default(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    assert hass.states.get(AWAKE) is None


@pytest.mark.usefixtures("all_enabled")
async def test_the_sensor_continues_after_a_restart_and_resets_at_midnight(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
) -> None:
    now = dt_util.utcnow()
    stored = AwakeTime(120.0, now).as_dict()
    mock_restore_cache_with_extra_data(hass, [(State(AWAKE, "2.0"), stored)])
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert float(hass.states.get(AWAKE).state) == 2.0

    tomorrow = dt_util.start_of_local_day(now + timedelta(days=1))
    async_fire_time_changed(hass, tomorrow)
    await until(lambda: float(hass.states.get(AWAKE).state) == 0.0)

    await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.usefixtures("all_enabled")
async def test_the_sensor_grows_while_the_camera_streams(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    before = float(hass.states.get(AWAKE).state)

    await simulator.set_ready(1, ready=True)
    await until(lambda: hass.states.get(FRONT).state == "streaming")
    await asyncio.sleep(1.2)
    await simulator.set_ready(1, ready=False)

    await until(lambda: float(hass.states.get(AWAKE).state) > before)


@pytest.mark.usefixtures("all_enabled")
async def test_a_time_without_the_server_is_not_counted(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await simulator.set_ready(1, ready=True)
    await until(lambda: hass.states.get(FRONT).state == "streaming")
    seen = asyncio.get_running_loop().time()

    await simulator.kill()
    await until(lambda: hass.states.get(FRONT).state == "unavailable")
    gone = asyncio.get_running_loop().time()
    await simulator.set_ready(1, ready=False)
    await asyncio.sleep(3.0)
    await simulator.start()
    await until(lambda: hass.states.get(FRONT).state == "idle")

    assert 60 * float(hass.states.get(AWAKE).state) < gone - seen + 2.0


@pytest.mark.usefixtures("all_enabled")
async def test_a_sensor_whose_entity_id_changes_keeps_its_time(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    stored = AwakeTime(120.0, dt_util.utcnow()).as_dict()
    mock_restore_cache_with_extra_data(hass, [(State(AWAKE, "2.0"), stored)])
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()

    er.async_get(hass).async_update_entity(AWAKE, new_entity_id="sensor.front_awake")
    await hass.async_block_till_done()

    assert float(hass.states.get("sensor.front_awake").state) == 2.0
    await hass.config_entries.async_unload(entry.entry_id)
