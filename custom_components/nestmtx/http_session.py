"""Sessions over HTTP that keep no cookies, on the connections of Home Assistant.

The jar of Home Assistant's own session is shared by all integrations: it would send the server what
other services on its host have set, and let it fill the jar for everybody.
"""

from collections.abc import Generator
from contextlib import contextmanager

from aiohttp import ClientSession, DummyCookieJar
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import async_create_clientsession


@callback
def async_create_http_session(hass: HomeAssistant, *, verify_ssl: bool) -> ClientSession:
    """Return the session of the config entry that is being set up; it ends with the entry."""
    return async_create_clientsession(hass, verify_ssl, cookie_jar=DummyCookieJar())


@contextmanager
def http_session(hass: HomeAssistant, *, verify_ssl: bool) -> Generator[ClientSession]:
    """Have a session for a while."""
    session = async_create_clientsession(
        hass, verify_ssl, auto_cleanup=False, cookie_jar=DummyCookieJar()
    )
    try:
        yield session
    finally:
        session.detach()
