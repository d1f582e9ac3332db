"""Base entities: about the server, a camera, or a credential."""

from collections.abc import Callable, Iterable
from typing import override

from homeassistant.core import callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .client import Camera, Credential, Feed
from .coordinator import NestMTXConfigEntry, NestMTXCoordinator
from .device import Subject
from .listeners import Scope


class NestMTXEntity(CoordinatorEntity[NestMTXCoordinator]):
    """An entity about one subject: it is updated when that changes, and with nothing else."""

    _attr_has_entity_name = True
    _shown: object = None
    fields: frozenset[str] | None = None
    """The fields of the subject that it shows; whatever changes, where they are not named."""

    def __init__(
        self,
        coordinator: NestMTXCoordinator,
        subject: Subject,
        description: EntityDescription,
    ) -> None:
        """Identify the entity and its device, which is the coordinator's to keep up to date."""
        super().__init__(coordinator, context=Scope(subject, self.fields))
        self.subject = subject
        self.entity_description = description
        self._attr_unique_id = subject.unique_id(coordinator.config_entry, description.key)
        identifier = subject.identifier(coordinator.config_entry)
        self._attr_device_info = DeviceInfo(identifiers={identifier})

    @override
    async def async_added_to_hass(self) -> None:
        """Take over what has changed since the entity was made."""
        await super().async_added_to_hass()
        self._refresh()

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        self._refresh()
        if (shown := self._shows()) != self._shown:
            self._shown = shown
            super()._handle_coordinator_update()

    def _shows(self) -> object:
        """Return what of the state can follow the server: it is written only when that differs.

        Entities that are asked with each event say it shortly.
        """
        return self.available and (
            self.state,
            self.state_attributes,
            self.extra_state_attributes,
            self.supported_features,
        )

    @callback
    def _refresh(self) -> None:
        """Take over what the coordinator knows of the subject."""


class NestMTXServerEntity(NestMTXEntity):
    """An entity about the server; what it shows is asked for while the entity is enabled."""

    feed: Feed | None = None

    def __init__(self, coordinator: NestMTXCoordinator, description: EntityDescription) -> None:
        """Its subject is the server."""
        super().__init__(coordinator, Subject.server(), description)

    @override
    async def async_added_to_hass(self) -> None:
        """Ask for the feed, until the entity is removed."""
        await super().async_added_to_hass()
        if self.feed is not None:
            self.async_on_remove(self.coordinator.async_want(self.feed))


class NestMTXCameraEntity(NestMTXEntity):
    """An entity about a camera; unavailable while the server does not list it."""

    _is_listed = True

    def __init__(
        self, coordinator: NestMTXCoordinator, camera: Camera, description: EntityDescription
    ) -> None:
        """Its subject is the camera."""
        self.camera = camera
        super().__init__(coordinator, Subject("camera", camera.key), description)

    @property
    @override
    def available(self) -> bool:
        """Whether the state can be believed."""
        return super().available and self._is_listed

    @callback
    @override
    def _refresh(self) -> None:
        camera = self.coordinator.camera(self.subject.key)
        self._is_listed = camera is not None
        self.camera = camera or self.camera


class NestMTXCredentialEntity(NestMTXEntity):
    """An entity about a credential; unavailable while the server does not list it."""

    def __init__(
        self,
        coordinator: NestMTXCoordinator,
        credential: Credential,
        description: EntityDescription,
    ) -> None:
        """Its subject is the credential."""
        self.credential = credential
        super().__init__(coordinator, Subject("credential", credential.key), description)

    @property
    @override
    def available(self) -> bool:
        """Whether the state can be believed."""
        return super().available and self.coordinator.credential(self.subject.key) is not None

    @callback
    @override
    def _refresh(self) -> None:
        self.credential = self.coordinator.credential(self.subject.key) or self.credential


@callback
def async_add_camera_entities(
    entry: NestMTXConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    create: Callable[[Camera], Iterable[Entity]],
) -> None:
    """Add the entities of each camera that there is, and of those that appear later."""
    _async_add_as_they_appear(
        entry, async_add_entities, lambda coordinator: coordinator.cameras, create
    )


@callback
def async_add_credential_entities(
    entry: NestMTXConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    create: Callable[[Credential], Iterable[Entity]],
) -> None:
    """Add the entities of each credential that there is, and of those that appear later."""
    _async_add_as_they_appear(
        entry, async_add_entities, lambda coordinator: coordinator.credentials, create
    )


@callback
def _async_add_as_they_appear[T: (Camera, Credential)](
    entry: NestMTXConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    objects: Callable[[NestMTXCoordinator], Iterable[T]],
    create: Callable[[T], Iterable[Entity]],
) -> None:
    coordinator = entry.runtime_data
    added: set[str] = set()

    @callback
    def add() -> None:
        nonlocal added
        present = {each.key: each for each in objects(coordinator)}
        appeared = [each for key, each in present.items() if key not in added]
        added = set(present)
        if appeared:
            async_add_entities(entity for each in appeared for entity in create(each))

    add()
    entry.async_on_unload(coordinator.async_add_listener(add))
