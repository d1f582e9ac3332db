"""HTTP sessions that keep no cookies and follow no redirects.

All integrations share the cookie jar of Home Assistant's own session: it would send the server the
cookies of other services on its host, and the server could fill that jar for all integrations. Only
the address that the user entered is opened: aiohttp has no other way to refuse redirects of a
websocket.
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
    """Return a session for the config entry being set up; it is closed with the entry."""
    return async_create_clientsession(
        hass, verify_ssl, cookie_jar=DummyCookieJar(), trace_configs=[_no_redirects()]
    )


@contextmanager
def http_session(hass: HomeAssistant, *, verify_ssl: bool) -> Generator[ClientSession]:
    """Open a session for the length of the context."""
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
