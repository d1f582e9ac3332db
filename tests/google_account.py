"""A Google account for Home Assistant's own Google Nest integration, without Google.

A local server takes the place of Google's Device Access, and lists devices. Pub/Sub is missing.
"""

from collections.abc import Callable
import time
from typing import Any, Final, override

from aiohttp import web
from google_nest_sdm.google_nest_subscriber import GoogleNestSubscriber

PROJECT: Final = "project"


class Subscriber(GoogleNestSubscriber):
    """The subscriber of Google Nest, without its event stream."""

    @override
    async def start_async(self) -> Callable[[], None]:
        """Open no stream; return the function that stops refreshing devices."""

        def stop() -> None:
            if self._refresh_task:
                self._refresh_task.cancel()

        return stop


def device(name: str, kind: str, traits: dict[str, Any], room: str) -> dict[str, Any]:
    """Return a camera as Device Access lists it; the traits are named without their prefix."""
    traits = traits | {"CameraLiveStream": {"supportedProtocols": ["WEB_RTC"]}}
    return {
        "name": name,
        "type": f"sdm.devices.types.{kind}",
        "traits": {f"sdm.devices.traits.{trait}": value for trait, value in traits.items()},
        "parentRelations": [{"parent": f"{name}/rooms/1", "displayName": room}],
    }


def listing(*devices: dict[str, Any]) -> web.Application:
    """Return a server that lists some devices."""

    async def list_devices(_: web.Request) -> web.Response:
        return web.json_response({"devices": devices})

    async def list_structures(_: web.Request) -> web.Response:
        return web.json_response({"structures": []})

    application = web.Application()
    application.router.add_get("/enterprises/{project}/devices", list_devices)
    application.router.add_get("/enterprises/{project}/structures", list_structures)
    return application


def entry_data() -> dict[str, Any]:
    """Return the data of the integration's entry, with a token that is valid for a day."""
    return {
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
    }
