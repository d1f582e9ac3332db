"""Invalid TLS: an error in the form, and accepted without verification."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
import ssl
from typing import Any

from homeassistant.config_entries import SOURCE_USER
from homeassistant.const import (
    CONF_HOST,
    CONF_PASSWORD,
    CONF_PORT,
    CONF_SSL,
    CONF_USERNAME,
    CONF_VERIFY_SSL,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
import trustme

from custom_components.nestmtx.client import Timings
from custom_components.nestmtx.const import DOMAIN
from tests.simulator import Simulator

from .proxy import FaultProxy

NAMES = {"self_signed": "127.0.0.1", "expired": "127.0.0.1", "of_another_host": "other.local"}


def _certificate(fault: str) -> ssl.SSLContext:
    """A certificate of an untrusted authority, possibly with more problems."""
    expires = datetime.now(UTC) - timedelta(days=1) if fault == "expired" else None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate = trustme.CA().issue_cert(NAMES[fault], not_after=expires)
    certificate.configure_cert(context)
    return context


@pytest.fixture(params=NAMES)
async def tls_port(
    request: pytest.FixtureRequest, simulator: Simulator, short_times: Timings
) -> AsyncGenerator[int]:
    """A TLS port of the server with an untrusted certificate."""
    proxy = FaultProxy((simulator.host, simulator.port))
    await proxy.start(_certificate(request.param))
    yield proxy.port
    await proxy.stop()


async def _submit(hass: HomeAssistant, port: int, **changes: Any) -> dict[str, Any]:
    flow = await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    data = {
        CONF_HOST: "127.0.0.1",
        CONF_PORT: port,
        CONF_SSL: True,
        CONF_VERIFY_SSL: True,
        CONF_USERNAME: "nestmtx",
        CONF_PASSWORD: "nestmtx",
    }
    result = await hass.config_entries.flow.async_configure(flow["flow_id"], data | changes)
    await hass.async_block_till_done()
    return result


async def test_an_untrusted_certificate_is_an_error_in_the_form(
    hass: HomeAssistant, tls_port: int
) -> None:
    result = await _submit(hass, tls_port)

    assert result["errors"] == {"base": "invalid_certificate"}


async def test_an_untrusted_certificate_works_without_verification(
    hass: HomeAssistant, tls_port: int, simulator: Simulator
) -> None:
    result = await _submit(hass, tls_port, **{CONF_VERIFY_SSL: False})

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert hass.states.get("binary_sensor.nestmtx_connection").state == "on"
    await hass.config_entries.async_unload(result["result"].entry_id)


async def test_http_on_a_tls_port_is_an_error_in_the_form(
    hass: HomeAssistant, tls_port: int
) -> None:
    result = await _submit(hass, tls_port, **{CONF_SSL: False})

    assert result["errors"]["base"] in {"cannot_connect", "not_nestmtx"}


async def test_tls_on_a_plain_port_is_an_error_in_the_form(
    hass: HomeAssistant, simulator: Simulator, short_times: Timings
) -> None:
    result = await _submit(hass, simulator.port)

    assert result["errors"] == {"base": "not_encrypted"}


async def test_no_password_is_sent_before_the_certificate_is_checked(
    hass: HomeAssistant, tls_port: int, simulator: Simulator
) -> None:
    await _submit(hass, tls_port)

    assert simulator.logins == 0
    assert simulator.requests == []
