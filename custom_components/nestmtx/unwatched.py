"""The trigger for a camera that streams without a viewer.

It depends on two entities, so it cannot be one of the triggers for an entity's state.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final, cast, override

from homeassistant.const import (
    ATTR_ENTITY_ID,
    CONF_FOR,
    CONF_OPTIONS,
    CONF_TARGET,
    STATE_OFF,
    STATE_ON,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, State, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.target import (
    TargetStateChangedData,
    async_track_target_selector_state_change_event,
)
from homeassistant.helpers.trigger import (
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from .binary_sensor import WATCHED
from .camera import CAMERA
from .switch import PERSISTENT
from .targets import entities_of_kind

STATE_STREAMING: Final = "streaming"
DEFAULT_FOR: Final = timedelta(minutes=5)
"""Longer than a stream continues after its last viewer has left."""

SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_TARGET): cv.TARGET_FIELDS,
        vol.Required(CONF_OPTIONS, default={}): {
            vol.Optional(CONF_FOR, default=DEFAULT_FOR): cv.positive_time_period
        },
    }
)


class UnwatchedStreamTrigger(Trigger):
    """Fires when a camera has streamed for a time without a viewer.

    Persistent cameras are left out.
    """

    @override
    @classmethod
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        """Validate the target and the options."""
        return cast("ConfigType", SCHEMA(config))

    _run_action: TriggerActionRunner

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Prepare the trigger."""
        super().__init__(hass, config)
        self._target = config.target or {}
        self._for: timedelta = (config.options or {})[CONF_FOR]
        self._cameras: dict[str, str] = {}
        """The cameras by the entities on which the trigger depends."""
        self._timers: dict[str, CALLBACK_TYPE] = {}
        """Timers by camera; a fired one stays until the camera is watched or stops streaming."""

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Check the cameras now and on each change."""
        self._run_action = run_action
        end = await async_track_target_selector_state_change_event(
            self._hass,
            self._target,
            self._handle_change,
            self._entities,
            self._handle_target,
            primary_entities_only=False,
        )

        @callback
        def detach() -> None:
            end()
            for camera in tuple(self._timers):
                self._cancel(camera)

        return detach

    @callback
    def _handle_change(self, data: TargetStateChangedData) -> None:
        if camera := self._cameras.get(data.state_change_event.data["entity_id"]):
            self._look(camera)

    @callback
    def _handle_target(
        self, _added: set[str], removed: set[str], _states: Mapping[str, State | None]
    ) -> None:
        for camera in self._timers.keys() & removed:
            self._cancel(camera)
        for camera in set(self._cameras.values()):
            self._look(camera)

    @callback
    def _look(self, camera: str) -> None:
        """Start or cancel a camera's timer."""
        if not self._is_unwatched(camera):
            self._cancel(camera)
        elif camera not in self._timers:
            self._timers[camera] = async_call_later(
                self._hass, self._for, partial(self._fire, camera)
            )

    @callback
    def _fire(self, camera: str, _: datetime) -> None:
        payload = {ATTR_ENTITY_ID: camera, "for": self._for}
        self._run_action(payload, f"unwatched stream of {camera}")

    @callback
    def _entities(self, targeted: set[str]) -> set[str]:
        """Return the entities on which the trigger depends, of the targeted cameras."""
        self._cameras = {
            entity_id: camera
            for camera in entities_of_kind(self._hass, targeted, CAMERA.key)
            for key in (CAMERA.key, WATCHED.key, PERSISTENT.key)
            for entity_id in entities_of_kind(self._hass, {camera}, key)
        }
        return set(self._cameras)

    def _is_unwatched(self, camera: str) -> bool:
        return (
            self._states(camera, CAMERA.key) == {STATE_STREAMING}
            and self._states(camera, WATCHED.key) == {STATE_OFF}
            and self._states(camera, PERSISTENT.key) != {STATE_ON}
        )

    def _states(self, camera: str, key: str) -> set[str]:
        entity_ids = entities_of_kind(self._hass, {camera}, key)
        return {state.state for each in entity_ids if (state := self._hass.states.get(each))}

    def _cancel(self, camera: str) -> None:
        if cancel := self._timers.pop(camera, None):
            cancel()
