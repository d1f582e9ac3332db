"""An unused log costs almost nothing beyond receiving it.

NESTMTX_STORM_SECONDS=10 measures longer storms than the default.
"""

import asyncio
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
import json
import os
from pathlib import Path
from statistics import median
import sys
from typing import Any

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
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.aiohttp_client import async_get_clientsession
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import socketio

from custom_components.nestmtx.client import Account, ServerAddress
from custom_components.nestmtx.client.connection.auth import login
from custom_components.nestmtx.const import DOMAIN

from .storm.meter import Cost, measured

ROOT = Path(__file__).parents[1]
USER = {CONF_USERNAME: "nestmtx", CONF_PASSWORD: "nestmtx"}

RATE = 5_000
"""Lines a second."""
SECONDS = float(os.environ.get("NESTMTX_STORM_SECONDS", "1"))
ROUNDS = 4

type Ask = Callable[[], Awaitable[Any]]
"""Waits for an answer of the server, which comes after everything sent before."""


class StormServer:
    """The server in a separate process."""

    def __init__(self, process: Process, address: ServerAddress) -> None:
        """Control a running process by its standard input."""
        self.address = address
        self.rates: list[float] = []
        """Lines a second that were really sent in each storm."""
        self._process = process

    async def storm(self) -> None:
        """Send a storm to one socket, at RATE."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        stdin.write(f"{RATE} {SECONDS}\n".encode())
        sent = json.loads(await stdout.readline())
        assert sent["sockets"] == 1 and sent["closing"] == 0
        assert sent["lines"] == RATE * SECONDS and sent["bytes"] > 100 * sent["lines"]
        self.rates.append(sent["lines"] / sent["seconds"])


@pytest.fixture
async def server(socket_enabled: None) -> AsyncGenerator[StormServer]:
    """A server that sends log storms on request."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.storm"), cwd=ROOT, stdin=PIPE, stdout=PIPE
    )
    assert process.stdin is not None and process.stdout is not None
    host, port = (await process.stdout.readline()).decode().split()
    yield StormServer(process, ServerAddress(host, int(port)))
    process.stdin.close()
    await process.wait()


@pytest.fixture
def entry(hass: HomeAssistant, server: StormServer) -> MockConfigEntry:
    """An entry for the server, with default options."""
    where = {CONF_HOST: server.address.host, CONF_PORT: server.address.port, CONF_SSL: False}
    entry = MockConfigEntry(domain=DOMAIN, data={**where, **USER, CONF_VERIFY_SSL: True})
    entry.add_to_hass(hass)
    return entry


@asynccontextmanager
async def _ours(hass: HomeAssistant, entry: MockConfigEntry) -> AsyncGenerator[Ask]:
    """Set up the integration."""
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    try:
        yield lambda: entry.runtime_data.coordinator.client.rpc.list("health")
        assert entry.state is ConfigEntryState.LOADED and entry.runtime_data.coordinator.connected
    finally:
        assert await hass.config_entries.async_unload(entry.entry_id)
        await hass.async_block_till_done()


@asynccontextmanager
async def _bare(token: str, address: ServerAddress) -> AsyncGenerator[Ask]:
    """Connect the library's client, without handlers."""
    client = socketio.AsyncClient(reconnection=False, handle_sigint=False)
    await client.connect(address.url, auth={"token": token}, transports=["websocket"])
    request = {"command": "list", "module": "health", "requestId": "health"}
    try:
        # The server acknowledges a request after it has answered it.
        yield lambda: client.call("request", request)
        assert client.connected
    finally:
        await client.disconnect()


async def _cost(server: StormServer, ask: Ask) -> Cost:
    """Return the cost of a storm, until its last line has been read."""
    # Wait for the end of everything started by connecting.
    await ask()
    await asyncio.sleep(0.1)
    async with measured() as cost:
        await server.storm()
        await ask()
    return cost


async def test_an_unused_log_storm_costs_only_its_receiving(
    hass: HomeAssistant,
    entity_registry: er.EntityRegistry,
    server: StormServer,
    entry: MockConfigEntry,
) -> None:
    # Only Home Assistant's tests turn it on, and it takes most of the time.
    asyncio.get_running_loop().set_debug(False)
    http, address = async_get_clientsession(hass), server.address
    token = await login(http, Account(address, *USER.values()), timeout=10)
    bare, ours = [], []

    # Measured in turn and compared by round, so that other load affects both.
    for _ in range(ROUNDS):
        async with _bare(token, address) as ask:
            bare.append(await _cost(server, ask))
        async with _ours(hass, entry) as ask:
            ours.append(await _cost(server, ask))

    (log,) = (
        each
        for each in er.async_entries_for_config_entry(entity_registry, entry.entry_id)
        if each.domain == "event" and each.translation_key == "log"
    )
    assert log.disabled_by is er.RegistryEntryDisabler.INTEGRATION
    _report("bare", bare)
    _report("ours", ours)
    ratio = median(one.cpu / other.cpu for one, other in zip(ours, bare, strict=True))
    print(f"ratio: {ratio:.3f}; at least {min(server.rates):.0f} lines a second")  # noqa: T201
    # A pause of the machine at the end makes a short storm longer.
    assert min(server.rates) > 0.8 * RATE
    assert ratio < 1.2
    # A short pause of the machine affects one round rather than all.
    assert min(each.lag for each in ours) < 0.05


def _report(name: str, costs: list[Cost]) -> None:
    cpu = ", ".join(f"{each.cpu:.3f}" for each in costs)
    lag = ", ".join(f"{1000 * each.lag:.1f}" for each in costs)
    print(  # noqa: T201
        f"{name}: {median(each.cpu for each in costs):.3f} s of CPU time for {SECONDS:g} s",
        f"of {RATE} lines a second (in rounds: {cpu} s); worst lag {lag} ms",
    )
