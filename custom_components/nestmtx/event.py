"""Event entities: the activity of cameras and credentials, and the server's log."""

from collections.abc import Mapping
from typing import Final, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .client import Authorization, Event, Feed, LogLevel, LogLine, parse_details
from .data import NestMTXConfigEntry
from .entity import (
    NO_FIELDS,
    NestMTXCameraEntity,
    NestMTXCredentialEntity,
    NestMTXEntity,
    NestMTXServerEntity,
    async_add_camera_entities,
    async_add_credential_entities,
)
from .rate_limit import RateLimit

PARALLEL_UPDATES = 0

MAX_LINES: Final = 300
"""Lines of the log per minute; a camera that doesn't start logs 80."""

_CAMERA_EVENT_TYPES: Final = {
    "demand": "demand",
    "undemand": "undemand",
    "ready": "ready",
    "notready": "not_ready",
    "read": "read",
    "unread": "unread",
    "extended": "extended",
    "failed-extension": "failed_extension",
}
_CREDENTIAL_EVENT_TYPES: Final[Mapping[str, str]] = {each: each for each in Authorization}

CAMERA_ACTIVITY: Final = EventEntityDescription(
    key="activity",
    translation_key="activity",
    entity_registry_enabled_default=False,
    event_types=list(_CAMERA_EVENT_TYPES.values()),
)
CREDENTIAL_ACTIVITY: Final = EventEntityDescription(
    key="activity",
    translation_key="credential_activity",
    entity_category=EntityCategory.DIAGNOSTIC,
    entity_registry_enabled_default=False,
    event_types=list(Authorization),
)
LOG: Final = EventEntityDescription(
    key="log",
    translation_key="log",
    entity_category=EntityCategory.DIAGNOSTIC,
    entity_registry_enabled_default=False,
    event_types=list(LogLevel),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: NestMTXConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the events of the server, its cameras and credentials."""
    coordinator = entry.runtime_data.coordinator
    async_add_entities([NestMTXLog(coordinator, LOG)])
    await async_add_camera_entities(
        entry,
        async_add_entities,
        lambda camera: [NestMTXCameraActivity(coordinator, camera, CAMERA_ACTIVITY)],
    )
    await async_add_credential_entities(
        entry,
        async_add_entities,
        lambda credential: [
            NestMTXCredentialActivity(coordinator, credential, CREDENTIAL_ACTIVITY)
        ],
    )


class NestMTXActivity(NestMTXEntity, EventEntity):
    """The activity of a camera or a credential."""

    fields = NO_FIELDS
    types: Mapping[str, str]
    """The entity's event types by the server's event types in lower case."""

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to the object's events."""
        await super().async_added_to_hass()
        self.async_on_remove(
            self.coordinator.async_add_event_listener(self.device_key, self._handle_event)
        )

    @callback
    def _handle_event(self, event: Event) -> None:
        event_type = self.types.get(event.type)
        if event_type is not None:
            self._trigger_event(event_type, dict(parse_details(event.details)))
            self.async_write_ha_state()


class NestMTXCameraActivity(NestMTXActivity, NestMTXCameraEntity):
    """The activity of a camera."""

    types = _CAMERA_EVENT_TYPES


class NestMTXCredentialActivity(NestMTXActivity, NestMTXCredentialEntity):
    """The activity of a credential."""

    types = _CREDENTIAL_EVENT_TYPES


class NestMTXLog(NestMTXServerEntity, EventEntity):
    """The server's log, line by line; the history keeps only the level of each line.

    Lines beyond MAX_LINES a minute are left out; the next event has their number.
    """

    feed = Feed.LOG
    fields = NO_FIELDS
    _unrecorded_attributes = frozenset(
        {"message", "service", "host_name", "process_id", "time", "left_out"}
    )
    _rate_limit = RateLimit(MAX_LINES)

    @override
    async def async_added_to_hass(self) -> None:
        """Listen to the lines of the log."""
        await super().async_added_to_hass()
        self.async_on_remove(self.coordinator.async_add_log_listener(self._handle_line))

    @callback
    def _handle_line(self, line: LogLine) -> None:
        left_out = self._rate_limit.left_out
        self._rate_limit = self._rate_limit.hit(self.hass.loop.time())
        if not self._rate_limit.passes:
            return
        self._trigger_event(
            line.level,
            {
                "message": line.message,
                "service": line.service,
                "host_name": line.host,
                "process_id": line.pid,
                "time": line.at.isoformat() if line.at else None,
                "left_out": left_out,
            },
        )
        self.async_write_ha_state()
