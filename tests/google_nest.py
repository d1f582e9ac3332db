"""Home Assistant's own Google Nest integration, with a fake account.

A local server takes the place of Google's Device Access and lists the devices. Pub/Sub is missing:
events are passed directly to the subscriber.
"""

from collections.abc import AsyncGenerator, Callable
import time
from typing import Any, override
from unittest.mock import patch
from uuid import uuid4

from aiohttp import web
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

from tests.simulator import Simulator
from tests.simulator.records import Camera

PROJECT = "project"
TRAITS = ("CameraLiveStream", "CameraMotion", "CameraPerson", "DoorbellChime")


class _Subscriber(GoogleNestSubscriber):
    """The subscriber of Google Nest, without its event stream."""

    @override
    async def start_async(self) -> Callable[[], None]:
        """Open no stream; return the function that stops refreshing devices."""

        def stop() -> None:
            if self._refresh_task:
                self._refresh_task.cancel()

        GoogleNest.subscribers.append(self)
        return stop


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


def _device(camera: Camera) -> dict[str, Any]:
    """Return a camera as Device Access lists it."""
    parent = {"parent": f"{camera.uid}/rooms/1", "displayName": camera.room}
    traits: dict[str, Any] = {f"sdm.devices.traits.{name}": {} for name in TRAITS}
    traits["sdm.devices.traits.Info"] = {"customName": camera.name}
    traits["sdm.devices.traits.CameraLiveStream"] = {"supportedProtocols": ["WEB_RTC"]}
    return {
        "name": camera.uid,
        "type": "sdm.devices.types.DOORBELL",
        "traits": traits,
        "parentRelations": [parent],
    }


@pytest.fixture
async def google_nest(hass: HomeAssistant, simulator: Simulator) -> AsyncGenerator[GoogleNest]:
    """Set the integration up for the server's first camera."""
    camera = simulator.world.cameras[1]

    async def devices(_: web.Request) -> web.Response:
        return web.json_response({"devices": [_device(camera)]})

    async def structures(_: web.Request) -> web.Response:
        return web.json_response({"structures": []})

    application = web.Application()
    application.router.add_get("/enterprises/{project}/devices", devices)
    application.router.add_get("/enterprises/{project}/structures", structures)
    server = TestServer(application)
    await server.start_server()

    assert await async_setup_component(hass, "application_credentials", {})
    await async_import_client_credential(hass, "nest", ClientCredential("id", "secret"), "nest")
    entry = MockConfigEntry(
        domain="nest",
        unique_id=PROJECT,
        data={
            "sdm": {},
            "auth_implementation": "nest",
            "project_id": PROJECT,
            "cloud_project_id": "cloud",
            "subscription_name": "projects/cloud/subscriptions/home",
            "token": {
                "access_token": "token",
                "refresh_token": "token",
                "token_type": "Bearer",
                "expires_in": 86_400,
                "expires_at": time.time() + 86_400,
            },
        },
    )
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
