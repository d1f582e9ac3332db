"""One server has one entry under all addresses; two servers with the same cameras have two."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from copy import deepcopy
from datetime import timedelta
from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER, ConfigEntryState
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.nestmtx.const import DOMAIN
from tests.faults.resolver import NAME, Names
from tests.simulator import Simulator, Times, World
from tests.simulator.scenario import recorded

type Serve = Callable[[World], Awaitable[Simulator]]

KNOWN = ("host", "port", "ssl", "verify_ssl", "username", "password")


@pytest.fixture
async def serve(times: Times, loaded_entry: MockConfigEntry) -> AsyncGenerator[Serve]:
    """Start a server for a world on a port of its own."""
    begun: list[Simulator] = []

    async def serve(world: World) -> Simulator:
        simulator = Simulator(world, times=times)
        await simulator.start()
        begun.append(simulator)
        return simulator

    yield serve
    for simulator in begun:
        await simulator.stop()


async def _add(hass: HomeAssistant, entry: MockConfigEntry, **address: Any) -> dict[str, Any]:
    """Add a server through the form, with the user of an entry."""
    flow = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    typed = {key: entry.data[key] for key in KNOWN} | address
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], typed)
    await hass.async_block_till_done()
    return result


def _installed_later() -> World:
    """Another server of the same Google account, with the same cameras in the same order."""
    world = recorded()
    for row in (*world.cameras.values(), *world.credentials.values()):
        row.created_at += timedelta(seconds=1)
    return world


def _is_refused(result: dict[str, Any], entry: MockConfigEntry) -> bool:
    return (
        result["type"] is FlowResultType.ABORT
        and result["reason"] == "already_configured"
        and result["description_placeholders"] == {"title": entry.title}
    )


async def test_a_server_is_recognized_by_another_port(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, serve: Serve, world: World
) -> None:
    same = await serve(world)

    result = await _add(hass, loaded_entry, **{CONF_PORT: same.port})

    assert _is_refused(result, loaded_entry)


async def test_a_server_is_recognized_by_another_name(
    hass: HomeAssistant, names: Names, loaded_entry: MockConfigEntry
) -> None:
    result = await _add(hass, loaded_entry, **{CONF_HOST: NAME})

    assert _is_refused(result, loaded_entry)


async def test_a_server_that_moved_is_recognized_though_its_entry_cannot_reach_it(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    serve: Serve,
    simulator: Simulator,
    world: World,
) -> None:
    moved = await serve(world)
    await simulator.kill()
    await hass.config_entries.async_reload(loaded_entry.entry_id)
    assert loaded_entry.state is ConfigEntryState.SETUP_RETRY

    result = await _add(hass, loaded_entry, **{CONF_PORT: moved.port})

    assert _is_refused(result, loaded_entry)


async def test_a_server_is_recognized_by_rows_added_later(
    hass: HomeAssistant,
    simulator: Simulator,
    loaded_entry: MockConfigEntry,
    serve: Serve,
) -> None:
    world = simulator.world
    await hass.config_entries.async_unload(loaded_entry.entry_id)
    later = _installed_later()
    world.cameras, world.credentials = later.cameras, later.credentials
    await hass.config_entries.async_setup(loaded_entry.entry_id)
    same = await serve(world)

    result = await _add(hass, loaded_entry, **{CONF_PORT: same.port})

    assert _is_refused(result, loaded_entry)


async def test_an_entry_is_not_changed_into_one_for_the_server_of_another(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, serve: Serve, world: World
) -> None:
    same, other = await serve(world), await serve(_installed_later())
    added = (await _add(hass, loaded_entry, **{CONF_PORT: other.port}))["result"]
    context = {"source": SOURCE_RECONFIGURE, "entry_id": added.entry_id}
    flow = await hass.config_entries.flow.async_init(DOMAIN, context=context)

    typed = {key: loaded_entry.data[key] for key in KNOWN} | {CONF_PORT: same.port}
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], typed)

    assert _is_refused(result, loaded_entry)
    assert added.data[CONF_PORT] == other.port
    await hass.config_entries.async_unload(added.entry_id)


async def test_a_second_server_with_the_same_cameras_is_added_and_called_by_its_host(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, serve: Serve
) -> None:
    other = await serve(_installed_later())

    result = await _add(hass, loaded_entry, **{CONF_PORT: other.port})

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == other.host
    assert result["result"].state is ConfigEntryState.LOADED
    assert hass.states.get("camera.front_yard_front_yard_cam").state == "idle"
    assert hass.states.get("camera.front_yard_front_yard_cam_2").state == "idle"
    await hass.config_entries.async_unload(result["result"].entry_id)


async def test_a_copy_of_a_server_is_another_server(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, serve: Serve, world: World
) -> None:
    copy = await serve(deepcopy(world))

    result = await _add(hass, loaded_entry, **{CONF_PORT: copy.port})

    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.config_entries.async_unload(result["result"].entry_id)
