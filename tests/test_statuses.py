"""The entities of a camera in each status, and of a credential in each state, as tables.

Each column is an entity, by its key. The last camera is in a status that no client knows. Of
times, the seconds are left out.
"""

from collections.abc import Generator
from dataclasses import replace
from unittest.mock import patch

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.nestmtx.client import Timings
from custom_components.nestmtx.const import CONF_STILLS
from custom_components.nestmtx.stills import StillsPolicy
from tests.conftest import TIMINGS, Until
from tests.simulator import Simulator, World
from tests.simulator.scenario import statuses

pytestmark = pytest.mark.usefixtures("all_enabled")

CAMERAS = {
    "doing": """
camera                  status         stream_ready  stream_requested  state      restart_stream
unconfigured            unconfigured   off           off               idle       unknown
disabled                disabled       off           off               idle       unknown
disabled_process_alive  disabled       off           on                idle       unknown
dead                    dead           off           off               idle       unknown
dead_yet_ready          dead           on            off               streaming  unknown
stopped                 stopped        off           off               idle       unknown
unavailable             not_available  off           on                idle       unknown
starting                starting       off           on                idle       unknown
running                 running        on            on                streaming  unknown
hibernating             unknown        on            on                streaming  unknown
""",
    "viewers": """
camera                  being_watched  viewers
unconfigured            off            0
disabled                off            0
disabled_process_alive  off            0
dead                    off            0
dead_yet_ready          off            0
stopped                 off            0
unavailable             off            0
starting                off            0
running                 on             2
hibernating             on             2
""",
    "stream": """
camera                  streaming_since   tracks   data_received  data_sent  process_id
unconfigured            unknown           unknown  unknown        unknown    unknown
disabled                unknown           unknown  unknown        unknown    unknown
disabled_process_alive  unknown           unknown  unknown        unknown    31
dead                    unknown           unknown  unknown        unknown    unknown
dead_yet_ready          2026-11-23T18:30  3        1.234567       7.654321   unknown
stopped                 unknown           unknown  unknown        unknown    unknown
unavailable             unknown           unknown  unknown        unknown    32
starting                unknown           unknown  unknown        unknown    33
running                 2026-11-23T18:30  3        1.234567       7.654321   34
hibernating             2026-11-23T18:30  3        1.234567       7.654321   35
""",
    "authorization": """
camera                  stream_authorization_expires  stream_authorization  stream_stalled  activity
unconfigured            unknown                       off                   off             unknown
disabled                unknown                       off                   off             unknown
disabled_process_alive  unknown                       off                   off             unknown
dead                    unknown                       off                   off             unknown
dead_yet_ready          2026-11-23T18:25              off                   off             unknown
stopped                 unknown                       off                   off             unknown
unavailable             unknown                       off                   off             unknown
starting                unknown                       off                   off             unknown
running                 2126-10-30T18:30              off                   off             unknown
hibernating             2026-11-23T18:35              off                   off             unknown
""",
    "settings": """
camera                  enabled  persistent  path            supported_features  take_snapshot
unconfigured            off      off         (empty)         0                   unknown
disabled                off      off         disabled        2                   unknown
disabled_process_alive  off      off         disabled-alive  2                   unknown
dead                    on       off         dead            2                   unknown
dead_yet_ready          on       off         dead-ready      2                   unknown
stopped                 on       off         stopped         2                   unknown
unavailable             on       off         unavailable     2                   unknown
starting                on       off         starting        2                   unknown
running                 on       off         running         2                   unknown
hibernating             on       off         hibernating     2                   unknown
""",
    "device": """
camera                  resolution  protocols  video_codecs  audio_codecs
unconfigured            1920x1080   WEB_RTC    H264          OPUS
disabled                1920x1080   WEB_RTC    H264          OPUS
disabled_process_alive  1920x1080   WEB_RTC    H264          OPUS
dead                    1920x1080   WEB_RTC    H264          OPUS
dead_yet_ready          1920x1080   WEB_RTC    H264          OPUS
stopped                 1920x1080   WEB_RTC    H264          OPUS
unavailable             1920x1080   WEB_RTC    H264          OPUS
starting                1920x1080   WEB_RTC    H264          OPUS
running                 1920x1080   WEB_RTC    H264          OPUS
hibernating             1920x1080   WEB_RTC    H264          OPUS
""",
}
CREDENTIALS = """
credential      authorization    authorization_problem  last_authorized
home_account    reauthenticated  off                    2026-11-23T18:30
cabin_account   unauthenticated  on                     unknown
garden_account  authenticated    off                    unknown
"""
CREDENTIAL_ACTIVITIES = {f"{name}_account_activity" for name in ("home", "cabin", "garden")}
"""Set only by events: see test_event.py."""
AWAKE_TODAY = "_awake_today"
"""Grows with the clock: see test_awake.py."""
LAST_PICTURE = "_last_snapshot"
"""See test_image.py."""
SERVER = "127_0_0_1"
EMPTY = "(empty)"
AGAIN = {
    "domain": "credentials",
    "event": "reauthenticated",
    "entity": 1,
    "details": {"description": "Home account"},
    "at": "2026-11-23T18:30:00.000Z",
}


@pytest.fixture
def world() -> World:
    """A camera in each status and each recorded contradiction; credentials likewise."""
    return statuses()


@pytest.fixture
def entry(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    """An entry that reads no stream for pictures, which would show as activity."""
    hass.config_entries.async_update_entry(
        entry, options={CONF_STILLS: StillsPolicy.ON_REQUEST.value}
    )
    return entry


@pytest.fixture
def short_times() -> Generator[Timings]:
    """Prevent streams from stalling, as they have no data here."""
    times = replace(TIMINGS, stall=60.0)
    with patch("custom_components.nestmtx.coordinator.TIMINGS", times):
        yield times


def _entity(device: str, key: str) -> str:
    """Return the name of an entity without its domain; a camera has its device's name."""
    return device if key in {"state", "supported_features"} else f"{device}_{key}"


def _shown(hass: HomeAssistant, device: str, key: str) -> str:
    """Return the state of an entity of any domain."""
    name = _entity(device, key)
    (state,) = (each for each in hass.states.async_all() if each.object_id == name)
    if key == "supported_features":
        return f"{state.attributes[key]:d}"
    return state.state.removesuffix(":00+00:00") or EMPTY


def _parts(table: str) -> tuple[list[str], list[str]]:
    """Return the devices (first column) and keys (first row) of a table."""
    head, *rows = [line.split() for line in table.strip().splitlines()]
    return [row[0] for row in rows], head[1:]


def _filled(hass: HomeAssistant, table: str) -> str:
    """Return the same table with the shown states."""
    devices, keys = _parts(table)
    rows = [
        [table.split(maxsplit=1)[0], *keys],
        *([device, *(_shown(hass, device, key) for key in keys)] for device in devices),
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )
    return "\n".join(["", *(line.rstrip() for line in lines), ""])


@pytest.mark.parametrize("table", CAMERAS.values(), ids=CAMERAS)
async def test_a_camera_in_each_status_is_shown_as_in_the_table(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, table: str
) -> None:
    assert _filled(hass, table) == table


async def test_a_credential_in_each_state_is_shown_as_in_the_table(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    # No list reports that it was authorized again.
    await simulator.emit("credentials:reauthenticated", AGAIN)
    await until(lambda: _shown(hass, "home_account", "authorization") == "reauthenticated")

    assert _filled(hass, CREDENTIALS) == CREDENTIALS


async def test_the_tables_have_each_entity_of_each_camera_and_credential(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    listed = {
        _entity(device, key)
        for devices, keys in map(_parts, (*CAMERAS.values(), CREDENTIALS))
        for device in devices
        for key in keys
    }
    there = {
        each.object_id for each in hass.states.async_all() if not each.object_id.startswith(SERVER)
    }
    elsewhere = {each for each in there if each.endswith((AWAKE_TODAY, LAST_PICTURE))}
    assert there - CREDENTIAL_ACTIVITIES - elsewhere == listed


async def test_the_server_counts_streams_that_are_ready_and_processes_that_run(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, until: Until
) -> None:
    assert _shown(hass, SERVER, "cameras_streaming") == "3"
    # The processes of five cameras, and two of the server itself.
    await until(lambda: _shown(hass, SERVER, "processes") == "7")
