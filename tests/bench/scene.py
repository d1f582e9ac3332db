"""The setup of a measurement: the integration in a real Home Assistant, and a bare client."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from custom_components.nestmtx.client import Timings
from tests.soak.home_assistant import home, loaded

from .bare import Bare, bare
from .source import Source, source

OURS, BARE = 0, 1
"""The sockets, in the order of connecting."""

_NEVER = 86_400.0


@dataclass(frozen=True, slots=True)
class Scene:
    """One server, and its two clients."""

    hass: HomeAssistant
    entry: ConfigEntry
    source: Source
    bare: Bare

    async def ask(self) -> None:
        """Send a request of the integration, whose answer comes after everything sent before."""
        await self.entry.runtime_data.coordinator.client.rpc.list("health")


@contextmanager
def at_rest() -> Iterator[None]:
    """Disable the integration's periodic work, which is measured separately."""
    timings = replace(Timings(), lag=_NEVER, resync=_NEVER)
    with patch("custom_components.nestmtx.coordinator.TIMINGS", timings):
        yield


@asynccontextmanager
async def scene(cameras: int) -> AsyncGenerator[Scene]:
    """Run a server, set up an entry for it, and connect a bare client; yield when all are idle."""
    with at_rest():
        async with (
            source(cameras) as server,
            home() as hass,
            loaded(hass, server.address.host, server.address.port) as entry,
            bare(hass, server.address) as client,
        ):
            yield Scene(hass, entry, server, client)
