"""An entry behind the proxy, and what a user sees of it."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
import gc
import logging

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_STATE_CHANGED, STATE_OFF, STATE_ON, STATE_UNAVAILABLE
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.nestmtx.const import DOMAIN
from tests.expected import Difference, camera_key, differences, expected_of, shown_by
from tests.simulator import Simulator
from tests.simulator.probe import PATIENCE

from .proxy import FaultProxy

CONNECTION = "server_connection"
_INTEGRATION = "custom_components.nestmtx"
_LIBRARIES = {
    "engineio": logging.INFO,
    "socketio": logging.INFO,
    "aiohttp": logging.INFO,
    # Below this, asyncio's debug mode reports a slow machine.
    "asyncio": logging.WARNING,
}
"""The highest level allowed for a library's lines."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A state that a user saw: entity, value and time."""

    key: str
    state: str
    at: float


class Bench:
    """Creates faults with `proxy` and `simulator`; checks states, registries and log lines."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: MockConfigEntry,
        simulator: Simulator,
        proxy: FaultProxy,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """Start recording."""
        self.hass, self.entry = hass, entry
        self.simulator, self.proxy = simulator, proxy
        self.world = simulator.world
        self.seen: list[Seen] = []
        self._caplog = caplog
        self._coordinator = entry.runtime_data.coordinator
        self._removed: list[str] = []
        hass.bus.async_listen(EVENT_STATE_CHANGED, self._see)
        hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, self._see_registry)

    @callback
    def _see(self, event: Event[EventStateChangedData]) -> None:
        entity = er.async_get(self.hass).async_get(event.data["entity_id"])
        if entity is None or entity.config_entry_id != self.entry.entry_id:
            return
        state = event.data["new_state"]
        key = entity.unique_id
        self.seen.append(Seen(key, state.state if state else "", self.hass.loop.time()))

    @callback
    def _see_registry(self, event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        if event.data["action"] == "remove":
            self._removed.append(event.data["entity_id"])

    # Shown states

    @property
    def shown(self) -> dict[str, str]:
        """All states by key."""
        return {
            fact.unique_id: each.value
            for fact, each in shown_by(self.hass, self.entry).items()
            if fact.kind == "state"
        }

    @property
    def connection(self) -> str:
        """The state of Connection."""
        return self.shown[CONNECTION]

    @property
    def others(self) -> set[str]:
        """The states of all other entities."""
        return {state for key, state in self.shown.items() if key != CONNECTION}

    @property
    def flows(self) -> list[str]:
        """The sources of the open flows."""
        flows = self.hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        return [flow["context"]["source"] for flow in flows]

    @property
    def was_available(self) -> bool:
        """Whether every entity has always been available."""
        return not self.saw(STATE_UNAVAILABLE)

    def camera(self, camera_id: int, name: str) -> str | None:
        """Return the state of one of a camera's entities."""
        return self.shown.get(camera_key(self.world.cameras[camera_id], name))

    def saw(self, state: str, keys: Iterable[str] | None = None) -> list[Seen]:
        """Return when a state was seen, of all entities or of some."""
        wanted = None if keys is None else set(keys)
        return [
            seen
            for seen in self.seen
            if seen.state == state and (wanted is None or seen.key in wanted)
        ]

    # Waiting

    async def until(self, condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
        """Wait until something holds.

        Looking at many entities takes long: what is looked at has at least as much time to happen.
        """
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(seconds):
            begun = loop.time()
            while not condition():
                await asyncio.sleep(max(0.01, 2 * (loop.time() - begun)))
                await self.hass.async_block_till_done()
                begun = loop.time()

    async def until_true(self, seconds: float = PATIENCE) -> None:
        """Wait until every entity shows the truth; otherwise report those that don't."""
        try:
            await self.until(lambda: not self._differences(), seconds)
        except TimeoutError:
            differing = self._differences()
            assert not differing, differing[:5]

    def _differences(self) -> tuple[Difference, ...]:
        expected = expected_of(self.simulator, self.entry)
        return differences(expected, shown_by(self.hass, self.entry), gone_may_linger=True)

    async def until_lost(self) -> None:
        """Wait until Connection is off."""
        await self.until(lambda: bool(self.saw(STATE_OFF, [CONNECTION])))

    async def until_unavailable(self) -> None:
        """Wait until all entities but Connection are unavailable."""
        await self.until(lambda: self.others == {STATE_UNAVAILABLE})

    async def until_back(self) -> None:
        """Wait until the connection has been lost and restored."""
        await self.until_lost()
        await self.until(lambda: self.connection == STATE_ON)

    async def while_resyncing(self, times: int = 1) -> None:
        """Wait until the lists have been requested `times` more times."""
        lists = self.lists
        await self.until(lambda: self.lists >= lists + times)

    @property
    def lists(self) -> int:
        """The number of requests for the list of credentials, which ends a resync."""
        return self.asked("credentials", "list")

    def asked(self, module: str, command: str) -> int:
        """Return the number of requests for something."""
        requests = self.simulator.requests
        asked = [(request.get("module"), request.get("command")) for request in requests]
        return asked.count((module, command))

    # Acting

    async def change_server(self) -> None:
        """Change something in all entities."""
        await self.simulator.set_ready(1, ready=False)
        await self.simulator.set_ready(2, ready=True)
        await self.simulator.set_tokens(1, present=False)
        await self.simulator.set_tokens(2, present=True)

    # Assertions

    def assert_kept(self, *, removed: bool = False) -> None:
        """Assert that there was no reload, no flow, and no removed entity."""
        assert self.entry.state is ConfigEntryState.LOADED
        assert self.entry.runtime_data.coordinator is self._coordinator
        assert self.flows == []
        assert bool(self._removed) is removed

    def assert_logged(self, *messages: str) -> None:
        """Assert that only these lines were logged above debug."""
        # A task with an unretrieved exception logs it when it is collected.
        gc.collect()
        records = self._caplog.get_records("call")
        own = [
            record.getMessage()
            for record in records
            if record.name.startswith(_INTEGRATION) and record.levelno > logging.DEBUG
        ]
        foreign = [
            f"{record.name}: {record.getMessage()}"
            for record in records
            if record.levelno > _LIBRARIES.get(record.name.partition(".")[0], logging.CRITICAL)
        ]
        assert (own, foreign) == (list(messages), [])

    def assert_lost_and_found_logged(self) -> None:
        """Assert one line for the lost connection, and one for the restored one."""
        host = self.entry.data["host"]
        self.assert_logged(f"Lost connection to {host}", f"Reconnected to {host}")
