"""Slow connections, and clocks that jump."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from homeassistant.const import STATE_OFF, STATE_ON
import pytest

from custom_components.nestmtx.client import Timings
from tests.simulator.records import elapsed

from .bench import CONNECTION, Bench

JUMPS = pytest.mark.parametrize(
    "jump", [timedelta(days=-400), timedelta(days=400)], ids=["back", "forth"]
)


@contextmanager
def _wall_clock_off_by(bench: Bench, jump: timedelta) -> Generator[None]:
    """Change the wall clock; the loop's clock is monotonic and not affected."""
    with (
        freeze_time(datetime.now(UTC) + jump, tick=True),
        patch.object(bench.hass.loop, "time", elapsed),
    ):
        yield


async def test_five_seconds_of_latency_make_states_late_and_nothing_else(
    bench: Bench, timings: Timings
) -> None:
    # A request takes half of its timeout, as it does with five seconds and the default timings.
    bench.proxy.faults.latency = timings.request_timeout / 4

    await bench.change_server()
    # Only a list reports credentials, possibly after requests that are already pending.
    await bench.while_resyncing()
    await bench.until_true()

    assert bench.saw(STATE_OFF, [CONNECTION]) == []
    assert bench.was_available
    bench.assert_logged()


async def test_the_connection_is_restored_in_spite_of_latency(
    bench: Bench, timings: Timings
) -> None:
    bench.proxy.faults.latency = timings.connect_timeout / 10

    bench.proxy.cut()
    await bench.change_server()
    await bench.until_back()
    await bench.until_true()

    bench.assert_kept()


async def test_a_throttled_link_brings_the_lists_nonetheless(bench: Bench) -> None:
    # The lists of the recorded world have some 60 kB.
    bench.proxy.faults.bytes_per_second = 300_000

    bench.proxy.cut()
    await bench.change_server()
    await bench.until_back()
    await bench.until_true()

    bench.assert_kept()


@JUMPS
async def test_a_clock_that_jumps_changes_nothing(bench: Bench, jump: timedelta) -> None:
    with _wall_clock_off_by(bench, jump):
        await bench.change_server()
        await bench.until_true()

    assert bench.saw(STATE_OFF, [CONNECTION]) == []
    assert bench.was_available


@JUMPS
async def test_a_clock_jump_during_an_outage_does_not_delay_its_end(
    bench: Bench, jump: timedelta
) -> None:
    await bench.simulator.kill()
    await bench.until_lost()

    with _wall_clock_off_by(bench, jump):
        await bench.simulator.start()
        await bench.until(lambda: bench.connection == STATE_ON)
        await bench.until_true()


async def test_latency_that_comes_and_goes_reorders_nothing(bench: Bench) -> None:
    for latency in (0.2, 0.0, 0.1, 0.0):
        bench.proxy.faults.latency = latency
        await bench.simulator.set_ready(3, ready=latency > 0)
        await asyncio.sleep(0.05)

    await bench.until_true()
    assert bench.camera(3, "ready") == STATE_OFF
