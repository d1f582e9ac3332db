"""Add an account of Home Assistant's own Google Nest integration, without Google.

It has one camera, whose live views come from a WHEP endpoint.

    google_account:
      camera: enterprises/<project>/devices/<device>
      whep: http://<host>:<port>/<path>/whep
"""

from datetime import timedelta
from types import MappingProxyType
from typing import Any
from urllib.parse import urljoin

from aiohttp import ClientSession, web
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

from tests.google_account import PROJECT, Subscriber, device, entry_data, listing

DOMAIN = "google_account"
_SDP = {"Content-Type": "application/sdp"}
_VALID_FOR = timedelta(minutes=5)


class DeviceAccess:
    """The server in place of Google's."""

    def __init__(self, session: ClientSession, camera: str, whep: str) -> None:
        """List a camera, and have its live views from an endpoint."""
        self._session = session
        self._whep = whep
        self._sessions: dict[str, str] = {}
        traits = {"Info": {"customName": "Google's own"}}
        application = listing(device(camera, "CAMERA", traits, "Driveway"))
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
    api.GoogleNestSubscriber = Subscriber  # type: ignore[misc]
    hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, google.stop)
    await async_import_client_credential(hass, "nest", ClientCredential("id", "secret"), "nest")
    entry = ConfigEntry(
        domain="nest",
        title="Google Nest",
        source="user",
        unique_id=PROJECT,
        version=1,
        minor_version=1,
        data=entry_data(),
        options={},
        discovery_keys=MappingProxyType({}),
        subentries_data=(),
    )
    hass.async_create_task(hass.config_entries.async_add(entry))
    return True
