"""An entry that is reloaded many times leaves nothing behind."""

import asyncio
from collections import Counter
from functools import reduce
import gc
from operator import and_
from pathlib import Path

from aiohttp import ClientSession
from homeassistant.const import CONF_PORT
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.nestmtx.client import NestMTXClient, ServerAddress
from custom_components.nestmtx.client.connection.connection import Connection
from custom_components.nestmtx.coordinator import NestMTXCoordinator

OURS = (NestMTXClient, Connection, NestMTXCoordinator, ClientSession)


def _what_is_there(hass: HomeAssistant) -> Counter[str]:
    """Count everything that a reload might leave behind."""
    gc.collect()
    counts = Counter(type(each).__name__ for each in gc.get_objects() if type(each) in OURS)
    counts["sockets"] = sum(1 for each in Path("/proc/self/fd").iterdir() if each.is_symlink())
    counts["tasks"] = len(asyncio.all_tasks())
    counts["timers"] = sum(1 for timer in hass.loop._scheduled if not timer.cancelled())
    counts.update({f"{name} listeners": n for name, n in hass.bus.async_listeners().items()})
    return counts


async def test_nothing_is_left_behind_by_100_reloads(
    hass: HomeAssistant, entry: MockConfigEntry, server_process: ServerAddress
) -> None:
    data = {**entry.data, CONF_PORT: server_process.port}
    hass.config_entries.async_update_entry(entry, data=data)

    async def reload(times: int) -> Counter[str]:
        for _ in range(times):
            assert await hass.config_entries.async_reload(entry.entry_id)
            await hass.async_block_till_done()
        # The counts vary, for example while a list is being fetched.
        looks = []
        for _ in range(5):
            await asyncio.sleep(0.2)
            looks.append(_what_is_there(hass))
        return reduce(and_, looks)

    await hass.config_entries.async_setup(entry.entry_id)
    before = await reload(5)
    after = await reload(100)

    assert after - before == Counter()
    await hass.config_entries.async_unload(entry.entry_id)
