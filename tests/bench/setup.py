"""The cost of setting up an entry, compared with core adding as many empty entities."""

from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable
from statistics import median
from types import SimpleNamespace
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryState, ConfigFlow
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    mock_integration,
    mock_platform,
)

from .meter import Pair, compared, cpu, longest_block
from .resync import resync
from .scene import Scene, scene
from .table import Figure, Goal, Line

_DOMAIN = "bench_empty"
_GOALS = {20: 1.2, 100: 1.2, 500: 1.5}
"""The largest ratio for a number of cameras."""
_SIZES = tuple(_GOALS)
_BEFORE, _AFTER = 100, 600


class _Flow(ConfigFlow, domain=_DOMAIN):
    """Do nothing; required for setting up an entry."""


class _Empty(Entity):
    """An entity without a state."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, entry: er.RegistryEntry, device: str) -> None:
        """Set only what the registries need."""
        self._attr_unique_id = entry.unique_id
        self._attr_name = entry.original_name
        self._attr_device_info = DeviceInfo(identifiers={(_DOMAIN, device)}, name=device)
        self._attr_entity_registry_enabled_default = entry.disabled_by is None


async def setups(rounds: int) -> AsyncGenerator[Line]:
    """Set up an entry repeatedly, like each start of Home Assistant."""
    costs: dict[int, Pair] = {}
    for cameras in _SIZES:
        async with scene(cameras) as here:
            empty = await _empty_like(here)
            costs[cameras] = await compared(
                rounds,
                lambda here=here: _set_up(here.hass, here.entry),
                lambda here=here, empty=empty: _set_up(here.hass, empty),
            )
            costs[cameras] = costs[cameras].times(1000)
            blocks = await compared(
                rounds,
                lambda here=here: _set_up(here.hass, here.entry, longest_block),
                lambda here=here, empty=empty: _set_up(here.hass, empty, longest_block),
            )
        what = f"CPU per setup, {cameras} cameras"
        yield Figure.compared(what, costs[cameras], "ms", "core", Goal("<=", _GOALS[cameras]))
        ours, core = (1000 * median(side) for side in (blocks.ours, blocks.reference))
        what = f"Longest event loop block in a setup, {cameras} cameras"
        yield Figure(what, ours, "ms", core, "core", goal=Goal("<=", 100))
    grown = median([await _grow() for _ in range(rounds)])
    what = f"The same while a list grows from {_BEFORE} to {_AFTER}"
    yield Figure(what, 1000 * grown, "ms", goal=Goal("<=", 100))
    fewer, most = _SIZES[-2:]
    for who, side, goal in (("ours", "ours", Goal("<=", 1.1)), ("core", "reference", None)):
        one = median(getattr(costs[most], side)) / most
        other = median(getattr(costs[fewer], side)) / fewer
        what = f"CPU per camera in a setup, {most} cameras, {who}"
        yield Figure(what, one, "ms", other, f"{fewer} cameras", one / other, goal)


async def _grow() -> float:
    """Return the longest block while the server adds cameras."""
    async with scene(_BEFORE) as here:
        await here.source.add(_AFTER - _BEFORE)

        async def act() -> None:
            await resync(here)
            await here.hass.async_block_till_done()

        block = await longest_block(act)
        assert len(here.hass.states.async_entity_ids("camera")) == _AFTER
    return block


async def _set_up(
    hass: HomeAssistant,
    entry: ConfigEntry,
    meter: Callable[[Callable[[], Awaitable[object]]], Awaitable[float]] = cpu,
) -> float:
    if entry.state is ConfigEntryState.LOADED:
        await hass.config_entries.async_unload(entry.entry_id)
        await hass.async_block_till_done()

    async def act() -> None:
        assert await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done()

    return await meter(act)


async def _empty_like(here: Scene) -> ConfigEntry:
    """Return an entry with as many entities and devices, and as many disabled ones."""
    hass, devices = here.hass, dr.async_get(here.hass)
    by_platform: defaultdict[str, list[_Describe]] = defaultdict(list)
    for each in er.async_entries_for_config_entry(er.async_get(hass), here.entry.entry_id):
        device = devices.async_get(each.device_id or "")
        by_platform[each.domain].append((each, device.name if device else ""))

    async def set_up(_: HomeAssistant, entry: ConfigEntry) -> bool:
        await hass.config_entries.async_forward_entry_setups(entry, list(by_platform))
        return True

    async def unload(_: HomeAssistant, entry: ConfigEntry) -> bool:
        return await hass.config_entries.async_unload_platforms(entry, list(by_platform))

    module = MockModule(_DOMAIN, async_setup_entry=set_up, async_unload_entry=unload)
    mock_integration(hass, module)
    mock_platform(hass, f"{_DOMAIN}.config_flow", None)
    for domain, described in by_platform.items():
        mock_platform(hass, f"{_DOMAIN}.{domain}", _platform(described))
    entry = MockConfigEntry(domain=_DOMAIN)
    entry.add_to_hass(hass)
    return entry


type _Describe = tuple[er.RegistryEntry, str]


def _platform(described: list[_Describe]) -> Any:
    async def set_up(_: HomeAssistant, __: ConfigEntry, add: Any) -> None:
        add(_Empty(*each) for each in described)

    return SimpleNamespace(async_setup_entry=set_up)
