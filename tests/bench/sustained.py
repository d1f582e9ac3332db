"""The highest sustained rate of events."""

from collections.abc import AsyncGenerator, Awaitable, Callable
import gc

from tests.storm.meter import measured

from .meter import Pair, alternating
from .scene import BARE, OURS, Scene, scene
from .table import Figure, Goal, Line
from .writes import writes_of, writing

_CAMERAS = 50
_SECONDS = 0.3
"""Seconds for which each rate is tried."""
_LAG = 0.05
MIN_RATE, MAX_RATE = 2_000.0, 32_000.0
_STEPS = 5
"""Bisection steps: the last one distinguishes rates that differ by 9 %."""


async def sustained(rounds: int) -> AsyncGenerator[Line]:
    """Find the highest rate without a lag of the event loop."""
    async with scene(_CAMERAS) as here:
        write = writing(here, await writes_of(here))

        async def bare_and_core() -> float:
            here.bare.received, here.bare.on_message = 0, write
            rate = await _highest(here, BARE, here.bare.ask)
            here.bare.on_message = None
            return rate

        ours, bare, full = await alternating(
            rounds,
            lambda: _highest(here, OURS, here.ask),
            lambda: _highest(here, BARE, here.bare.ask),
            bare_and_core,
        )
    what = "Events per second before a lag of 50 ms"
    yield Figure.compared(what, Pair(ours, bare), "/s", "bare", Goal(">=", 0.7))
    yield Figure.compared(what, Pair(ours, full), "/s", "bare+core")


async def _highest(here: Scene, socket: int, ask: Callable[[], Awaitable[object]]) -> float:
    # A full garbage collection would stop the loop for longer than any event.
    gc.freeze()
    least, most, highest = MIN_RATE, MAX_RATE, 0.0
    for _ in range(_STEPS):
        rate = (least * most) ** 0.5
        sent, keeps_up = await _try(here, socket, ask, rate)
        if keeps_up:
            # The server's own rate is limited, too.
            least, highest = rate, max(highest, sent)
        else:
            most = rate
    gc.unfreeze()
    return highest


async def _try(
    here: Scene, socket: int, ask: Callable[[], Awaitable[object]], rate: float
) -> tuple[float, bool]:
    """Return the actual rate, and whether the loop did not lag.

    Also, no events may be pending when the last one has been sent.
    """
    async with measured() as cost:
        sent = await here.source.send(socket, round(rate * _SECONDS), rate)
        begin = here.hass.loop.time()
        await ask()
        waited = here.hass.loop.time() - begin
    return len(sent) / (sent[-1] - sent[0]), max(cost.lag, waited) <= _LAG
