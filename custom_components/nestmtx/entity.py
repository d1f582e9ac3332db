"""Base entities of the server, a camera, or a credential."""

import asyncio
from collections.abc import Callable, Iterable
from itertools import batched
from typing import Final, override

from homeassistant.core import callback
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .client import Camera, Credential, Feed, Fields
from .coordinator import NestMTXCoordinator
from .data import NestMTXConfigEntry
from .device_key import SERVER_KEY, DeviceKey
from .listeners import ListenerScope

BATCH: Final = 10
"""Objects whose entities are added before other tasks run: some tens of milliseconds."""

NO_FIELDS: Fields = frozenset()
"""The fields of an entity that depends only on its object's availability."""


class NestMTXEntity(CoordinatorEntity[NestMTXCoordinator]):
    """An entity of one object, whose state is written when one of its fields changes."""

    _attr_has_entity_name = True
    fields: Fields = None
    """The fields of the object that the entity shows; None for all."""

    def __init__(
        self,
        coordinator: NestMTXCoordinator,
        device_key: DeviceKey,
        description: EntityDescription,
    ) -> None:
        """Set the entity's unique id and device; `device.Devices` registers the device."""
        super().__init__(coordinator, context=ListenerScope(device_key, self.fields))
        self.device_key = device_key
        self.entity_description = description
        self._attr_unique_id = coordinator.ids.unique_id(device_key, description.key)
        # Not `device_info`: Home Assistant would look up and compare the device for each entity.
        self.device_entry = coordinator.ids.device(device_key)

    @override
    async def async_added_to_hass(self) -> None:
        """Apply changes since the entity was created."""
        await super().async_added_to_hass()
        self._clear_state()
        self._refresh()

    @override
    async def async_will_remove_from_hass(self) -> None:
        """Remove the state, before Home Assistant writes it as unavailable."""
        await super().async_will_remove_from_hass()
        self._clear_state()

    @callback
    def _clear_state(self) -> None:
        """Remove the state, so that the next one is not recorded as a change.

        Otherwise a reload would add two lines to Activity for each entity.
        """
        if self.hass.states.get(self.entity_id) is not None:
            self.hass.states.async_remove(self.entity_id)

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        self._refresh()
        super()._handle_coordinator_update()

    @callback
    def _refresh(self) -> None:
        """Handle a change, for entities whose properties are not enough."""


class NestMTXServerEntity(NestMTXEntity):
    """An entity of the server; its feed is subscribed to while the entity is enabled."""

    feed: Feed | None = None

    def __init__(self, coordinator: NestMTXCoordinator, description: EntityDescription) -> None:
        """Identify the entity by the server."""
        super().__init__(coordinator, SERVER_KEY, description)

    @override
    async def async_added_to_hass(self) -> None:
        """Subscribe to the feed until the entity is removed."""
        await super().async_added_to_hass()
        if self.feed is not None:
            self.async_on_remove(self.coordinator.async_subscribe(self.feed))


class NestMTXCameraEntity(NestMTXEntity):
    """An entity of a camera; unavailable while the server does not list it."""

    def __init__(
        self, coordinator: NestMTXCoordinator, camera: Camera, description: EntityDescription
    ) -> None:
        """Identify the entity by the camera."""
        self._first = camera
        super().__init__(coordinator, DeviceKey("camera", camera.key), description)

    @property
    def camera(self) -> Camera:
        """The camera's latest state; its first state if it is gone."""
        return self.coordinator.known_camera(self.device_key.key) or self._first

    @property
    @override
    def available(self) -> bool:
        """Return true if the state is known."""
        return super().available and self.coordinator.camera(self.device_key.key) is not None


class NestMTXCredentialEntity(NestMTXEntity):
    """An entity of a credential; unavailable while the server does not list it."""

    def __init__(
        self,
        coordinator: NestMTXCoordinator,
        credential: Credential,
        description: EntityDescription,
    ) -> None:
        """Identify the entity by the credential."""
        self._first = credential
        super().__init__(coordinator, DeviceKey("credential", credential.key), description)

    @property
    def credential(self) -> Credential:
        """The credential's latest state; its first state if it is gone."""
        return self.coordinator.known_credential(self.device_key.key) or self._first

    @property
    @override
    def available(self) -> bool:
        """Return true if the state is known."""
        return super().available and self.coordinator.credential(self.device_key.key) is not None


async def async_add_camera_entities(
    entry: NestMTXConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    create: Callable[[Camera], Iterable[Entity]],
) -> None:
    """Add the entities of each camera, and of those that appear later."""
    await _async_add_as_they_appear(
        entry, async_add_entities, lambda coordinator: coordinator.cameras, create
    )


async def async_add_credential_entities(
    entry: NestMTXConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    create: Callable[[Credential], Iterable[Entity]],
) -> None:
    """Add the entities of each credential, and of those that appear later."""
    await _async_add_as_they_appear(
        entry, async_add_entities, lambda coordinator: coordinator.credentials, create
    )


async def _async_add_as_they_appear[T: (Camera, Credential)](
    entry: NestMTXConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    objects: Callable[[NestMTXCoordinator], Iterable[T]],
    create: Callable[[T], Iterable[Entity]],
) -> None:
    coordinator = entry.runtime_data.coordinator
    added: set[str] = set()

    def present() -> dict[str, T]:
        return {each.key: each for each in objects(coordinator)}

    def appeared() -> list[str]:
        nonlocal added
        there = present()
        keys = [key for key in there if key not in added]
        added = set(there)
        return keys

    async def add(keys: list[str]) -> None:
        for batch in batched(keys, BATCH, strict=False):
            # An object may have been removed in the meantime, along with its device.
            there = present()
            async_add_entities(
                [entity for key in batch if key in there for entity in create(there[key])]
            )
            await asyncio.sleep(0)

    @callback
    def add_later() -> None:
        if keys := appeared():
            entry.async_create_task(coordinator.hass, add(keys))

    await add(appeared())
    entry.async_on_unload(coordinator.async_add_listener(add_later))
    add_later()
