"""The cost of an event, with few and with many cameras."""

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass

from .lives import FRAMES, ROUND
from .meter import Measure, Pair, alternating, cpu
from .mqtt import mqtt
from .scene import BARE, OURS, Scene, scene
from .table import Figure, Goal, LeftOut, Line
from .writes import Writes, all_written, changes_of, entities_of, writes_of, writing

RATE = 600.0
"""Events a second, few enough to be read one by one."""

_WHAT = "CPU per event"
_FEW, _MANY = 50, 500
_MILLISECONDS = 1000 / ROUND


@dataclass(frozen=True, slots=True)
class _Clients:
    """Measures the clients in turn."""

    scene: Scene

    async def ours(self) -> float:
        """The integration."""
        return await cpu(self._ours)

    async def bare(self) -> float:
        """A client that only counts."""
        return await cpu(self._bare)

    def bare_and_core(self, writes: Writes) -> Measure:
        """A client that counts, and writes states with each event."""

        async def measure() -> float:
            return await cpu(lambda: self._bare(writing(self.scene, writes)))

        return measure

    async def _ours(self) -> None:
        await self.scene.source.send(OURS, rate=RATE)
        await self.scene.ask()

    async def _bare(self, on_message: Callable[[int], None] | None = None) -> None:
        client = self.scene.bare
        client.received, client.on_message = 0, on_message
        await self.scene.source.send(BARE, rate=RATE)
        await client.ask()
        client.on_message = None
        assert client.received == FRAMES * ROUND


async def event_costs(rounds: int) -> AsyncGenerator[Line]:
    """Compare with the cost of receiving and writing, with MQTT, and few cameras with many."""
    async with scene(_FEW) as here:
        async for line in _beside_others(here, rounds):
            yield line
    async with scene(_FEW) as few, scene(_MANY) as many:
        costs = await alternating(rounds, _Clients(many).ours, _Clients(few).ours)
    yield _figure(f"{_WHAT}, {_MANY} cameras", *costs, f"{_FEW} cameras", Goal("<=", 1.05))


async def _beside_others(here: Scene, rounds: int) -> AsyncGenerator[Line]:
    clients, writes = _Clients(here), await writes_of(here)
    changes = changes_of(here, writes)
    measures = [
        clients.ours,
        clients.bare_and_core(writes),
        clients.bare_and_core(all_written(here, writes)),
        clients.bare,
    ]
    async with mqtt(here, len(entities_of(here, 1)), changes, RATE) as published:
        if not isinstance(published, str):
            measures.append(published)
        ours, full, fullest, bare, *others = await alternating(rounds, *measures)
    yield _figure(_WHAT, ours, full, "bare+core", Goal("<=", 1.25))
    with_mqtt = f"{_WHAT}, compared with MQTT entities"
    if isinstance(published, str):
        yield LeftOut(with_mqtt, published)
    else:
        yield _figure(with_mqtt, ours, others[0], "MQTT", Goal("<=", 0.6))
    yield _figure(f"{_WHAT}, compared with writing all entities", ours, fullest, "bare+core", None)
    yield _figure(f"{_WHAT}, compared with only receiving", ours, bare, "bare", None)
    yield Figure("States written per event", sum(map(len, writes)) / len(writes), "")
    yield Figure("MQTT messages per event", sum(map(len, changes)) / len(changes), "")


def _figure(
    what: str,
    ours: tuple[float, ...],
    reference: tuple[float, ...],
    against: str,
    goal: Goal | None,
) -> Figure:
    pair = Pair(ours, reference).times(_MILLISECONDS)
    return Figure.compared(what, pair, "ms", against, goal)
