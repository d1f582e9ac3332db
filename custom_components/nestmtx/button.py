"""Buttons: restart a camera's stream, take a picture, and run the server's cron jobs."""

from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.button import (
    ButtonDeviceClass,
    ButtonEntity,
    ButtonEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .client import SYNCHRONIZE, Camera
from .coordinator import NestMTXCoordinator
from .cron_jobs import async_add_job_entities, humanized, job_key, translation_key
from .data import NestMTXConfigEntry
from .entity import (
    NO_FIELDS,
    NestMTXCameraEntity,
    NestMTXServerEntity,
    async_add_camera_entities,
)
from .stills import Stills

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class CronJobButtonDescription(ButtonEntityDescription):
    """Describes a button that runs a cron job."""

    job: str


RESTART_STREAM: Final = ButtonEntityDescription(
    key="restart_stream",
    translation_key="restart_stream",
    device_class=ButtonDeviceClass.RESTART,
    entity_category=EntityCategory.CONFIG,
)

TAKE_PICTURE: Final = ButtonEntityDescription(key="take_picture", translation_key="take_picture")


def cron_job_button(job: str) -> CronJobButtonDescription:
    """Return the description of the button that runs a job."""
    return CronJobButtonDescription(
        key=job_key(job),
        translation_key=translation_key(job),
        translation_placeholders={"job": humanized(job)},
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=job == SYNCHRONIZE,
        job=job,
    )


async def async_setup_entry(
    hass: HomeAssistant,
    entry: NestMTXConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the buttons of the server and its cameras."""
    coordinator = entry.runtime_data.coordinator
    async_add_job_entities(
        entry,
        async_add_entities,
        lambda job: NestMTXCronJobButton(coordinator, cron_job_button(job)),
    )
    await async_add_camera_entities(
        entry,
        async_add_entities,
        lambda camera: [
            NestMTXRestartStreamButton(coordinator, camera, RESTART_STREAM),
            NestMTXTakePictureButton(coordinator, camera, entry.runtime_data.stills),
        ],
    )


class NestMTXRestartStreamButton(NestMTXCameraEntity, ButtonEntity):
    """Restarts a camera's stream; the button press returns when the restart has finished.

    The press fails if the stream has no process. Viewers request the stream again; without
    viewers, the stream of a camera that is not persistent ends.
    """

    fields = NO_FIELDS

    @override
    async def async_press(self) -> None:
        """Restart the stream."""
        await self.coordinator.async_restart_stream(self.device_key.key)


class NestMTXTakePictureButton(NestMTXCameraEntity, ButtonEntity):
    """Wakes the camera and takes a picture; the button press returns when the picture is ready."""

    fields = NO_FIELDS

    def __init__(self, coordinator: NestMTXCoordinator, camera: Camera, stills: Stills) -> None:
        """Take pictures with the entry's `stills`."""
        self._stills = stills
        super().__init__(coordinator, camera, TAKE_PICTURE)

    @override
    async def async_press(self) -> None:
        """Take a picture."""
        await self._stills.async_take(self.device_key.key)


class NestMTXCronJobButton(NestMTXServerEntity, ButtonEntity):
    """Runs a cron job of the server; the button press returns when the job has finished."""

    fields = NO_FIELDS
    entity_description: CronJobButtonDescription

    @override
    async def async_press(self) -> None:
        """Run the job."""
        await self.coordinator.async_run_cron_job(self.entity_description.job)
