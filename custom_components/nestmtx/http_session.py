"""Sessions over HTTP that keep no cookies and follow no redirect.

The jar of Home Assistant's own session is shared by all integrations: it would send the server what
other services on its host have set, and let it fill the jar for everybody. Nothing but the address
that the user gave is opened: aiohttp has no other way to keep a websocket from being redirected.
"""

from collections.abc import Generator
from contextlib import contextmanager

from aiohttp import (
    ClientConnectionError,
    ClientSession,
    DummyCookieJar,
    TraceConfig,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import async_create_clientsession


@callback
def async_create_http_session(hass: HomeAssistant, *, verify_ssl: bool) -> ClientSession:
    """Return the session of the config entry that is being set up; it ends with the entry."""
    return async_create_clientsession(
        hass, verify_ssl, cookie_jar=DummyCookieJar(), trace_configs=[_no_redirects()]
    )


@contextmanager
def http_session(hass: HomeAssistant, *, verify_ssl: bool) -> Generator[ClientSession]:
    """Have a session for a while."""
    session = async_create_clientsession(
        hass,
        verify_ssl,
        auto_cleanup=False,
        cookie_jar=DummyCookieJar(),
        trace_configs=[_no_redirects()],
    )
    try:
        yield session
    finally:
        session.detach()


def _no_redirects() -> TraceConfig:
    trace = TraceConfig()
    trace.on_request_redirect.append(_refuse)
    return trace


async def _refuse(*_: object) -> None:
    raise ClientConnectionError("The server redirects")
