"""Actions on cameras, for users who may control them.

They keep a camera awake, let it sleep, take a snapshot, record a clip, and return the URLs of its
stream.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from homeassistant.components.camera import DOMAIN as CAMERA_DOMAIN
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv, service
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .camera import NestMTXCamera
from .client import published_urls
from .const import ATTR_DURATION, ATTR_FILENAME, ATTR_KEEP, DOMAIN
from .keep_awake import MAX_DURATION
from .stills import async_turned

DEFAULT_DURATION: Final = 5
"""Minutes."""
_MINUTES: Final = vol.All(vol.Coerce(int), vol.Range(1, MAX_DURATION // timedelta(minutes=1)))

_CLIP_SECONDS: Final = vol.All(vol.Coerce(int), vol.Range(5, 120))
_KEPT_CLIPS: Final = vol.All(vol.Coerce(int), vol.Range(1, 200))


@callback
def _keep_awake(camera: NestMTXCamera, call: ServiceCall) -> None:
    """Wake a camera in the background, as that takes half a minute."""
    camera.data.keep_awake.async_keep_awake(
        camera.key,
        timedelta(minutes=call.data[ATTR_DURATION]),
        unattended=_is_unattended(call),
    )


@callback
def _let_sleep(camera: NestMTXCamera, _: ServiceCall) -> None:
    camera.data.keep_awake.async_let_sleep(camera.key)


async def _record(camera: NestMTXCamera, call: ServiceCall) -> ServiceResponse:
    """Record a clip, and return its file and URLs."""
    camera.coordinator.check_start(camera.key, unattended=_is_unattended(call))
    return await camera.data.clips.async_record(
        camera.device_key, camera.async_open_stream, call.data[ATTR_DURATION], call.data[ATTR_KEEP]
    )


async def _snapshot(camera: NestMTXCamera, call: ServiceCall) -> ServiceResponse:
    """Wake a camera, take a new picture, and store it like core's `camera.snapshot`."""
    filename = _allowed_filename(call)
    camera.coordinator.check_start(camera.key, unattended=_is_unattended(call))
    picture = await camera.data.stills.async_take(camera.key)
    if filename is not None:
        jpeg = await async_turned(call.hass, camera.entity_id, picture)
        try:
            await call.hass.async_add_executor_job(_write, Path(filename), jpeg)
        except OSError as err:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="cannot_write",
                translation_placeholders={"filename": filename, "reason": err.strerror or ""},
            ) from err
    return {
        "taken_at": picture.taken.isoformat(),
        "age": round((dt_util.utcnow() - picture.taken).total_seconds(), 1),
        "filename": filename,
    }


async def _stream_urls(camera: NestMTXCamera, _: ServiceCall) -> ServiceResponse:
    """Return the URLs of a camera's stream for other programs; the camera may be asleep."""
    return {**published_urls(camera.camera, camera.coordinator.video_host)}


def _allowed_filename(call: ServiceCall) -> str | None:
    """Return the file for a snapshot, if one is given. Raises ServiceValidationError."""
    if ATTR_FILENAME not in call.data:
        return None
    filename: str = call.data[ATTR_FILENAME].async_render(parse_result=False)
    if not call.hass.config.is_allowed_path(filename):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="path_not_allowed",
            translation_placeholders={"filename": filename},
        )
    return filename


def _write(path: Path, jpeg: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(jpeg)


def _is_unattended(call: ServiceCall) -> bool:
    """Return whether the action was called without a user, as automations call it."""
    return call.context.user_id is None


@dataclass(frozen=True, kw_only=True)
class CameraAction:
    """An action on cameras: its fields, and the function called for each camera."""

    fields: Mapping[vol.Marker, Any] = MappingProxyType({})
    call: Callable[[NestMTXCamera, ServiceCall], Awaitable[ServiceResponse] | None]
    supports_response: SupportsResponse = SupportsResponse.NONE


CAMERA_ACTIONS: Final[Mapping[str, CameraAction]] = MappingProxyType(
    {
        "keep_awake": CameraAction(
            fields={vol.Optional(ATTR_DURATION, default=DEFAULT_DURATION): _MINUTES},
            call=_keep_awake,
        ),
        "let_sleep": CameraAction(call=_let_sleep),
        "record": CameraAction(
            fields={
                vol.Optional(ATTR_DURATION, default=20): _CLIP_SECONDS,
                vol.Optional(ATTR_KEEP, default=20): _KEPT_CLIPS,
            },
            call=_record,
            supports_response=SupportsResponse.OPTIONAL,
        ),
        "snapshot": CameraAction(
            fields={vol.Optional(ATTR_FILENAME): cv.template},
            call=_snapshot,
            supports_response=SupportsResponse.OPTIONAL,
        ),
        "stream_urls": CameraAction(call=_stream_urls, supports_response=SupportsResponse.ONLY),
    }
)


@callback
def async_setup_camera_actions(hass: HomeAssistant) -> None:
    """Register the actions on cameras."""
    for name, action in CAMERA_ACTIONS.items():
        service.async_register_platform_entity_service(
            hass,
            DOMAIN,
            name,
            entity_domain=CAMERA_DOMAIN,
            func=action.call,
            schema=dict(action.fields),
            supports_response=action.supports_response,
        )
