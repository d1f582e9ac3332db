"""Camera settings, and their effect on streams."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, replace
import logging
import re
from typing import TYPE_CHECKING, Any, TypedDict

from ..connection import fetch
from ..data.parsing import parse_camera
from ..errors import (
    ChangeProblem,
    InvalidAnswer,
    NestMTXError,
    RefusedChange,
    RequestError,
    RequestTimeout,
)
from .processes import StreamProcesses
from .refusals import change_error

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..state.sync import StateSync
    from ..timings import Timings

_LOGGER = logging.getLogger(__name__)

_LEFT_OUT = re.compile(r"[._~]")
"""What does not tell one process from another; nor do capitals."""
_PATH = re.compile(r"[A-Za-z0-9\-._~]+")


class CameraChange(TypedDict, total=False):
    """Changes to a camera's settings; missing keys stay as they are."""

    path: str | None
    is_enabled: bool
    is_persistent: bool


@dataclass(frozen=True, slots=True)
class CameraSettings:
    """Settings that are always sent together: the server treats a missing one as false."""

    path: str | None
    is_enabled: bool
    is_persistent: bool


def changed_settings(settings: CameraSettings, change: CameraChange) -> CameraSettings:
    """Return settings after a change. Raises RefusedChange for one the server would not accept.

    Disabling a camera also makes it not persistent. Enabling one that is already enabled doesn't
    change `is_persistent`. A path can only be changed while the camera is disabled, as on the
    server's own page. The server checks that paths are unique.
    """
    new = replace(settings, **change)
    if settings.is_enabled and change.get("is_enabled"):
        new = replace(new, is_persistent=settings.is_persistent)
    if new.path != settings.path:
        if settings.is_enabled:
            raise RefusedChange(ChangeProblem.CAMERA_ENABLED)
        if new.path is not None and not _PATH.fullmatch(new.path):
            raise RefusedChange(ChangeProblem.PATH_INVALID)
    if new.is_enabled and new.path is None:
        raise RefusedChange(ChangeProblem.PATH_REQUIRED)
    if not new.is_enabled:
        if change.get("is_persistent"):
            raise RefusedChange(ChangeProblem.CAMERA_DISABLED)
        new = replace(new, is_persistent=False)
    return new


def process_key(path: str) -> str:
    """Return what the name of a path's process is made of on the server."""
    return _LEFT_OUT.sub("", path.lower())


class CamerasAPI:
    """Changes cameras and updates the state. Methods raise the errors of a request."""

    def __init__(
        self, requester: fetch.Requester, sync: StateSync, timings: Timings, host: str
    ) -> None:
        """Initialize; `host` is the host of MediaMTX."""
        self._requester = requester
        self._sync = sync
        self._processes = StreamProcesses(requester, sync, timings, host, self._read)
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def update(self, camera_id: int, change: CameraChange) -> None:
        """Change a camera's settings, one change at a time. Also raises RefusedChange.

        The stream of a camera that is no longer persistent would run forever. If it has no viewers,
        this returns after it has ended. The change itself is reported before that.
        """
        async with self._locks[camera_id]:
            old = _settings(await self._read(camera_id))
            new = changed_settings(old, change)
            if new.path is not None and new.path != old.path:
                await self._check_process(camera_id, new.path)
            payload = {
                "mtx_path": new.path,
                "is_enabled": new.is_enabled,
                "is_persistent": new.is_persistent,
            }
            try:
                await self._requester.request(
                    "update", "cameras", entity=str(camera_id), payload=payload
                )
            except RequestError as err:
                raise change_error(err, ChangeProblem.CAMERA_GONE) from err
            except RequestTimeout:
                # The server may have made the change.
                self._sync.resync_soon()
                raise
            try:
                await self._sync.read_camera(self._requester, camera_id)
            except NestMTXError as err:
                # The change itself succeeded.
                _LOGGER.debug("Camera %s could not be read after its change: %s", camera_id, err)
                self._sync.resync_soon()
            if new.is_persistent or not new.is_enabled:
                self._processes.keep(camera_id)
        if old.is_persistent and new.is_enabled and not new.is_persistent:
            await self._processes.end(camera_id)

    async def restart_stream(self, camera_id: int) -> None:
        """Restart the process of a camera's stream, and wait until the server has settled.

        Also raises RefusedChange.
        """
        await self._processes.restart(camera_id)

    async def wait_for_restart(self, camera_id: int) -> None:
        """Wait until a running restart of a camera's stream has finished, if any."""
        await self._processes.wait_for_restart(camera_id)

    def end_left_overs(self) -> None:
        """Start ending the streams that run without a reader."""
        self._processes.end_left_overs()

    async def stop(self) -> None:
        """Cancel all running tasks."""
        await self._processes.stop()

    async def _check_process(self, camera_id: int, path: str) -> None:
        """Raise RefusedChange where another camera's process has the name of a path's.

        The second of two such cameras would never start. The same path, the server itself refuses.
        """
        key = process_key(path)
        for other in self._sync.state.cameras.values():
            if other.id == camera_id or process_key(other.path or "") != key:
                continue
            # What the state says may have changed since.
            current = _settings(await self._read(other.id)).path
            if current is not None and current != path and process_key(current) == key:
                raise RefusedChange(ChangeProblem.PATH_TOO_SIMILAR)

    async def _read(self, camera_id: int) -> Mapping[str, Any]:
        """Fetch a camera's row. Raises RefusedChange if it no longer exists."""
        try:
            return await fetch.read(self._requester, "cameras", camera_id)
        except RequestError as err:
            raise change_error(err, ChangeProblem.CAMERA_GONE) from err


def _settings(row: Mapping[str, Any]) -> CameraSettings:
    """Return the camera settings in a row. Raises InvalidAnswer if one is missing or invalid.

    They are sent back to the server, so none may be guessed or shortened.
    """
    parsed = parse_camera(row)
    if {"mtx_path", "is_enabled", "is_persistent"}.intersection(parsed.problems):
        raise InvalidAnswer("The server does not return the camera's settings")
    camera = parsed.value
    return CameraSettings(row["mtx_path"] or None, camera.is_enabled, camera.is_persistent)
