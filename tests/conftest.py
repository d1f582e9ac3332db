"""Fixtures of all tests: a simulated server, and short timings."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from datetime import UTC, datetime, timedelta
import os
from pathlib import Path
import re
import sys
from unittest.mock import PropertyMock, patch

from homeassistant.const import (
    CONF_HOST,
    CONF_PASSWORD,
    CONF_PORT,
    CONF_SSL,
    CONF_USERNAME,
    CONF_VERIFY_SSL,
    Platform,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, snapshot_platform
from pytest_homeassistant_custom_component.syrupy import HomeAssistantSnapshotExtension
from pytest_homeassistant_custom_component.typing import (
    MockHAClientWebSocket,
    WebSocketGenerator,
)
from syrupy.assertion import SnapshotAssertion
from syrupy.filters import paths

from custom_components.nestmtx.client import ServerAddress, Timings
from custom_components.nestmtx.const import DOMAIN
from tests.expected import all_expected
from tests.faults.resolver import Names
from tests.simulator import Quirks, Simulator, Times, World
from tests.simulator.probe import PATIENCE
from tests.simulator.records import Process, Stream
from tests.simulator.scenario import recorded
from tests.simulator.viewer import Viewer

# Run in another environment: scripts/test --browser.
collect_ignore = ["browser"]

ROOT = Path(__file__).parents[1]

TIMINGS = Timings(
    connect_timeout=5.0,
    request_timeout=5.0,
    first_retries=(0.02, 0.05),
    retry=0.1,
    retry_in_long_outage=0.2,
    lasting=0.2,
    max_retry=0.4,
    login_retry=0.2,
    max_login_retry=0.4,
    lag=0.5,
    resync=1.0,
    stall=1.5,
    load=0.5,
    start_timeout=3.0,
    refusal=0.3,
    refusal_pause=1.0,
    held=0.8,
    stuck=0.5,
    read_again=0.1,
    look=0.1,
    late_undemand=0.5,
    settle_timeout=5.0,
    keep_again=0.1,
    max_keep_again=0.4,
    hand_over=0.5,
    check_view=0.1,
    refused_view=0.6,
    connect_view=2.5,
    silence=0.7,
    verify_view=0.2,
    first_picture=2.0,
    grace=0.2,
)


@pytest.fixture(autouse=True)
def _custom_integrations(enable_custom_integrations: None) -> None:
    """Let Home Assistant load the integration."""


@pytest.fixture(autouse=True)
async def enable_event_loop_debug() -> None:
    """Override Home Assistant's fixture, as asyncio's debug mode takes a third of the time.

    It keeps a stack for each callback. NESTMTX_LOOP_DEBUG=1 turns it on.
    """
    asyncio.get_running_loop().set_debug(bool(os.environ.get("NESTMTX_LOOP_DEBUG")))


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """Give each test a folder of its own, as pictures are stored in it."""
    return hass_tmp_config_dir


@pytest.fixture
def all_enabled() -> Generator[None]:
    """Enable the entities that are disabled by default."""
    with patch(
        "homeassistant.helpers.entity.Entity.entity_registry_enabled_default",
        new_callable=PropertyMock,
        return_value=True,
    ):
        yield


@pytest.fixture
def expected_enabled() -> Generator[None]:
    """Enable all entities that `tests.expected` compares."""
    with all_expected():
        yield


all_cameras = pytest.mark.parametrize("camera_count", [23], ids=["all_cameras"])
"""Run a test with all recorded cameras, also those of the credential without access."""


@pytest.fixture
def camera_count() -> int:
    """How many of the recorded cameras the server has: one of each kind and condition."""
    return 7


@pytest.fixture
def world(camera_count: int) -> World:
    """The server's data: the recorded credentials and cameras."""
    return recorded(camera_count)


@pytest.fixture
def quirks() -> Quirks:
    """The properties of the recorded server."""
    return Quirks()


@pytest.fixture
def times() -> Times:
    """The server's timings, shortened."""
    return Times.fast()


@pytest.fixture
async def simulator(
    world: World, quirks: Quirks, times: Times, socket_enabled: None
) -> AsyncGenerator[Simulator]:
    """A running server."""
    simulator = Simulator(world, quirks, times)
    await simulator.start()
    yield simulator
    await simulator.stop()


@pytest.fixture
async def server_process(socket_enabled: None) -> AsyncGenerator[ServerAddress]:
    """A server in a separate process, for tests that measure only the client."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.simulator"),
        *("--port", "0", "--hls-port", "0", "--rtsp-port", "0", "--web-rtc-port", "0"),
        *("--scenario", "recorded", "--cameras", "2"),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode()
    address = re.search(r"http://([\d.]+):(\d+)", line)
    assert address is not None
    yield ServerAddress(address[1], int(address[2]))
    process.terminate()
    await process.wait()


@pytest.fixture
def address(simulator: Simulator) -> ServerAddress:
    """The server's address."""
    return ServerAddress(simulator.host, simulator.port)


@pytest.fixture
def short_times() -> Generator[Timings]:
    """Let the integration use short timings."""
    with (
        patch("custom_components.nestmtx.coordinator.TIMINGS", TIMINGS),
        patch("custom_components.nestmtx.config_flow.TIMINGS", TIMINGS),
    ):
        yield TIMINGS


@pytest.fixture
def names() -> Generator[Names]:
    """The host names that Home Assistant's client sessions resolve, all to the server."""
    names = Names()
    with patch("homeassistant.helpers.aiohttp_client._async_make_resolver", return_value=names):
        yield names


@pytest.fixture
def entry(hass: HomeAssistant, simulator: Simulator, short_times: Timings) -> MockConfigEntry:
    """An entry for the simulated server, added but not set up."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        entry_id="01NESTMTX",
        title=simulator.host,
        data={
            CONF_HOST: simulator.host,
            CONF_PORT: simulator.port,
            CONF_SSL: False,
            CONF_VERIFY_SSL: True,
            CONF_USERNAME: "nestmtx",
            CONF_PASSWORD: "nestmtx",
        },
    )
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
async def loaded_entry(
    hass: HomeAssistant, entry: MockConfigEntry
) -> AsyncGenerator[MockConfigEntry]:
    """The entry, set up; unloaded at the end."""
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    yield entry
    if entry.state.recoverable:
        await hass.config_entries.async_unload(entry.entry_id)
        await hass.async_block_till_done()


@pytest.fixture
async def viewer(socket_enabled: None) -> AsyncGenerator[Viewer]:
    """A browser's end of a live view."""
    async with Viewer() as viewer:
        yield viewer


@pytest.fixture
async def browser(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, hass_ws_client: WebSocketGenerator
) -> MockHAClientWebSocket:
    """A browser's connection to Home Assistant."""
    return await hass_ws_client(hass)


type Until = Callable[[Callable[[], bool]], Awaitable[None]]


@pytest.fixture
def until(hass: HomeAssistant) -> Until:
    """Wait until a condition is true, for PATIENCE at most."""

    async def until(condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                await asyncio.sleep(0.01)
                await hass.async_block_till_done()

    return until


# Snapshots of a platform. For the states of cameras in each status, see test_statuses.py.

NOT_OURS = paths(
    # Different in each run: the token in a picture's URL is random.
    *("attributes.access_token", "attributes.entity_picture", "context"),
    *("last_changed", "last_reported", "last_updated"),
    *("config_entry_id", "config_subentry_id", "device_id", "id"),
    # Set by the user; `compat_name` exists since 2026.11.
    *("aliases", "area_id", "compat_name", "device_class", "icon", "labels", "name"),
)

type SnapshotOf = Callable[..., Awaitable[None]]


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Snapshots of Home Assistant's objects, without properties not set by the integration."""
    return snapshot.use_extension(HomeAssistantSnapshotExtension).with_defaults(exclude=NOT_OURS)


@pytest.fixture
def one_camera(world: World) -> None:
    """Keep only one camera, which is watched, and its credential."""
    world.cameras, world.credentials = {1: world.cameras[1]}, {1: world.credentials[1]}
    since, camera = datetime(2026, 11, 23, 18, 30, tzinfo=UTC), world.cameras[1]
    camera.process = Process(camera.process_name, 34)
    camera.stream = Stream(True, True, since, 3, frozenset({"1", "2"}), 1234567, 7654321)
    camera.expires_at = since + timedelta(days=36_500)
    camera.settle()
    for job in world.cron_jobs:
        job.last_run_at = job.last_end_at = since


@pytest.fixture
def snapshot_of(
    hass: HomeAssistant,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
    all_enabled: None,
    one_camera: None,
    entry: MockConfigEntry,
    until: Until,
) -> SnapshotOf:
    """Compare all entities of a platform with its snapshot, once it is `complete`."""

    async def snapshot_of(platform: Platform, complete: Callable[[], bool] = lambda: True) -> None:
        with patch("custom_components.nestmtx.PLATFORMS", [platform]):
            await hass.config_entries.async_setup(entry.entry_id)
            await hass.async_block_till_done()
            await until(complete)

            await snapshot_platform(hass, entity_registry, snapshot, entry.entry_id)

            await hass.config_entries.async_unload(entry.entry_id)

    return snapshot_of
