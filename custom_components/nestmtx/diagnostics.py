"""Diagnostics of an entry, and of the device of one camera or credential."""

from dataclasses import asdict
import re
from typing import Any, Final

from homeassistant.components.diagnostics import REDACTED, async_redact_data
from homeassistant.const import CONF_HOST, CONF_PASSWORD, CONF_TOKEN, CONF_USERNAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceEntry

from .client import Camera, Credential
from .const import CONF_VIDEO_HOST
from .coordinator import NestMTXCoordinator
from .data import NestMTXConfigEntry
from .device_key import DeviceKey

_SECRETS: Final = {CONF_HOST, CONF_PASSWORD, CONF_TOKEN, CONF_USERNAME}
_URL: Final = re.compile(r"(?P<begin>[a-z]+://<window\.location\.origin>(:\d+)?)/")
_URLS: Final = ("url_rtsp_tcp", "url_hls_m3u8", "url_web_rtc")


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: NestMTXConfigEntry
) -> dict[str, Any]:
    """Return what is known of a server, its cameras and credentials."""
    coordinator = entry.runtime_data.coordinator
    return {
        "entry": async_redact_data(dict(entry.data), _SECRETS),
        "options": async_redact_data(dict(entry.options), {CONF_VIDEO_HOST}),
        **_server(coordinator),
        "cameras": [_camera(camera) for camera in coordinator.cameras],
        "credentials": [_credential(credential) for credential in coordinator.credentials],
    }


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: NestMTXConfigEntry, device: DeviceEntry
) -> dict[str, Any]:
    """Return what is known of one device, and of its server."""
    coordinator = entry.runtime_data.coordinator

    def is_device_of(device_key: DeviceKey) -> bool:
        return device_key.identifier(entry.entry_id) in device.identifiers

    return {
        **_server(coordinator),
        "cameras": [
            _camera(camera)
            for camera in coordinator.cameras
            if is_device_of(DeviceKey("camera", camera.key))
        ],
        "credentials": [
            _credential(credential)
            for credential in coordinator.credentials
            if is_device_of(DeviceKey("credential", credential.key))
        ],
    }


def _server(coordinator: NestMTXCoordinator) -> dict[str, Any]:
    state = coordinator.data
    return {
        "connected": coordinator.connected,
        "available": coordinator.last_update_success,
        "server": {
            "release": state.server.version.release,
            "mediamtx": state.server.version.mediamtx,
            "healthy": state.server.healthy,
        },
        "missing_cameras": len(state.missing_cameras),
        "missing_credentials": len(state.missing_credentials),
    }


def _camera(camera: Camera) -> dict[str, Any]:
    """Return a camera without where its stream is found, which whoever knows it can watch."""
    return {
        **asdict(camera),
        "path": _redacted(camera.path),
        **{name: _without_path(getattr(camera, name)) for name in _URLS},
    }


def _credential(credential: Credential) -> dict[str, Any]:
    return asdict(credential)


def _redacted(text: str | None) -> str | None:
    return None if text is None else REDACTED


def _without_path(url: str | None) -> str | None:
    """Return scheme and port of a URL as the server's are, and nothing of any other."""
    if url is None:
        return None
    match = _URL.match(url)
    return f"{match['begin']}/{REDACTED}" if match else REDACTED
