"""What a client may change on a server: cameras' settings, their streams, cron jobs."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, replace
import logging
import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypedDict

from . import modules
from .errors import (
    ControlProblem,
    InvalidAnswer,
    NestMTXError,
    RefusedControl,
    RequestError,
    RequestTimeout,
)
from .parsing import parse_camera

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .mirror import Mirror
    from .timings import Timings

_LOGGER = logging.getLogger(__name__)

SYNCHRONIZE = "SyncCloudCamerasJob"
"""The cron job that fetches the cameras from Google."""

_NO_PAYLOAD: Mapping[str, Any] = MappingProxyType({})
_PATH = re.compile(r"[A-Za-z0-9\-._~]+")
_REFUSALS = {
    "errors.cameras.update.mtxPathAlreadyInUse": ControlProblem.PATH_IN_USE,
    "errors.cameras.update.mtxPathIsRequired": ControlProblem.PATH_REQUIRED,
    "errors.credentials.authorize.invalidState": ControlProblem.AUTHORIZATION_MALFORMED,
    "errors.credentials.authorize.malformed": ControlProblem.AUTHORIZATION_MALFORMED,
    "errors.users.delete.cannotDeleteSelf": ControlProblem.USER_IN_USE,
    "errors.users.delete.cannotDeleteSystemUser": ControlProblem.USER_OF_SYSTEM,
    "errors.users.update.cannotChangeOwnLoginAbility": ControlProblem.USER_IN_USE,
    "Row not found": ControlProblem.ROW_GONE,
    "UNIQUE constraint failed: users.username": ControlProblem.USER_EXISTS,
}
"""By the server's words."""


class CameraChange(TypedDict, total=False):
    """What to change of a camera's settings."""

    path: str | None
    is_enabled: bool
    is_persistent: bool


@dataclass(frozen=True, slots=True)
class CameraSettings:
    """What the server takes all together: whatever is missing, it takes for false."""

    path: str | None
    is_enabled: bool
    is_persistent: bool


def changed(settings: CameraSettings, change: CameraChange) -> CameraSettings:
    """Return settings after a change. Raises RefusedControl for what the server would not take.

    Disabling a camera ends that it is persistent; what it is to be when it is enabled says nothing
    to one that is enabled already. A path is changed while the camera is disabled only, as on the
    server's own page. That no other camera has it, the server sees to.
    """
    new = replace(settings, **change)
    if settings.is_enabled and change.get("is_enabled"):
        new = replace(new, is_persistent=settings.is_persistent)
    if new.path != settings.path:
        if settings.is_enabled:
            raise RefusedControl(ControlProblem.CAMERA_ENABLED)
        if new.path is not None and not _PATH.fullmatch(new.path):
            raise RefusedControl(ControlProblem.PATH_INVALID)
    if new.is_enabled and new.path is None:
        raise RefusedControl(ControlProblem.PATH_REQUIRED)
    if not new.is_enabled:
        if change.get("is_persistent"):
            raise RefusedControl(ControlProblem.CAMERA_DISABLED)
        new = replace(new, is_persistent=False)
    return new


class Controls:
    """Changes a server, and brings its mirror up to date. Methods raise the errors of a request."""

    def __init__(self, requester: modules.Requester, mirror: Mirror, timings: Timings) -> None:
        """Nothing is under way."""
        self._requester = requester
        self._mirror = mirror
        self._timings = timings
        self._locks: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._jobs: set[str] = set()

    async def update_camera(self, camera_id: int, change: CameraChange) -> None:
        """Change a camera's settings, one change after the other. Raises RefusedControl, too."""
        async with self._locks[camera_id]:
            old = _settings(await self._read(camera_id))
            new = changed(old, change)
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
                raise refusal(err, ControlProblem.CAMERA_GONE) from err
            except RequestTimeout:
                # It may have been done all the same.
                self._mirror.resync_soon()
                raise
            try:
                await self._mirror.read(self._requester, camera_id)
            except NestMTXError as err:
                # What was asked for is done.
                _LOGGER.debug("Camera %s could not be read after its change: %s", camera_id, err)
                self._mirror.resync_soon()

    async def restart_stream(self, camera_id: int) -> None:
        """Restart the process of a camera's stream. Raises RefusedControl, too."""
        async with self._locks[camera_id]:
            pid = parse_camera(await self._read(camera_id)).value.process_id
            processes = (await modules.load(self._requester)).processes
            # Names are no help: the server makes them from paths, and two paths can give one name.
            name = next((each.name for each in processes if pid and each.pid == pid), None)
            if name is None:
                raise RefusedControl(ControlProblem.NO_PROCESS)
            await self._requester.request(
                "update", "htop", entity=name, payload={"action": "restart"}
            )

    async def run_cron_job(self, name: str, payload: Mapping[str, Any] = _NO_PAYLOAD) -> Any:
        """Run a cron job, wait for its end, and return what the server answers.

        Raises RefusedControl while it runs already.
        """
        if name in self._jobs:
            raise RefusedControl(ControlProblem.JOB_RUNNING)
        self._jobs.add(name)
        try:
            return await self._requester.request(
                "update",
                "cronjobs",
                entity=name,
                payload=payload,
                timeout=self._timings.job_timeout,
            )
        finally:
            self._jobs.discard(name)
            self._mirror.resync_soon()

    async def change_password(self, username: str, password: str) -> None:
        """Change the password of a user. Raises RefusedControl where there is no such user."""
        users = await modules.list_all(self._requester, "users", search=username)
        user_id = next(
            (row.get("id") for row in users.rows if row.get("username") == username), None
        )
        if not isinstance(user_id, int):
            raise RefusedControl(ControlProblem.USER_GONE)
        await self._requester.request(
            "update", "users", entity=str(user_id), payload={"password": password}
        )

    async def _read(self, camera_id: int) -> Mapping[str, Any]:
        try:
            return await modules.read(self._requester, "cameras", camera_id)
        except RequestError as err:
            raise refusal(err, ControlProblem.CAMERA_GONE) from err


def _settings(row: Mapping[str, Any]) -> CameraSettings:
    """Return what a row says of a camera's settings. Raises InvalidAnswer where it does not.

    They are sent back to the server: nothing of them may be guessed, or shortened.
    """
    parsed = parse_camera(row)
    if {"mtx_path", "is_enabled", "is_persistent"}.intersection(parsed.problems):
        raise InvalidAnswer("The server does not tell the camera's settings")
    camera = parsed.value
    return CameraSettings(row["mtx_path"] or None, camera.is_enabled, camera.is_persistent)


def refusal(
    err: RequestError, gone: ControlProblem = ControlProblem.ROW_GONE
) -> RefusedControl | RequestError:
    """Return what the server means by an error, where that is known."""
    problem = _REFUSALS.get(err.message)
    if problem is None:
        return err
    return RefusedControl(gone if problem is ControlProblem.ROW_GONE else problem)
