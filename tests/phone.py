"""A phone with Home Assistant's app, which registers and receives notifications."""

from collections.abc import AsyncGenerator
from http import HTTPStatus
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

REGISTRATION = {
    "app_data": {"push_websocket_channel": True},
    "app_id": "io.robbie.HomeAssistant",
    "app_name": "Home Assistant",
    "app_version": "2026.11",
    "device_id": "phone",
    "device_name": "Phone",
    "manufacturer": "Google",
    "model": "Pixel",
    "os_name": "Android",
    "os_version": "17",
    "supports_encryption": False,
}


class Phone:
    """The phone's device and notifications."""

    def __init__(self, device_id: str) -> None:
        """Start without notifications."""
        self.device_id = device_id
        self.notifications: list[dict[str, Any]] = []

    @property
    def messages(self) -> list[str]:
        """The texts of the notifications."""
        return [each["message"] for each in self.notifications]

    @property
    def data(self) -> list[dict[str, Any]]:
        """The data of the notifications."""
        return [each["data"] for each in self.notifications]


@pytest.fixture
async def phone(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, hass_ws_client: WebSocketGenerator
) -> AsyncGenerator[Phone]:
    """Register a phone, and listen for notifications over the local network."""
    # All components with HTTP views must be set up before the first request.
    for component in ("notify", "mobile_app"):
        assert await async_setup_component(hass, component, {})
    await hass.async_block_till_done()
    client = await hass_client()
    answer = await client.post("/api/mobile_app/registrations", json=REGISTRATION)
    assert answer.status == HTTPStatus.CREATED
    webhook_id = (await answer.json())["webhook_id"]
    await hass.async_block_till_done()
    [entry] = hass.config_entries.async_entries("mobile_app")
    [device] = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    phone = Phone(device.id)

    channel = await hass_ws_client(hass)
    await channel.send_json_auto_id(
        {"type": "mobile_app/push_notification_channel", "webhook_id": webhook_id}
    )
    assert (await channel.receive_json())["success"]

    async def listen() -> None:
        while True:
            phone.notifications.append((await channel.receive_json())["event"])

    listening = hass.async_create_background_task(listen(), "phone")
    yield phone
    listening.cancel()
