"""The recovery time: from a restart of the server until all states are right again."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from random import Random
from statistics import median

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from tests.expected import differences, expected_of, shown_by
from tests.simulator import Simulator, recorded

from .home_assistant import loaded, running
from .soak import Say

LONG_OUTAGE = 120.0
"""Seconds from which an outage counts as long."""
_GOALS = {"up to 2 minutes": 3.0, "longer": 12.0}
"""Goals for the median in seconds, by the length of the outage."""
_GIVEN_UP = 60.0
_LOOK = 0.02


@dataclass(frozen=True)
class Recovery:
    """An outage, and the seconds from its end until all states were right; None for never."""

    outage: float
    seconds: float | None

    @property
    def length(self) -> str:
        """The kind of outage, by which goals are set."""
        return "up to 2 minutes" if self.outage <= LONG_OUTAGE else "longer"


async def recoveries(
    hass: HomeAssistant, seed: int, repeat: int, outages: tuple[float, float], say: Say
) -> list[Recovery]:
    """Measure outages of several servers concurrently, each with its own entry."""
    rng = Random(seed)
    async with AsyncExitStack() as stack:
        houses = []
        for _ in range(repeat):
            simulator = await stack.enter_async_context(running(Simulator(recorded()), rng))
            entry = await stack.enter_async_context(loaded(hass, simulator.host, simulator.port))
            houses.append((simulator, entry, Random(rng.random())))
        say(f"{repeat} servers are up; outages of {outages[0]:g} to {outages[1]:g} s begin")
        return await asyncio.gather(
            *(
                _recovery(hass, entry, simulator, rng, outages, say)
                for simulator, entry, rng in houses
            )
        )


def verdict(measured: list[Recovery]) -> tuple[list[str], bool]:
    """Return a line for each kind of outage, and whether the goals are met."""
    lines, reached = [], True
    for length, goal in _GOALS.items():
        seconds = [each.seconds for each in measured if each.length == length]
        if not seconds:
            continue
        value = median(float("inf") if each is None else each for each in seconds)
        reached = reached and value <= goal
        lines.append(
            f"outages {length}: median of {len(seconds)} is {value:.2f} s, "
            f"goal {goal:g} s: {'reached' if value <= goal else 'MISSED'}"
        )
    return lines, reached


async def _recovery(
    hass: HomeAssistant,
    entry: ConfigEntry,
    simulator: Simulator,
    rng: Random,
    outages: tuple[float, float],
    say: Say,
) -> Recovery:
    outage = rng.uniform(*outages)
    await _make_ready(simulator, rng)
    await asyncio.sleep(rng.uniform(1, 5))
    await simulator.kill()
    await asyncio.sleep(outage / 2)
    await _change(simulator, rng)
    await asyncio.sleep(outage / 2)
    recovery = Recovery(outage, await _until_right(hass, entry, simulator))
    result = "never" if recovery.seconds is None else f"{recovery.seconds:.2f} s"
    say(f"outage of {outage:6.1f} s: right after {result}")
    return recovery


async def _make_ready(simulator: Simulator, rng: Random) -> None:
    """Create states that will no longer be right after the outage."""
    for camera in simulator.world.cameras.values():
        if camera.path and rng.random() < 0.7:
            await simulator.set_ready(camera.id, True)
            await simulator.open_reader(camera.id)


async def _change(simulator: Simulator, rng: Random) -> None:
    """Change something of everything during the outage.

    A restarted server doesn't know the former state of its streams.
    """
    for camera in simulator.world.cameras.values():
        camera.rename(f"{camera.name} {rng.randint(2, 9)}")
        if camera.stream.ready:
            await simulator.set_ready(camera.id, False)
        camera.settle()
    for credential in simulator.world.credentials.values():
        await simulator.set_tokens(credential.id, credential.tokens is None)


async def _until_right(
    hass: HomeAssistant, entry: ConfigEntry, simulator: Simulator
) -> float | None:
    loop = asyncio.get_running_loop()
    # Start counting before the server answers.
    begun = loop.time()
    await simulator.start()
    while differences(expected_of(simulator, entry), shown_by(hass, entry)):
        if loop.time() - begun > _GIVEN_UP:
            return None
        await asyncio.sleep(_LOOK)
    return loop.time() - begun
