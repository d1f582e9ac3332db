"""Disabled entities cost nothing, as every request is a line in the server's log."""

import asyncio
from collections import Counter
from collections.abc import Generator
from dataclasses import replace
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.nestmtx.client import Timings
from tests.simulator import Simulator

FASTER = 600
"""A minute takes a tenth of a second."""
MINUTE = 60 / FASTER
DEFAULT = Timings()


@pytest.fixture
def short_times() -> Generator[Timings]:
    """Shorten the intervals, but not the timeouts."""
    timings = replace(
        DEFAULT,
        lag=DEFAULT.lag / FASTER,
        resync=DEFAULT.resync / FASTER,
        load=DEFAULT.load / FASTER,
    )
    with patch("custom_components.nestmtx.coordinator.TIMINGS", timings):
        yield timings


async def _requests(simulator: Simulator, minutes: float) -> Counter[tuple[str, str]]:
    """Return the requests within some minutes."""
    simulator.requests.clear()
    await asyncio.sleep(minutes * MINUTE)
    return Counter((request["module"], request["command"]) for request in simulator.requests)


async def test_an_hour_of_the_default_entities_costs_three_requests_a_minute(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    requests = await _requests(simulator, 60)

    assert set(requests) == {("cameras", "list"), ("credentials", "list"), ("health", "list")}
    # Fewer on a machine too slow for an hour in six seconds.
    assert all(20 <= number <= 61 for number in requests.values())


@pytest.mark.usefixtures("all_enabled")
async def test_one_request_serves_all_entities_that_show_something_of_it(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    requests = await _requests(simulator, 15)

    assert requests["cronjobs", "list"] <= 16
    assert requests["cronjobs", "list"] < requests["htop", "list"] <= 31


@pytest.mark.usefixtures("all_enabled")
async def test_nothing_is_requested_for_entities_that_are_disabled_again(
    hass: HomeAssistant,
    entity_registry: er.EntityRegistry,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
) -> None:
    for name in ("cpu_usage", "memory_usage", "processes"):
        entity_registry.async_update_entity(
            f"sensor.127_0_0_1_{name}", disabled_by=er.RegistryEntryDisabler.USER
        )
    await hass.async_block_till_done()
    # Former requests may still be pending.
    await _requests(simulator, 1)

    requests = await _requests(simulator, 10)

    assert ("htop", "list") not in requests
    assert requests["cronjobs", "list"] > 0
