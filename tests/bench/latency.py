"""The latency from sending an event until it is shown."""

from collections.abc import AsyncGenerator, Callable
from statistics import median
import time

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, callback
from homeassistant.helpers import entity_registry as er

from .lives import FRAMES, LIFE
from .meter import Pair, alternating, percentile
from .scene import BARE, OURS, Scene, scene
from .table import Figure, Goal, Line
from .writes import writes_of, writing

_CAMERAS = 50
_EVENTS = 10 * len(LIFE)
_RATE = 100.0
"""Events a second, so that each is finished long before the next."""
_BURST = 1000


class _Clock:
    """Latencies of the events of all rounds."""

    def __init__(
        self, here: Scene, write: Callable[[int], None], events: int, rate: float | None
    ) -> None:
        """Start without latencies."""
        self.ours: list[float] = []
        self.bare: list[float] = []
        self._here = here
        self._write = write
        self._events = events
        self._rate = rate

    async def measure_ours(self) -> float:
        """From sending each event to the state change of its entity."""
        entities = _activities(self._here)
        shown: list[float] = []

        @callback
        def on_change(event: Event[EventStateChangedData]) -> None:
            if event.data["entity_id"] in entities:
                shown.append(time.monotonic())

        end = self._here.hass.bus.async_listen(EVENT_STATE_CHANGED, on_change)
        sent = await self._here.source.send(OURS, self._events, self._rate)
        await self._here.ask()
        end()
        return _median(sent, shown, self.ours)

    async def measure_bare(self) -> float:
        """From sending each event to the handler's call with its first frame."""
        return await self._measure_bare(lambda _: None, self.bare)

    async def measure_bare_and_core(self) -> float:
        """From sending to the last of the same state writes."""
        return await self._measure_bare(self._write, [])

    async def _measure_bare(self, write: Callable[[int], None], late: list[float]) -> float:
        called: list[float] = []

        def on_message(message: int) -> None:
            write(message)
            if message % FRAMES == 0:
                called.append(time.monotonic())

        self._here.bare.received, self._here.bare.on_message = 0, on_message
        sent = await self._here.source.send(BARE, self._events, self._rate)
        await self._here.bare.ask()
        self._here.bare.on_message = None
        return _median(sent, called, late)


def _median(sent: list[float], came: list[float], late: list[float]) -> float:
    assert len(sent) == len(came)
    times = [after - before for before, after in zip(sent, came, strict=True)]
    late += times
    return median(times)


def _activities(here: Scene) -> set[str]:
    entries = er.async_entries_for_config_entry(er.async_get(here.hass), here.entry.entry_id)
    return {each.entity_id for each in entries if each.translation_key == "activity"}


async def latencies(rounds: int) -> AsyncGenerator[Line]:
    """Measure single events, and bursts of events."""
    async with scene(_CAMERAS) as here:
        write = writing(here, await writes_of(here))
        alone = _Clock(here, write, _EVENTS, _RATE)
        for line in await _figures("Latency", alone, rounds, Goal("<=", 1.3)):
            yield line
        burst = _Clock(here, write, _BURST, None)
        for line in await _figures(f"Latency in a burst of {_BURST}", burst, rounds, None):
            yield line


async def _figures(what: str, clock: _Clock, rounds: int, goal: Goal | None) -> list[Line]:
    ours, bare, full = await alternating(
        rounds, clock.measure_ours, clock.measure_bare, clock.measure_bare_and_core
    )
    p50, p99 = f"{what}, p50", f"{what}, p99"
    late, late_bare = (1000 * percentile(each, 0.99) for each in (clock.ours, clock.bare))
    return [
        Figure.compared(p50, Pair(ours, bare).times(1000), "ms", "bare", goal),
        Figure.compared(p50, Pair(ours, full).times(1000), "ms", "bare+core"),
        Figure(p99, late, "ms", late_bare, "bare", late / late_bare),
    ]
