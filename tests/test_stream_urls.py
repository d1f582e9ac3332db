"""The action that returns the URLs of a camera's stream."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.nestmtx.const import CONF_VIDEO_HOST, CONF_WEB_RTC, DOMAIN
from tests.conftest import Until
from tests.simulator import Simulator, World

FRONT = "camera.front_yard_front_yard_cam"


@pytest.fixture
def world(world: World) -> World:
    """A world with all protocols turned on."""
    world.protocols |= {"rtsp", "rtmp", "hls", "web_rtc", "srt"}
    return world


async def _urls(hass: HomeAssistant, entity_id: str = FRONT) -> Any:
    response = await hass.services.async_call(
        DOMAIN,
        "stream_urls",
        blocking=True,
        target={"entity_id": entity_id},
        return_response=True,
    )
    return response[entity_id]


async def test_each_protocol_has_the_servers_host_and_port(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    ports = simulator.world.ports

    assert await _urls(hass) == {
        "rtsp": f"rtsp://127.0.0.1:{simulator.rtsp_port}/front",
        "rtmp": f"rtmp://127.0.0.1:{ports['rtmp']}/front",
        "hls": f"http://127.0.0.1:{simulator.hls_port}/front/index.m3u8",
        "web_rtc": f"http://127.0.0.1:{simulator.web_rtc_port}/front",
        "srt": f"srt://127.0.0.1:{ports['srt']}/?streamid=read%3Afront",
    }
    assert simulator.google_calls == []


async def test_the_urls_have_the_video_host(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    hass.config_entries.async_update_entry(
        loaded_entry, options={CONF_VIDEO_HOST: "fd00::5", CONF_WEB_RTC: False}
    )
    await hass.config_entries.async_reload(loaded_entry.entry_id)
    await hass.async_block_till_done()

    urls = await _urls(hass)

    assert all("://[fd00::5]:" in url for url in urls.values())


async def test_a_camera_without_a_path_has_no_urls(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    assert set((await _urls(hass, "camera.living_room_living_room")).values()) == {None}


async def test_a_protocol_that_is_turned_off_has_none(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    simulator.world.protocols -= {"rtmp", "srt"}
    coordinator = loaded_entry.runtime_data.coordinator
    await until(lambda: coordinator.data.cameras[1].url_srt is None)

    urls = await _urls(hass)

    assert {protocol for protocol, url in urls.items() if url is None} == {"rtmp", "srt"}
