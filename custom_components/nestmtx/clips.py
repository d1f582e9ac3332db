"""Record clips: wake a camera, record it with Home Assistant's stream component, and release it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Final

from homeassistant.components.stream import Stream
from homeassistant.components.stream.const import RECORDER_PROVIDER
from homeassistant.components.stream.recorder import RecorderOutput
from homeassistant.core import Event as HomeAssistantEvent
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntry
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType

from .clip_store import Clip, clip_store_of
from .const import DOMAIN
from .coordinator import NestMTXCoordinator
from .device_key import DeviceKey
from .frames import opening_of_clip, turned
from .media_source import media_content_id

LOOKBACK: Final = 5
"""Seconds before the recording's start to include, if Home Assistant already plays the camera."""
MAX_WAIT: Final = 90.0
"""Seconds beyond the clip's duration: a key frame comes every 25 s, and up to three are needed."""

type OpenStream = Callable[[], Awaitable[Stream | None]]


class Clips:
    """Records the cameras of an entry, each with one recording at a time."""

    def __init__(self, coordinator: NestMTXCoordinator) -> None:
        """Start without recordings."""
        self._coordinator = coordinator
        self._hass = coordinator.hass
        self._entry = coordinator.config_entry
        self._store = clip_store_of(coordinator.hass)
        self._recordings: dict[str, asyncio.Task[Clip]] = {}

    async def async_record(
        self, device_key: DeviceKey, open_stream: OpenStream, duration: int, keep: int
    ) -> JsonObjectType:
        """Record `duration` seconds, keep the newest `keep` clips, and return the new clip's URLs.

        `open_stream` waits until the camera streams. Raises HomeAssistantError. Cancelling
        releases the camera.
        """
        device = dr.async_get(self._hass).async_get_device_by_identifier(
            self._coordinator.ids.identifier(device_key), self._entry.entry_id
        )
        if device is None:
            raise _error("camera_gone")
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
            # The entry was unloaded, or Home Assistant is stopping.
            raise _error("no_clip")
        clip = recording.result()
        return {
            "taken_at": clip.taken.isoformat(),
            "filename": str(clip.video),
            "media_content_id": media_content_id(self._entry.entry_id, device.id, clip.video),
            "url": self._store.url(clip.video),
            "picture_url": self._store.url(clip.picture) if clip.picture else None,
        }

    async def async_stop(self, _: HomeAssistantEvent | None = None) -> None:
        """Cancel all recordings, as Home Assistant's stop would wait for them."""
        for recording in self._recordings.values():
            recording.cancel()

    async def _record(
        self, device: DeviceEntry, open_stream: OpenStream, duration: int, keep: int
    ) -> Clip:
        run, name = self._hass.async_add_executor_job, device.name_by_user or device.name or ""
        try:
            path = await run(self._store.prepare, device.id, name)
            # Home Assistant refuses to record there: don't wake the camera first.
            if not await run(self._hass.config.is_allowed_path, str(path)):
                raise _error("path_not_allowed", filename=str(path))
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
            return await run(self._store.keep, path, taken, jpeg, keep)
        except OSError as err:
            raise _error("clip_not_stored", message=err.strerror or str(err)) from err


async def _record_to(path: Path, stream: Stream, duration: int) -> None:
    """Record a stream of Home Assistant to a file. Raises HomeAssistantError."""
    if RECORDER_PROVIDER in stream.outputs():
        raise _error("already_recording")
    try:
        async with asyncio.timeout(duration + MAX_WAIT):
            await stream.async_record(str(path), duration, LOOKBACK)
    except (TimeoutError, ValueError) as err:
        # PyAV's errors for invalid data are ValueErrors.
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
