"""Diagnostics are useful and contain no secrets."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.nestmtx.const import DOMAIN
from custom_components.nestmtx.diagnostics import (
    async_get_config_entry_diagnostics,
    async_get_device_diagnostics,
)
from tests.simulator import Simulator
from tests.simulator.rows import camera_row, credential_row

CAMERA = "Front Yard Cam"
CREDENTIAL = "Home account"


def _secrets(simulator: Simulator, entry: MockConfigEntry) -> set[str]:
    """Return the secrets of a server and an entry."""
    world = simulator.world
    secrets = {"oauth_client_id", "oauth_client_secret", "dac_project_id", "tokens"}
    return {
        entry.data["password"],
        entry.data["token"],
        *world.tokens,
        *(camera.uid for camera in world.cameras.values()),
        *(f"/{camera.path}" for camera in world.cameras.values() if camera.path),
        *(
            str(credential_row(credential)[name])
            for credential in world.credentials.values()
            for name in secrets
            if credential_row(credential)[name]
        ),
        *(
            str(getattr(credential, name))
            for credential in world.credentials.values()
            for name in secrets - {"tokens"}
        ),
    }


async def test_the_diagnostics_of_an_entry_contain_no_secret(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    diagnostics = await async_get_config_entry_diagnostics(hass, loaded_entry)

    text = str(diagnostics)
    assert [secret for secret in _secrets(simulator, loaded_entry) if secret in text] == []
    assert len(diagnostics["cameras"]) == len(simulator.world.cameras)
    assert len(diagnostics["credentials"]) == len(simulator.world.credentials)
    assert diagnostics["server"]["release"] == "v1.1.1"
    assert diagnostics["connected"]


async def test_the_diagnostics_of_an_entry_can_be_downloaded(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    loaded_entry: MockConfigEntry,
) -> None:
    assert await async_setup_component(hass, "diagnostics", {})
    # Integrations' diagnostics are registered in the background.
    await hass.async_block_till_done()
    client = await hass_client()

    answer = await client.get(f"/api/diagnostics/config_entry/{loaded_entry.entry_id}")

    assert answer.status == 200
    assert (await answer.json())["data"]["entry"]["password"] == "**REDACTED**"


async def test_diagnostics_contain_a_streams_protocol_without_its_path(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    diagnostics = await async_get_config_entry_diagnostics(hass, loaded_entry)

    row = camera_row(simulator.world.cameras[1], simulator.world, 0)
    camera = next(each for each in diagnostics["cameras"] if each["id"] == 1)
    origin = f"rtsp://<window.location.origin>:{simulator.rtsp_port}"
    assert row["url_rtsp_tcp"] == f"{origin}/front"
    assert camera["url_rtsp_tcp"] == f"{origin}/**REDACTED**"
    assert camera["path"] == "**REDACTED**"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("rtsp://user:secret@host:8554/front", "**REDACTED**"),
        ("rtsp://<window.location.origin>?token=secret", "**REDACTED**"),
        ("file:/etc/secret", "**REDACTED**"),
        ("", "**REDACTED**"),
    ],
)
async def test_a_url_of_an_unknown_form_is_masked(
    hass: HomeAssistant, entry: MockConfigEntry, simulator: Simulator, url: str, shown: str
) -> None:
    row = camera_row(simulator.world.cameras[1], simulator.world, 0) | {"url_rtsp_tcp": url}
    answer = {"page": 1, "itemsPerPage": 100, "total": 1, "items": [row]}
    simulator.faults.answers["cameras", "list"] = answer
    await hass.config_entries.async_setup(entry.entry_id)

    diagnostics = await async_get_config_entry_diagnostics(hass, entry)

    assert diagnostics["cameras"][0]["url_rtsp_tcp"] == shown
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize(
    ("name", "cameras", "credentials"),
    [(CAMERA, [CAMERA], []), (CREDENTIAL, [], [CREDENTIAL]), ("127.0.0.1", [], [])],
)
async def test_the_diagnostics_of_a_device_are_about_that_device(
    hass: HomeAssistant,
    device_registry: dr.DeviceRegistry,
    loaded_entry: MockConfigEntry,
    name: str,
    cameras: list[str],
    credentials: list[str],
) -> None:
    device = next(each for each in device_registry.devices if each.name == name)
    assert next(iter(device.identifiers))[0] == DOMAIN

    diagnostics = await async_get_device_diagnostics(hass, loaded_entry, device)

    assert [camera["name"] for camera in diagnostics["cameras"]] == cameras
    assert [each["description"] for each in diagnostics["credentials"]] == credentials
