"""The server itself: cron jobs, user passwords, and feeds."""

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..connection import fetch
from ..errors import ChangeProblem, RefusedChange

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..state.feeds import Feed
    from ..state.sync import StateSync
    from ..timings import Timings

SYNCHRONIZE = "SyncCloudCamerasJob"
"""The cron job that fetches the cameras from Google."""

_NO_PAYLOAD: Mapping[str, Any] = MappingProxyType({})


class ServerAPI:
    """Runs cron jobs and changes passwords. Methods raise the errors of a request."""

    def __init__(self, requester: fetch.Requester, sync: StateSync, timings: Timings) -> None:
        """Initialize; nothing is sent yet."""
        self._requester = requester
        self._sync = sync
        self._timings = timings
        self._jobs: set[str] = set()

    def subscribe(self, feed: Feed) -> Callable[[], None]:
        """Subscribe to a feed until the returned function is called."""
        return self._sync.subscribe(feed)

    async def run_cron_job(self, name: str, payload: Mapping[str, Any] = _NO_PAYLOAD) -> Any:
        """Run a cron job, wait until it has finished, and return the server's answer.

        Raises RefusedChange if it is already running, or the server has no such job.
        """
        if name in self._jobs:
            raise RefusedChange(ChangeProblem.JOB_RUNNING)
        self._jobs.add(name)
        try:
            answer = await self._requester.request(
                "update",
                "cronjobs",
                entity=name,
                payload=payload,
                timeout=self._timings.job_timeout,
            )
        finally:
            self._jobs.discard(name)
            self._sync.resync_soon()
        # As recorded: an object if it ran, null if there is no such job.
        if answer is None:
            raise RefusedChange(ChangeProblem.JOB_GONE)
        return answer

    async def change_password(self, username: str, password: str) -> None:
        """Change the password of a user. Raises RefusedChange if there is no such user."""
        users = await fetch.list_all(self._requester, "users", search=username)
        user_id = next(
            (row.get("id") for row in users.rows if row.get("username") == username), None
        )
        if not isinstance(user_id, int):
            raise RefusedChange(ChangeProblem.USER_GONE)
        await self._requester.request(
            "update", "users", entity=str(user_id), payload={"password": password}
        )
