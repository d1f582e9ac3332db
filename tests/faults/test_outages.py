"""A server that is temporarily unreachable, for various reasons."""

import asyncio
from dataclasses import replace

from homeassistant.const import STATE_OFF, STATE_UNAVAILABLE
import pytest

from custom_components.nestmtx.client import Timings

from .bench import CONNECTION, Bench
from .outages import OUTAGES, Outage
from .proxy import FaultProxy
from .resolver import Names

GRACE = 0.5


@pytest.fixture
def pings(outage: Outage) -> tuple[float, float]:
    return outage.pings


@pytest.fixture
def timings(timings: Timings) -> Timings:
    """Timings with short attempts, which are a part of an outage's duration."""
    return replace(
        timings,
        grace=GRACE,
        connect_timeout=0.5,
        request_timeout=0.5,
        long_outage=1.0,
        retry_in_long_outage=0.5,
    )


@pytest.fixture
def host(proxy: FaultProxy, outage: Outage) -> str:
    return outage.host or proxy.host


@pytest.mark.parametrize("outage", OUTAGES, ids=lambda outage: outage.name)
async def test_an_outage_shows_in_the_connection_first_and_ends_with_the_right_states(
    outage: Outage, names: Names, bench: Bench
) -> None:
    await outage.begin(bench, names)
    await bench.until_lost()
    await bench.change_server()
    await bench.until_unavailable()
    assert bench.connection == STATE_OFF
    await asyncio.sleep(outage.lasts)
    await outage.end(bench, names)
    await bench.until_true()

    lost_at = bench.saw(STATE_OFF, [CONNECTION])[0].at
    unavailable_at = bench.saw(STATE_UNAVAILABLE)[0].at
    assert unavailable_at - lost_at >= GRACE * 0.9
    assert bench.proxy.websockets == 1
    bench.assert_kept()
    bench.assert_lost_and_found_logged()
