"""The options: video host, WebRTC, the source of pictures, and the log."""

from collections.abc import Generator
from typing import Any
from unittest.mock import patch

from homeassistant.components.camera import DOMAIN as CAMERA, async_get_stream_source
from homeassistant.components.camera.const import DATA_COMPONENT
from homeassistant.components.camera.webrtc import StreamType
from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.nestmtx.const import (
    CONF_LOG_LEVEL,
    CONF_STILLS,
    CONF_VIDEO_HOST,
    CONF_WEB_RTC,
)
from tests.simulator import Simulator

DEFAULTS = {CONF_WEB_RTC: True, CONF_STILLS: "running", CONF_LOG_LEVEL: "off"}
FRONT = f"{CAMERA}.front_yard_front_yard_cam"


@pytest.fixture(autouse=True)
def _no_ice_servers() -> Generator[None]:
    """Don't request ICE servers, as most of the hosts don't exist."""
    with patch("custom_components.nestmtx.webrtc.ice_servers", return_value=()):
        yield


async def _begin(hass: HomeAssistant, entry: MockConfigEntry) -> ConfigFlowResult:
    return await hass.config_entries.options.async_init(entry.entry_id)


async def _submit(
    hass: HomeAssistant, entry: MockConfigEntry, user_input: dict[str, Any]
) -> ConfigFlowResult:
    """Submit the form, and wait until the entry is reloaded."""
    flow = await _begin(hass, entry)
    result = await hass.config_entries.options.async_configure(flow["flow_id"], user_input)
    await hass.async_block_till_done()
    return result


def _suggested(result: ConfigFlowResult) -> dict[str, Any]:
    """Return the suggested values of a form."""
    schema = result["data_schema"]
    assert schema is not None
    suggested = {str(key): (key.description or {}).get("suggested_value") for key in schema.schema}
    return {key: value for key, value in suggested.items() if value is not None}


def _stream_types(hass: HomeAssistant) -> set[StreamType]:
    camera = hass.data[DATA_COMPONENT].get_entity(FRONT)
    assert camera is not None
    return camera.camera_capabilities.frontend_stream_types


async def test_the_options_form_is_shown(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    result = await _begin(hass, loaded_entry)

    assert result["type"] is FlowResultType.FORM
    assert result["step_id"] == "init"
    assert not result["errors"]


@pytest.mark.parametrize(
    ("user_input", "options"),
    [
        ({}, {}),
        ({CONF_WEB_RTC: False}, {CONF_WEB_RTC: False}),
        ({CONF_STILLS: "on_request"}, {CONF_STILLS: "on_request"}),
        ({CONF_LOG_LEVEL: "error"}, {CONF_LOG_LEVEL: "error"}),
        ({CONF_VIDEO_HOST: "video.local"}, {CONF_VIDEO_HOST: "video.local"}),
        ({CONF_VIDEO_HOST: " Video.Local "}, {CONF_VIDEO_HOST: "video.local"}),
        ({CONF_VIDEO_HOST: "192.0.2.7"}, {CONF_VIDEO_HOST: "192.0.2.7"}),
        ({CONF_VIDEO_HOST: "[fd00::5]"}, {CONF_VIDEO_HOST: "fd00::5"}),
        ({CONF_VIDEO_HOST: ""}, {}),
        ({CONF_VIDEO_HOST: "  "}, {}),
    ],
)
async def test_empty_options_are_not_stored(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    user_input: dict[str, Any],
    options: dict[str, Any],
) -> None:
    result = await _submit(hass, loaded_entry, user_input)

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert loaded_entry.options == DEFAULTS | options


async def test_the_form_suggests_the_current_options(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    options = {
        CONF_VIDEO_HOST: "video.local",
        CONF_WEB_RTC: False,
        CONF_STILLS: "own_view",
        CONF_LOG_LEVEL: "critical",
    }
    await _submit(hass, loaded_entry, options)

    assert _suggested(await _begin(hass, loaded_entry)) == options


async def test_a_video_host_can_be_removed(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    await _submit(hass, loaded_entry, {CONF_VIDEO_HOST: "video.local", CONF_WEB_RTC: True})

    await _submit(hass, loaded_entry, {CONF_WEB_RTC: True})

    assert loaded_entry.options == DEFAULTS


@pytest.mark.parametrize(
    "host",
    [
        "http://video.local",
        "rtsp://video.local:8554/front",
        "video.local:8554",
        "[fd00::5]:8554",
        "user:secret@video.local",
        "two words",
        "video.local/",
        "fd00::g",
        "<b>",
        "*",
        "/",
    ],
)
async def test_an_invalid_host_is_an_error_and_the_input_is_kept(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, host: str
) -> None:
    typed = DEFAULTS | {CONF_VIDEO_HOST: host, CONF_WEB_RTC: False}

    result = await _submit(hass, loaded_entry, typed)

    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == {CONF_VIDEO_HOST: "invalid_host"}
    assert _suggested(result) == typed
    assert loaded_entry.options == {}


async def test_an_invalid_host_can_be_corrected(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    result = await _submit(hass, loaded_entry, {CONF_VIDEO_HOST: "video.local:8554"})

    result = await hass.config_entries.options.async_configure(
        result["flow_id"], {CONF_VIDEO_HOST: "video.local"}
    )
    await hass.async_block_till_done()

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert loaded_entry.options[CONF_VIDEO_HOST] == "video.local"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("video.local", "rtsp://video.local:{port}/front"),
        ("fd00::5", "rtsp://[fd00::5]:{port}/front"),
    ],
)
async def test_video_is_read_from_the_video_host(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    host: str,
    expected: str,
) -> None:
    await _submit(hass, loaded_entry, {CONF_VIDEO_HOST: host, CONF_WEB_RTC: True})

    assert loaded_entry.state is ConfigEntryState.LOADED
    assert await async_get_stream_source(hass, FRONT) == expected.format(port=simulator.rtsp_port)


async def test_video_is_read_from_the_server_without_a_video_host(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    await _submit(hass, loaded_entry, {CONF_VIDEO_HOST: "video.local", CONF_WEB_RTC: True})
    await _submit(hass, loaded_entry, {CONF_VIDEO_HOST: "", CONF_WEB_RTC: True})

    source = await async_get_stream_source(hass, FRONT)
    assert source == f"rtsp://127.0.0.1:{simulator.rtsp_port}/front"


@pytest.mark.parametrize(
    ("web_rtc", "expected"),
    [(True, {StreamType.HLS, StreamType.WEB_RTC}), (False, {StreamType.HLS})],
)
async def test_browsers_get_video_directly_from_the_server_unless_turned_off(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, web_rtc: bool, expected: set[StreamType]
) -> None:
    await _submit(hass, loaded_entry, {CONF_WEB_RTC: web_rtc})

    assert _stream_types(hass) == expected


async def test_unchanged_options_do_not_reload_the_entry(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    await _submit(hass, loaded_entry, {CONF_WEB_RTC: True})
    before = simulator.sids

    await _submit(hass, loaded_entry, {CONF_WEB_RTC: True})

    assert simulator.sids == before
