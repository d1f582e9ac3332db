"""Keep cameras awake for a limited time without a viewer.

A sleeping camera takes half a minute to start. An automation that wakes it when the doorbell rings
saves that time for the user who then opens the live view. Keeping a camera awake doesn't count as a
viewer, and always has an end.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from logging import DEBUG, WARNING
from typing import Final

from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util

from .const import DOMAIN, LOGGER
from .coordinator import NestMTXCoordinator
from .errors import HOPELESS

MAX_DURATION: Final = timedelta(hours=1)
"""The longest time for one call, as the camera may run on a battery."""


@dataclass(slots=True)
class _Hold:
    """The task that keeps a camera awake, and its end."""

    until: datetime
    task: asyncio.Task[None]
    cancel_end: CALLBACK_TYPE


class KeepAwake:
    """Keeps cameras of an entry awake, each until its own time."""

    def __init__(self, coordinator: NestMTXCoordinator) -> None:
        """Start with no camera kept awake."""
        self._coordinator = coordinator
        self._hass: HomeAssistant = coordinator.hass
        self._holds: dict[str, _Hold] = {}
        self._listeners: dict[str, list[CALLBACK_TYPE]] = {}

    def until(self, key: str) -> datetime | None:
        """Return until when a camera is kept awake; None if it isn't."""
        hold = self._holds.get(key)
        return hold.until if hold else None

    @callback
    def async_follow(self, key: str, listener: CALLBACK_TYPE) -> Callable[[], None]:
        """Call `listener` on changes of `until`, until the returned function is called."""
        self._listeners.setdefault(key, []).append(listener)

        @callback
        def end() -> None:
            listeners = self._listeners[key]
            listeners.remove(listener)
            if not listeners:
                del self._listeners[key]

        return end

    @callback
    def async_keep_awake(self, key: str, duration: timedelta, *, unattended: bool) -> None:
        """Wake a camera in the background, and keep it awake for at least `duration`.

        A call never shortens the time set by another, as automations don't know of each other.
        Raises HomeAssistantError if the camera is known not to start; after a refusal by Google,
        `unattended` calls fail for some minutes.
        """
        self._coordinator.check_start(key, unattended=unattended)
        until, hold = dt_util.utcnow() + min(duration, MAX_DURATION), self._holds.get(key)
        if hold is None:
            task = self._coordinator.config_entry.async_create_background_task(
                self._hass, self._run(key), f"{DOMAIN} keep awake"
            )
            self._holds[key] = _Hold(until, task, self._end_at(key, until))
        elif until > hold.until:
            hold.cancel_end()
            hold.until, hold.cancel_end = until, self._end_at(key, until)
        self._call_listeners(key)

    @callback
    def async_let_sleep(self, key: str) -> None:
        """Stop keeping a camera awake; its viewers are not affected."""
        hold = self._holds.pop(key, None)
        if hold is not None:
            hold.cancel_end()
            hold.task.cancel()
            self._call_listeners(key)

    @callback
    def async_stop(self, _: Event | None = None) -> None:
        """Stop keeping cameras awake."""
        for key in tuple(self._holds):
            self.async_let_sleep(key)

    def _end_at(self, key: str, until: datetime) -> CALLBACK_TYPE:
        @callback
        def end(_: datetime) -> None:
            self.async_let_sleep(key)

        return async_track_point_in_utc_time(self._hass, end, until)

    async def _run(self, key: str) -> None:
        """Keep a camera streaming until cancelled, and restart a stream that breaks off.

        Give up if a start is hopeless, as each attempt may cost calls to Google.
        """
        timings, failures, is_reported = self._coordinator.timings, 0, False
        while True:
            began_at = self._hass.loop.time()
            try:
                await self._coordinator.async_wait_for_restart(key)
                await self._coordinator.async_keep_stream(key, unattended=failures > 0)
            except HomeAssistantError as err:
                if err.translation_key in HOPELESS:
                    LOGGER.warning("%s is no longer kept awake: %s", self._name(key), err)
                    break
                level, is_reported = DEBUG if is_reported else WARNING, True
                LOGGER.log(level, "Failed to wake %s; retrying: %s", self._name(key), err)
            else:
                if self._hass.loop.time() - began_at >= timings.lasting:
                    failures = 0
            failures += 1
            await asyncio.sleep(timings.keep_delay(failures))
        self.async_let_sleep(key)

    def _name(self, key: str) -> str:
        camera = self._coordinator.known_camera(key)
        return (camera and camera.name) or key

    def _call_listeners(self, key: str) -> None:
        for listener in tuple(self._listeners.get(key, ())):
            listener()
