"""Events of streams that are late, out of order, or lost."""

from dataclasses import replace

import pytest

from . import Simulator, Times, recorded
from .probe import Probe, running, until


async def watch_once(times: Times, lost: dict[str, float]) -> list[str]:
    """Return the events of a stream with one reader."""
    async with running(Simulator(recorded(), times=times)) as simulator, Probe() as client:
        simulator.faults.lost = lost
        await client.connect(simulator)
        reader = await simulator.open_reader(1)
        await simulator.close_reader(1, reader)
        await until(lambda: {"camera:notReady", "camera:undemand"} <= set(client.events()))
        return client.events()


@pytest.mark.parametrize("event", ["ready", "read"])
async def test_an_event_may_be_lost(socket_enabled: None, event: str) -> None:
    events = await watch_once(Times.fast(), {event: 1.0})

    assert f"camera:{event}" not in events
    assert {"camera:demand", "camera:unread"} <= set(events)


async def test_the_read_event_of_a_reader_that_leaves_at_once_is_lost(socket_enabled: None) -> None:
    events = await watch_once(replace(Times.fast(), event_delay=0.1, close_after=0.4), {})

    assert "camera:read" not in events
    assert {"camera:ready", "camera:unread"} <= set(events)


async def test_the_ready_event_of_a_stream_that_ends_at_once_is_lost(socket_enabled: None) -> None:
    events = await watch_once(replace(Times.fast(), event_delay=0.3, close_after=0.1), {})

    assert "camera:ready" not in events


async def test_events_close_together_overtake_one_another(socket_enabled: None) -> None:
    events = await watch_once(replace(Times.fast(), event_jitter=0.5, close_after=0.0), {})

    assert events[0] != "camera:demand"
