"""Clips: a camera is woken, recorded by Home Assistant's own stream, and let go."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Final

from homeassistant.components.stream import Stream
from homeassistant.components.stream.const import RECORDER_PROVIDER
from homeassistant.components.stream.recorder import RecorderOutput
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.device_registry import DeviceEntry
from homeassistant.util import dt as dt_util

from .clip_store import Clip, clip_store_of
from .const import DOMAIN
from .coordinator import NestMTXCoordinator
from .frames import opening_of_clip, turned

LOOKBACK: Final = 5
"""Seconds from before the recording that it begins with, where Home Assistant plays the camera."""
MAX_WAIT: Final = 90.0
"""Seconds beside the clip's own: a key frame comes each 25 s, and up to three are waited for."""


class Clips:
    """Records the cameras of an entry, each once at a time."""

    def __init__(self, coordinator: NestMTXCoordinator) -> None:
        """None is recorded."""
        self._hass = coordinator.hass
        self._entry = coordinator.config_entry
        self.store = clip_store_of(coordinator.hass)
        self._recordings: dict[str, asyncio.Task[Clip]] = {}

    async def async_record(
        self,
        device: DeviceEntry,
        open_stream: Callable[[], Awaitable[Stream | None]],
        duration: int,
        keep: int,
    ) -> Clip:
        """Record so many seconds, and keep that many clips. Raises HomeAssistantError.

        `open_stream` waits until the camera streams. Whoever is cancelled lets the camera go.
        """
        if device.id in self._recordings:
            raise _error("already_recording")
        recording = self._entry.async_create_background_task(
            self._hass, self._record(device, open_stream, duration, keep), f"{DOMAIN} recording"
        )
        self._recordings[device.id] = recording
        recording.add_done_callback(lambda _: self._recordings.pop(device.id, None))
        try:
            await asyncio.wait({recording})
        finally:
            recording.cancel()
        if recording.cancelled():
            # The entry was unloaded.
            raise _error("no_clip")
        return recording.result()

    async def _record(
        self,
        device: DeviceEntry,
        open_stream: Callable[[], Awaitable[Stream | None]],
        duration: int,
        keep: int,
    ) -> Clip:
        run, name = self._hass.async_add_executor_job, device.name_by_user or device.name or ""
        try:
            path = await run(self.store.prepare, device.id, name)
            if (stream := await open_stream()) is None:
                raise _error("no_stream")
            await _record_to(path, stream, duration)
            ended = dt_util.utcnow()
            orientation = stream.dynamic_stream_settings.orientation
            opening = await run(opening_of_clip, path, Event())
            if opening is None:
                raise _error("no_clip")
            jpeg = opening.jpeg and await run(turned, opening.jpeg, orientation)
            taken = ended - timedelta(seconds=opening.seconds)
            return await run(self.store.keep, path, taken, jpeg, keep)
        except OSError as err:
            raise _error("clip_not_stored", message=err.strerror or str(err)) from err


async def _record_to(path: Path, stream: Stream, duration: int) -> None:
    """Have Home Assistant's stream record to a file. Raises HomeAssistantError."""
    if RECORDER_PROVIDER in stream.outputs():
        raise _error("already_recording")
    try:
        async with asyncio.timeout(duration + MAX_WAIT):
            await stream.async_record(str(path), duration, LOOKBACK)
    except TimeoutError as err:
        raise _error("no_clip") from err
    finally:
        recorder = stream.outputs().get(RECORDER_PROVIDER)
        if isinstance(recorder, RecorderOutput) and recorder.video_path == str(path):
            await stream.remove_provider(recorder)


def _error(translation_key: str, **placeholders: str) -> HomeAssistantError:
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=translation_key,
        translation_placeholders=placeholders or None,
    )
