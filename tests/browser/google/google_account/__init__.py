"""An account of Home Assistant's own Google Nest integration, without Google.

A local server takes the place of Google's Device Access: it lists one camera, and forwards offers
for live views to a WHEP endpoint. Pub/Sub is missing.

    google_account:
      camera: enterprises/<project>/devices/<device>
      whep: http://<host>:<port>/<path>/whep
"""

from collections.abc import Callable
from datetime import timedelta
import time
from types import MappingProxyType
from typing import Any, override
from urllib.parse import urljoin

from aiohttp import ClientSession, web
from google_nest_sdm.google_nest_subscriber import GoogleNestSubscriber
from homeassistant.components.application_credentials import (
    ClientCredential,
    async_import_client_credential,
)
from homeassistant.components.nest import api
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util

DOMAIN = "google_account"
PROJECT = "project"
_SDP = {"Content-Type": "application/sdp"}
_VALID_FOR = timedelta(minutes=5)


class _Subscriber(GoogleNestSubscriber):
    """The subscriber of Google Nest, without its event stream."""

    @override
    async def start_async(self) -> Callable[[], None]:
        """Open no stream; return the function that stops refreshing devices."""

        def stop() -> None:
            if self._refresh_task:
                self._refresh_task.cancel()

        return stop


class DeviceAccess:
    """The server in place of Google's."""

    def __init__(self, session: ClientSession, camera: str, whep: str) -> None:
        """List a camera, and have its live views from an endpoint."""
        self._session = session
        self._camera = camera
        self._whep = whep
        self._sessions: dict[str, str] = {}
        application = web.Application()
        application.router.add_get("/enterprises/{project}/devices", self._devices)
        application.router.add_get("/enterprises/{project}/structures", self._structures)
        application.router.add_post("/{device:.+}:executeCommand", self._execute)
        self._runner = web.AppRunner(application)

    async def start(self) -> str:
        """Listen; return the URL."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}"

    async def stop(self, _: Event) -> None:
        """Stop listening."""
        await self._runner.cleanup()

    async def _devices(self, _: web.Request) -> web.Response:
        traits = {
            "sdm.devices.traits.Info": {"customName": "Google's own"},
            "sdm.devices.traits.CameraLiveStream": {"supportedProtocols": ["WEB_RTC"]},
        }
        parent = {"parent": f"{self._camera}/rooms/1", "displayName": "Driveway"}
        device = {
            "name": self._camera,
            "type": "sdm.devices.types.CAMERA",
            "traits": traits,
            "parentRelations": [parent],
        }
        return web.json_response({"devices": [device]})

    async def _structures(self, _: web.Request) -> web.Response:
        return web.json_response({"structures": []})

    async def _execute(self, request: web.Request) -> web.Response:
        body = await request.json()
        command, params = body["command"].rpartition(".")[2], body["params"]
        if command == "GenerateWebRtcStream":
            return web.json_response({"results": await self._open(params["offerSdp"])})
        if command == "StopWebRtcStream":
            await self._close(params["mediaSessionId"])
        return web.json_response({"results": {}})

    async def _open(self, offer: str) -> dict[str, Any]:
        async with self._session.post(self._whep, data=offer, headers=_SDP) as response:
            response.raise_for_status()
            session = response.headers["ID"]
            self._sessions[session] = urljoin(self._whep, response.headers["Location"])
            answer = await response.text()
        expires = dt_util.utcnow() + _VALID_FOR
        return {"answerSdp": answer, "mediaSessionId": session, "expiresAt": expires.isoformat()}

    async def _close(self, session: str) -> None:
        if url := self._sessions.pop(session, None):
            async with self._session.delete(url):
                pass


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Put the server in Google's place, and add the account."""
    options = config[DOMAIN]
    google = DeviceAccess(async_get_clientsession(hass), options["camera"], options["whep"])
    api.API_URL = await google.start()  # type: ignore[misc]
    api.GoogleNestSubscriber = _Subscriber  # type: ignore[misc]
    hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, google.stop)
    await async_import_client_credential(hass, "nest", ClientCredential("id", "secret"), "nest")
    token = {
        "access_token": "token",
        "refresh_token": "token",
        "token_type": "Bearer",
        "expires_in": 86_400,
        "expires_at": time.time() + 86_400,
    }
    entry = ConfigEntry(
        domain="nest",
        title="Google Nest",
        source="user",
        unique_id=PROJECT,
        version=1,
        minor_version=1,
        data={
            "sdm": {},
            "auth_implementation": "nest",
            "project_id": PROJECT,
            "cloud_project_id": "cloud",
            "subscription_name": "projects/cloud/subscriptions/home",
            "token": token,
        },
        options={},
        discovery_keys=MappingProxyType({}),
        subentries_data=(),
    )
    hass.async_create_task(hass.config_entries.async_add(entry))
    return True
