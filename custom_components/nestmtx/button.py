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

from .client import SYNCHRONIZE
from .coordinator import NestMTXConfigEntry
from .cron_jobs import CRON_JOBS
from .entity import NestMTXCameraEntity, NestMTXServerEntity, async_add_camera_entities

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

CRON_JOB_BUTTONS = tuple(
    CronJobButtonDescription(
        key=key,
        translation_key=key,
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=job == SYNCHRONIZE,
        job=job,
    )
    for job, key in CRON_JOBS.items()
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: NestMTXConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the buttons of the server and its cameras."""
    coordinator = entry.runtime_data
    async_add_entities(NestMTXCronJob(coordinator, description) for description in CRON_JOB_BUTTONS)
    async_add_camera_entities(
        entry,
        async_add_entities,
        lambda camera: [
            NestMTXRestartStream(coordinator, camera, RESTART_STREAM),
            NestMTXTakePicture(coordinator, camera, TAKE_PICTURE),
        ],
    )


class NestMTXRestartStream(NestMTXCameraEntity, ButtonEntity):
    """Restarts a camera's stream; there is something to restart only while it has a process."""

    fields = frozenset({"requested"})

    @property
    @override
    def available(self) -> bool:
        """Whether there is a process."""
        return super().available and self.camera.requested

    @override
    def _shows(self) -> object:
        return self.available

    @override
    async def async_press(self) -> None:
        """Restart the stream."""
        await self.coordinator.async_restart_stream(self.subject.key)


class NestMTXTakePicture(NestMTXCameraEntity, ButtonEntity):
    """Takes a new picture, for which the camera is woken; it is pressed until there is one."""

    fields = frozenset[str]()

    @override
    def _shows(self) -> object:
        return self.available

    @override
    async def async_press(self) -> None:
        """Take a picture."""
        await self.coordinator.stills.async_take(self.subject.key)


class NestMTXCronJob(NestMTXServerEntity, ButtonEntity):
    """Runs a cron job of the server, and is pressed until the job has ended."""

    fields = frozenset[str]()
    entity_description: CronJobButtonDescription

    @override
    def _shows(self) -> object:
        return self.available

    @override
    async def async_press(self) -> None:
        """Run the job."""
        await self.coordinator.async_run_cron_job(self.entity_description.job)
