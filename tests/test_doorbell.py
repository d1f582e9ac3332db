"""A Google Nest doorbell and the same camera in NestMTX, as two linked devices."""

import asyncio
from pathlib import Path
import shutil

from homeassistant.components.media_source import async_browse_media
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.nestmtx.const import DOMAIN
from tests.conftest import ROOT
from tests.google_nest import GoogleNest, google_nest
from tests.media import media_folder
from tests.phone import Phone, phone
from tests.simulator import Simulator, World
from tests.simulator.probe import PATIENCE
from tests.simulator.scenario import recorded

# Pytest finds fixtures by name.
__all__ = ["google_nest", "media_folder", "phone"]


@pytest.fixture
def world() -> World:
    """A world with one camera."""
    return recorded(1)


async def test_the_bell_of_google_nest_wakes_the_linked_camera_and_records_it(
    hass: HomeAssistant,
    media_folder: Path,
    google_nest: GoogleNest,
    loaded_entry: MockConfigEntry,
    phone: Phone,
    simulator: Simulator,
) -> None:
    # The page of each device shows the other one, as they share an identifier.
    [theirs] = dr.async_entries_for_config_entry(dr.async_get(hass), google_nest.entry.entry_id)
    [camera] = [
        each
        for each in er.async_entries_for_config_entry(er.async_get(hass), loaded_entry.entry_id)
        if each.domain == "camera"
    ]
    ours = dr.async_get(hass).async_get(camera.device_id)
    assert ("nest", google_nest.camera.uid) in theirs.identifiers & ours.identifiers
    assert theirs.id != ours.id

    [bell] = [
        each.entity_id
        for each in er.async_entries_for_device(er.async_get(hass), theirs.id)
        if each.domain == "event" and each.original_device_class == "doorbell"
    ]
    folder = Path(hass.config.path("blueprints", "automation", DOMAIN))
    await hass.async_add_executor_job(
        shutil.copytree, ROOT / "blueprints" / "automation" / DOMAIN, folder
    )
    rang = [{"trigger": "doorbell.rang", "target": {"entity_id": bell}}]
    common = {"camera": ours.id, "phone": phone.device_id}
    automations = [
        {
            "use_blueprint": {
                "path": f"{DOMAIN}/someone_at_the_door.yaml",
                "input": {"bell": rang, **common},
            }
        },
        {
            "use_blueprint": {
                "path": f"{DOMAIN}/record_clip.yaml",
                "input": {"trigger": rang, "duration": 5, **common},
            }
        },
    ]
    assert await async_setup_component(hass, "automation", {"automation": automations})
    await hass.async_block_till_done()
    assert simulator.world.cameras[1].process is None

    await google_nest.ring()

    async with asyncio.timeout(PATIENCE):
        while hass.states.get(camera.entity_id).state != "streaming":
            await asyncio.sleep(0.01)
    async with asyncio.timeout(PATIENCE + 15):
        while not any("video" in data for data in phone.data):
            await asyncio.sleep(0.05)
    assert hass.states.get(camera.entity_id).attributes["awake_until"] is not None

    here = f"media-source://{DOMAIN}"
    for _ in range(3):
        here = (await async_browse_media(hass, here)).children[0].media_content_id
    shown = (await async_browse_media(hass, here)).children
    assert sorted(each.media_class for each in shown) == ["image", "video"]
