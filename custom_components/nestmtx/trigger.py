"""Triggers: what happens to cameras, credentials and servers."""

from collections.abc import Mapping, Set as AbstractSet
from types import MappingProxyType
from typing import Final, override

from homeassistant.const import STATE_OFF, STATE_ON, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.trigger import EntityTargetStateTriggerBase, Trigger

from .binary_sensor import CONNECTION, STREAM_AUTHORIZATION, WATCHED
from .camera import CAMERA
from .client import Authorization
from .const import DOMAIN
from .sensor import AUTHORIZATION

STATE_IDLE: Final = "idle"
STATE_STREAMING: Final = "streaming"


def entities_of_kind(
    hass: HomeAssistant, entity_ids: AbstractSet[str], translation_key: str
) -> set[str]:
    """Return those of the entities that are of one kind.

    A device has several binary sensors: whoever targets a device means one of them.
    """
    registry = er.async_get(hass)
    return {
        entity_id
        for entity_id in entity_ids
        if (entry := registry.async_get(entity_id)) is not None
        and entry.platform == DOMAIN
        and entry.translation_key == translation_key
    }


class NestMTXTrigger(EntityTargetStateTriggerBase):
    """Fires when an entity of one kind enters a state; its coming back is no such change."""

    _primary_entities_only = False
    _translation_key: str

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Leave out the siblings that a target has, too."""
        return entities_of_kind(self._hass, super().entity_filter(entities), self._translation_key)


def _trigger(domain: str, kind: str, state: str) -> type[NestMTXTrigger]:
    """Return the trigger for entities of one kind, by its translation key, that enter a state."""

    class StateTrigger(NestMTXTrigger):
        _domain_specs = MappingProxyType({domain: DomainSpec()})
        _translation_key = kind
        _to_states = {state}  # noqa: RUF012

    return StateTrigger


TRIGGERS: Final[Mapping[str, type[Trigger]]] = MappingProxyType(
    {
        "camera_became_ready": _trigger(Platform.CAMERA, CAMERA.key, STATE_STREAMING),
        "camera_stopped": _trigger(Platform.CAMERA, CAMERA.key, STATE_IDLE),
        "watching_started": _trigger(Platform.BINARY_SENSOR, WATCHED.key, STATE_ON),
        "watching_stopped": _trigger(Platform.BINARY_SENSOR, WATCHED.key, STATE_OFF),
        "stream_authorization_failed": _trigger(
            Platform.BINARY_SENSOR, STREAM_AUTHORIZATION.key, STATE_ON
        ),
        "credential_needs_authorization": _trigger(
            Platform.SENSOR, AUTHORIZATION.key, Authorization.UNAUTHENTICATED
        ),
        "server_connected": _trigger(Platform.BINARY_SENSOR, CONNECTION.key, STATE_ON),
        "server_disconnected": _trigger(Platform.BINARY_SENSOR, CONNECTION.key, STATE_OFF),
    }
)


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers by name."""
    return dict(TRIGGERS)
