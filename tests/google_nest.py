"""Home Assistant's own Google Nest integration, with a fake account, whose doorbell can be rung."""

from collections.abc import AsyncGenerator, Callable
from typing import override
from unittest.mock import patch
from uuid import uuid4

from aiohttp.test_utils import TestServer
from google_nest_sdm.google_nest_subscriber import GoogleNestSubscriber
from google_nest_sdm.streaming_manager import Message
from homeassistant.components.application_credentials import (
    ClientCredential,
    async_import_client_credential,
)
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.google_account import PROJECT, Subscriber, device, entry_data, listing
from tests.simulator import Simulator
from tests.simulator.records import Camera


class _Subscriber(Subscriber):
    """A subscriber to which events are passed directly."""

    @override
    async def start_async(self) -> Callable[[], None]:
        """Open no stream."""
        GoogleNest.subscribers.append(self)
        return await super().start_async()


class GoogleNest:
    """The account."""

    subscribers: list[GoogleNestSubscriber] = []  # noqa: RUF012

    def __init__(self, entry: MockConfigEntry, camera: Camera) -> None:
        """Use an entry with one device."""
        self.entry = entry
        self.camera = camera

    async def ring(self) -> None:
        """Press the doorbell's button."""
        event = {
            "eventId": str(uuid4()),
            "timestamp": dt_util.utcnow().isoformat(),
            "resourceUpdate": {
                "name": self.camera.uid,
                "events": {
                    "sdm.devices.events.DoorbellChime.Chime": {
                        "eventSessionId": str(uuid4()),
                        "eventId": str(uuid4()),
                    }
                },
            },
        }
        await self.subscribers[-1]._async_message_callback(Message.from_data(event))


@pytest.fixture
async def google_nest(hass: HomeAssistant, simulator: Simulator) -> AsyncGenerator[GoogleNest]:
    """Set the integration up for the server's first camera."""
    camera = simulator.world.cameras[1]
    traits = {"Info": {"customName": camera.name}}
    traits |= {each: {} for each in ("CameraMotion", "CameraPerson", "DoorbellChime")}
    server = TestServer(listing(device(camera.uid, "DOORBELL", traits, camera.room)))
    await server.start_server()

    assert await async_setup_component(hass, "application_credentials", {})
    await async_import_client_credential(hass, "nest", ClientCredential("id", "secret"), "nest")
    entry = MockConfigEntry(domain="nest", unique_id=PROJECT, data=entry_data())
    entry.add_to_hass(hass)
    with (
        patch("homeassistant.components.nest.api.API_URL", str(server.make_url("")).rstrip("/")),
        patch("homeassistant.components.nest.api.GoogleNestSubscriber", _Subscriber),
    ):
        assert await async_setup_component(hass, "nest", {})
        await hass.async_block_till_done()
        yield GoogleNest(entry, camera)
        await hass.config_entries.async_unload(entry.entry_id)
    await server.close()
