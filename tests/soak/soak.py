"""Storms of changes and faults, with quiet points between them for comparing all states."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from tests.conftest import TIMINGS
from tests.expected import Difference, Expected, differences, expected_of, shown_by
from tests.simulator import Simulator, Times, recorded

from .changes import CHANGES, Make
from .faults import ANSWER_FAULTS, SERVER_FAULTS
from .home_assistant import loaded, proxied, running
from .network import NETWORK_FAULTS
from .noise import NOISE
from .report import Report
from .scene import Scene

TIMES = replace(Times.fast(), event_delay=0.05, event_jitter=0.03, demand_repeat=2.0)
"""The recorded timings, shortened like the session's lag."""

_PING = 2.0
_FAULTS = (SERVER_FAULTS, ANSWER_FAULTS, NETWORK_FAULTS)
"""Faults of the same row are consecutive; those of different rows overlap."""

_CHANGES_PER_SECOND = 20.0
_STORM = (3.0, 8.0)
"""Seconds of changes and faults between two quiet points."""
_CALM = (0.1, 1.5)
"""Seconds between two faults of a row."""
_RECOVERY = TIMINGS.resync + TIMINGS.request_timeout + 3 * TIMINGS.retry_in_long_outage
"""Seconds of changes after the last fault, within which a dead connection is noticed by an
unanswered request and opened again."""
_MARGIN = 0.5
"""Seconds for late events, and for a busy machine."""
_QUIET = TIMINGS.lag + TIMINGS.resync + _MARGIN
_SECOND_LIST = TIMINGS.resync + _MARGIN
MAX_UNREST = 20.0
"""Seconds after which a truth that still changes is an error of the soak itself."""
_WARM_UP = 0.25
"""The share of the time after which everything has happened at least once."""

type Say = Callable[[str], None]


@dataclass
class Soak:
    """One soak of one entry."""

    hass: HomeAssistant
    entry: ConfigEntry
    scene: Scene
    report: Report
    say: Say
    _changes: int = 0
    _faults: int = 0
    _told: tuple[Difference, ...] = ()

    async def run(self, seconds: float) -> None:
        """Make changes and faults for some time, and end with a quiet point."""
        while self.scene.diary.seconds < seconds:
            await self._storm()
            await self._quiet_point()
            if self.scene.diary.seconds >= _WARM_UP * seconds:
                self.report.memory.measure()

    async def _storm(self) -> None:
        length = self._rng("storm", self.report.quiet_points).uniform(*_STORM)
        over = asyncio.Event()
        async with asyncio.TaskGroup() as storm:
            storm.create_task(self._change_until(over))
            async with asyncio.TaskGroup() as faults:
                for kinds in _FAULTS:
                    faults.create_task(self._break(kinds, self.scene.diary.seconds + length))
            await asyncio.sleep(_RECOVERY)
            over.set()

    async def _change_until(self, over: asyncio.Event) -> None:
        kinds = (*CHANGES, *NOISE)
        weights = [kind.weight for kind in kinds]
        async with asyncio.TaskGroup() as changes:
            while not over.is_set():
                self._changes += 1
                rng = self._rng("change", self._changes)
                (kind,) = rng.choices(kinds, weights)
                if self.scene.is_up or not kind.needs_server:
                    changes.create_task(kind.make(self.scene, rng))
                await asyncio.sleep(rng.expovariate(_CHANGES_PER_SECOND))

    async def _break(self, kinds: Sequence[Make], until: float) -> None:
        while True:
            self._faults += 1
            rng = self._rng("fault", self._faults)
            await asyncio.sleep(rng.uniform(*_CALM))
            if self.scene.diary.seconds >= until:
                return
            await rng.choice(kinds)(self.scene, rng)

    async def _quiet_point(self) -> None:
        """Compare after the lag and a resync, and again after the list that confirms removals."""
        self.scene.diary.quiet()
        self.report.quiet_points += 1
        await self._unchanged(_QUIET)
        self._compare(gone_may_linger=True)
        await self._unchanged(_SECOND_LIST)
        self._compare(gone_may_linger=False)
        for camera in (*self.scene.cameras, *self.scene.away):
            camera.settle()
        self.scene.simulator.requests.clear()

    async def _unchanged(self, seconds: float) -> None:
        """Wait until the truth has not changed for some time, as streams end with a delay."""
        loop = asyncio.get_running_loop()
        expected, since, begun = self._expected(), loop.time(), loop.time()
        while loop.time() - since < seconds:
            await asyncio.sleep(0.05)
            if (now := self._expected()) != expected:
                expected, since = now, loop.time()
            if loop.time() - begun > MAX_UNREST:
                raise RuntimeError("the truth does not come to rest")

    def _compare(self, *, gone_may_linger: bool) -> None:
        expected, shown = self._expected(), shown_by(self.hass, self.entry)
        wrong = differences(expected, shown, gone_may_linger=gone_may_linger)
        self.report.comparisons += len(expected.keys() | shown.keys())
        self.report.differences += wrong
        if wrong and wrong != self._told:
            self._tell(wrong)
        self._told = wrong

    def _tell(self, wrong: Sequence[Difference]) -> None:
        diary = self.scene.diary
        self.say(f"seed {self.report.seed}, {diary.seconds:.2f} s: {len(wrong)} differences")
        for difference in wrong:
            self.say(f"  {difference}")
        self.say(f"  sockets connected: {self.scene.simulator.connections}; last of all happened:")
        for line in diary.recent:
            self.say(f"    {line}")

    def _expected(self) -> Expected:
        return expected_of(self.scene.simulator, self.entry)

    def _rng(self, kind: str, number: int) -> Random:
        """Return a random generator for one purpose, which depends only on the seed."""
        return Random(f"{self.report.seed} {kind} {number}")


async def soak(hass: HomeAssistant, report: Report, seconds: float, say: Say) -> None:
    """Set up a server and an entry in a Home Assistant, soak them, and remove them."""
    simulator = Simulator(recorded(), times=TIMES, ping_interval=_PING, ping_timeout=_PING)
    with patch("custom_components.nestmtx.coordinator.TIMINGS", TIMINGS):
        async with (
            running(simulator, Random(report.seed)),
            proxied(simulator) as proxy,
            loaded(hass, proxy.host, proxy.port) as entry,
        ):
            scene = Scene(simulator, proxy, report.diary)
            await Soak(hass, entry, scene, report, say).run(seconds)
