"""Triggers for cameras, credentials and servers."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, override

from homeassistant.const import STATE_OFF, STATE_ON, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.trigger import EntityTargetStateTriggerBase, Trigger

from .binary_sensor import CONNECTION, CREDENTIAL_PROBLEM, STALLED, STREAM_AUTHORIZATION, WATCHED
from .camera import CAMERA
from .targets import entities_of_kind
from .unwatched import STATE_STREAMING, UnwatchedStreamTrigger

STATE_IDLE: Final = "idle"


class NestMTXTrigger(EntityTargetStateTriggerBase):
    """Fires when an entity of one kind enters a state, unless it was unavailable before."""

    _primary_entities_only = False
    _translation_key: str

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return the targeted entities of the trigger's kind."""
        meant = entities_of_kind(self._hass, entities, self._translation_key)
        return super().entity_filter(meant)


def _trigger(domain: str, kind: str, state: str) -> type[NestMTXTrigger]:
    """Return the trigger for entities of one kind, by translation key, that enter a state."""

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
        "stream_stalled": _trigger(Platform.BINARY_SENSOR, STALLED.key, STATE_ON),
        "streams_unwatched": UnwatchedStreamTrigger,
        "credential_needs_authorization": _trigger(
            Platform.BINARY_SENSOR, CREDENTIAL_PROBLEM.key, STATE_ON
        ),
        "server_connected": _trigger(Platform.BINARY_SENSOR, CONNECTION.key, STATE_ON),
        "server_disconnected": _trigger(Platform.BINARY_SENSOR, CONNECTION.key, STATE_OFF),
    }
)


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers by name."""
    return dict(TRIGGERS)
