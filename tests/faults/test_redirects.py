"""A server that redirects the client: no secrets are sent to the target."""

from collections.abc import AsyncGenerator, Callable

from aiohttp import WSMsgType, web
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_HOST, CONF_PORT, CONF_TOKEN
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.simulator import Simulator


class Elsewhere:
    """The target of redirects, which records the client's requests."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer like a Socket.IO server or the login."""
        self.heard.append(f"{request.path_qs} {dict(request.headers)} {await request.text()}")
        if request.headers.get("Upgrade", "").lower() != "websocket":
            return web.json_response({"bearer": "oat_elsewhere"}, status=201)
        websocket = web.WebSocketResponse()
        await websocket.prepare(request)
        hello = '0{"sid":"x","upgrades":[],"pingInterval":25000,"pingTimeout":20000}'
        await websocket.send_str(hello)
        async for message in websocket:
            if message.type is WSMsgType.TEXT:
                self.heard.append(message.data)
        return websocket


async def _serve(handler: Callable[..., object]) -> tuple[web.AppRunner, int]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    return runner, runner.addresses[0][1]


@pytest.fixture
async def elsewhere(socket_enabled: None) -> AsyncGenerator[tuple[Elsewhere, int]]:
    """A server that redirects every request, and the target."""
    other = Elsewhere()
    other_runner, other_port = await _serve(other.answer)

    async def redirect(request: web.Request) -> web.StreamResponse:
        location = f"http://127.0.0.1:{other_port}{request.path_qs}"
        raise web.HTTPTemporaryRedirect(location)

    runner, port = await _serve(redirect)
    yield other, port
    await runner.cleanup()
    await other_runner.cleanup()


@pytest.mark.parametrize("token", [None, "oat_S3CRET"], ids=["login", "websocket"])
async def test_a_server_that_redirects_is_not_followed(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    simulator: Simulator,
    elsewhere: tuple[Elsewhere, int],
    token: str | None,
) -> None:
    other, port = elsewhere
    data = {**entry.data, CONF_HOST: "127.0.0.1", CONF_PORT: port}
    hass.config_entries.async_update_entry(
        entry, data=data | ({CONF_TOKEN: token} if token else {})
    )

    await hass.config_entries.async_setup(entry.entry_id)

    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert other.heard == []
