"""Storms of messages."""

from collections.abc import Iterator
from dataclasses import replace

from homeassistant.const import STATE_OFF, STATE_ON
import pytest

from custom_components.nestmtx.client import Timings

from .bench import CONNECTION, Bench
from .messages import event, message


@pytest.fixture
def timings(timings: Timings) -> Timings:
    """Longer timeouts, as the storm isn't scaled down either."""
    return replace(timings, request_timeout=3 * Timings().request_timeout)


def _storm(count: int) -> Iterator[bytes]:
    """Send false events: cameras ready and not ready, readers coming and going."""
    for number in range(count // 4):
        camera_id = number % 16 + 1
        yield event("demand", camera_id)
        yield event("ready", camera_id)
        yield event("read", camera_id, readerId=f"reader-{number}")
        yield event("notReady", camera_id)


async def test_a_storm_of_10000_events_ends_with_the_right_states(bench: Bench) -> None:
    bench.proxy.inject(*_storm(10_000))
    await bench.until(lambda: bench.saw(STATE_ON) != [])

    await bench.change_server()
    # The storm has to be read first.
    await bench.until_true(30.0)

    assert bench.saw(STATE_OFF, [CONNECTION]) == []
    assert bench.was_available
    bench.assert_kept()
    bench.assert_logged()


async def test_a_storm_of_log_lines_changes_no_state(bench: Bench) -> None:
    line = {"level": 30, "msg": "Emitted event: ready", "service": "ipc", "pid": 7}

    bench.proxy.inject(*[message("log", line)] * 10_000)
    await bench.while_resyncing()

    assert bench.seen == []
    bench.assert_logged()
