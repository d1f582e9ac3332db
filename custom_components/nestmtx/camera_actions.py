"""Actions on cameras, for whoever may control them: keep awake, let sleep, record a clip."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
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
from homeassistant.helpers import service
import voluptuous as vol

from .camera import NestMTXCamera
from .const import ATTR_DURATION, ATTR_KEEP, DOMAIN
from .keep_awake import MAX_DURATION

DEFAULT_DURATION: Final = 5
"""Minutes."""
_MINUTES: Final = vol.All(vol.Coerce(int), vol.Range(1, MAX_DURATION // timedelta(minutes=1)))

_CLIP_SECONDS: Final = vol.All(vol.Coerce(int), vol.Range(5, 120))
_KEPT_CLIPS: Final = vol.All(vol.Coerce(int), vol.Range(1, 200))


@callback
def _keep_awake(camera: NestMTXCamera, call: ServiceCall) -> None:
    """Wake a camera; nobody waits until it is awake, which takes half a minute."""
    camera.data.keep_awake.async_keep_awake(
        camera.key,
        timedelta(minutes=call.data[ATTR_DURATION]),
        # Automations call without a user.
        unattended=call.context.user_id is None,
    )


@callback
def _let_sleep(camera: NestMTXCamera, _: ServiceCall) -> None:
    camera.data.keep_awake.async_let_sleep(camera.key)


async def _record(camera: NestMTXCamera, call: ServiceCall) -> ServiceResponse:
    """Record a clip, and return where it is."""
    camera.coordinator.check_start(camera.key, unattended=call.context.user_id is None)
    return await camera.data.clips.async_record(
        camera.device_key, camera.async_open_stream, call.data[ATTR_DURATION], call.data[ATTR_KEEP]
    )


@dataclass(frozen=True, kw_only=True)
class CameraAction:
    """An action on cameras: its fields, and what it does with each of them."""

    fields: Mapping[vol.Marker, Any] = MappingProxyType({})
    call: Callable[[NestMTXCamera, ServiceCall], Any]
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
