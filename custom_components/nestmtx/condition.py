"""Conditions: what cameras are doing."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, override

from homeassistant.const import STATE_ON, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import Condition, EntityStateConditionBase

from .binary_sensor import WATCHED
from .camera import CAMERA
from .targets import entities_of_kind
from .unwatched import STATE_STREAMING


class NestMTXCondition(EntityStateConditionBase):
    """Is true while entities of one kind are in a state."""

    _primary_entities_only = False
    _translation_key: str

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return the targeted entities of the condition's kind."""
        meant = entities_of_kind(self._hass, entities, self._translation_key)
        return super().entity_filter(meant)


def _condition(domain: str, kind: str, state: str) -> type[NestMTXCondition]:
    """Return the condition for entities of one kind, by its translation key, in a state."""

    class StateCondition(NestMTXCondition):
        _domain_specs = MappingProxyType({domain: DomainSpec()})
        _translation_key = kind
        _states = {state}  # noqa: RUF012

    return StateCondition


CONDITIONS: Final[Mapping[str, type[Condition]]] = MappingProxyType(
    {
        "camera_is_ready": _condition(Platform.CAMERA, CAMERA.key, STATE_STREAMING),
        "camera_is_watched": _condition(Platform.BINARY_SENSOR, WATCHED.key, STATE_ON),
    }
)


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions by name."""
    return dict(CONDITIONS)
