"""Diagnostics of an entry, and of a camera's or credential's device."""

from dataclasses import asdict
import re
from typing import Any, Final, cast

from homeassistant.components.diagnostics import REDACTED, async_redact_data
from homeassistant.const import CONF_HOST, CONF_USERNAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceEntry

from .client import Camera, Credential, redact_answer
from .const import CONF_VIDEO_HOST
from .coordinator import NestMTXCoordinator
from .data import NestMTXConfigEntry
from .device_key import DeviceKey

_PRIVATE: Final = {CONF_HOST, CONF_USERNAME, CONF_VIDEO_HOST}
"""Private, though not secret; the client's list of secrets masks the rest."""
_URL: Final = re.compile(r"(?P<begin>[a-z]+://<window\.location\.origin>(:\d+)?)/")
_URLS: Final = ("url_rtsp_tcp", "url_rtmp", "url_hls_m3u8", "url_web_rtc", "url_srt")


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: NestMTXConfigEntry
) -> dict[str, Any]:
    """Return the diagnostics of a server, its cameras and credentials."""
    coordinator = entry.runtime_data.coordinator
    diagnostics = {
        "entry": async_redact_data(dict(entry.data), _PRIVATE),
        "options": async_redact_data(dict(entry.options), _PRIVATE),
        **_server(coordinator),
        "cameras": [_camera(camera) for camera in coordinator.cameras],
        "credentials": [_credential(credential) for credential in coordinator.credentials],
    }
    return _shown(diagnostics)


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: NestMTXConfigEntry, device: DeviceEntry
) -> dict[str, Any]:
    """Return the diagnostics of one device and its server."""
    coordinator = entry.runtime_data.coordinator

    def is_device_of(device_key: DeviceKey) -> bool:
        return coordinator.ids.identifier(device_key) in device.identifiers

    diagnostics = {
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
    return _shown(diagnostics)


def _shown(diagnostics: dict[str, Any]) -> dict[str, Any]:
    """Mask values that are secret by name or by form, including those in descriptions."""
    return cast("dict[str, Any]", redact_answer(diagnostics))


def _server(coordinator: NestMTXCoordinator) -> dict[str, Any]:
    state = coordinator.data
    return {
        "connected": coordinator.connected,
        "available": coordinator.last_update_success,
        "server": {
            "release": state.server.version.release,
            "mediamtx": state.server.version.mediamtx,
            "health": state.server.health,
        },
        "missing_cameras": len(state.missing_cameras),
        "missing_credentials": len(state.missing_credentials),
    }


def _camera(camera: Camera) -> dict[str, Any]:
    """Return a camera without its stream's path, as anyone who knows it can watch the stream."""
    return {
        **asdict(camera),
        "path": _redacted(camera.path),
        **{name: _without_path(getattr(camera, name)) for name in _URLS},
    }


def _credential(credential: Credential) -> dict[str, Any]:
    row = asdict(credential)
    # Renamed, as a value named "authorization" is masked as a secret.
    return {**row, "status": row.pop("authorization")}


def _redacted(text: str | None) -> str | None:
    return None if text is None else REDACTED


def _without_path(url: str | None) -> str | None:
    """Mask a URL's path; a URL of a form that the server doesn't use is masked entirely."""
    if url is None:
        return None
    match = _URL.match(url)
    return f"{match['begin']}/{REDACTED}" if match else REDACTED
