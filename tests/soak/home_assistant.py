"""A real Home Assistant, and an entry for a simulated server in it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
import errno
from random import Random
import socket
from tempfile import TemporaryDirectory
from unittest.mock import AsyncMock, patch

from aiohttp.resolver import ThreadedResolver
from homeassistant import loader
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import (
    CONF_HOST,
    CONF_PASSWORD,
    CONF_PORT,
    CONF_SSL,
    CONF_USERNAME,
    CONF_VERIFY_SSL,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import frame
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_test_home_assistant,
)

from custom_components.nestmtx.const import DOMAIN
from tests.expected import all_expected
from tests.faults.proxy import FaultProxy
from tests.simulator import Simulator

USER = "nestmtx"
# Below the system's ephemeral ports, which may be taken while the server is down; a client could
# then even connect to itself.
_PORTS = range(20_000, 32_000)


class _Resolver(ThreadedResolver):
    """The system's resolver, with the additional methods that Home Assistant needs."""

    async def real_close(self) -> None:
        """Close the resolver; `close` is called by each session that shares it."""
        await self.close()


@asynccontextmanager
async def home() -> AsyncGenerator[HomeAssistant]:
    """Run a Home Assistant with this project's integration, and stop it at the end."""
    # Otherwise names are resolved with Zeroconf: nothing must leave this machine.
    resolver = patch(
        "homeassistant.helpers.aiohttp_client._async_make_resolver",
        return_value=_Resolver(),
    )
    # The frontend isn't needed, and another Home Assistant may use the port.
    server = "homeassistant.components.http.HomeAssistantHTTP"
    no_page = patch.multiple(server, async_bind=AsyncMock(), start=AsyncMock())
    with TemporaryDirectory() as folder, resolver, no_page, all_expected():
        async with async_test_home_assistant(config_dir=folder) as hass:
            frame.async_setup(hass)
            hass.data.pop(loader.DATA_CUSTOM_COMPONENTS)
            try:
                yield hass
            finally:
                await hass.async_stop(force=True)


@asynccontextmanager
async def running(simulator: Simulator, rng: Random) -> AsyncGenerator[Simulator]:
    """Run a server, and stop it at the end."""
    port, hls_port, rtsp_port, web_rtc_port = (_free_port(rng) for _ in range(4))
    await simulator.start(
        port=port, hls_port=hls_port, rtsp_port=rtsp_port, web_rtc_port=web_rtc_port
    )
    try:
        yield simulator
    finally:
        await simulator.stop()


@asynccontextmanager
async def proxied(simulator: Simulator) -> AsyncGenerator[FaultProxy]:
    """Run a proxy before a server, and stop it at the end."""
    proxy = FaultProxy((simulator.host, simulator.port))
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.stop()


@asynccontextmanager
async def loaded(hass: HomeAssistant, host: str, port: int) -> AsyncGenerator[MockConfigEntry]:
    """Set up an entry for a server, and unload it at the end."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title=host,
        data={
            CONF_HOST: host,
            CONF_PORT: port,
            CONF_SSL: False,
            CONF_VERIFY_SSL: True,
            CONF_USERNAME: USER,
            CONF_PASSWORD: USER,
        },
    )
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    if entry.state is not ConfigEntryState.LOADED:
        raise RuntimeError(f"the entry was not set up: {entry.reason}")
    try:
        yield entry
    finally:
        await hass.config_entries.async_unload(entry.entry_id)
        await hass.async_block_till_done()


def _free_port(rng: Random) -> int:
    """Return a free port."""
    for port in rng.sample(_PORTS, 100):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as err:
                if err.errno != errno.EADDRINUSE:
                    raise
            else:
                return port
    raise RuntimeError("no port is free")
