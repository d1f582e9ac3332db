"""System health of NestMTX servers."""

from typing import Any

from homeassistant.components import system_health
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN
from .data import NestMTXConfigEntry


@callback
def async_register(hass: HomeAssistant, register: system_health.SystemHealthRegistration) -> None:
    """Register the system health info."""
    register.async_register_info(_async_info)


async def _async_info(hass: HomeAssistant) -> dict[str, Any]:
    entries: list[NestMTXConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    coordinators = [entry.runtime_data.coordinator for entry in entries]
    releases = {each.data.server.version.release or "unknown" for each in coordinators}
    return {
        "connected_servers": f"{sum(each.connected for each in coordinators)}/{len(coordinators)}",
        "server_versions": ", ".join(sorted(releases)),
        "cameras": sum(len(each.cameras) for each in coordinators),
        "cameras_streaming": sum(each.data.streaming for each in coordinators),
    }
