"""MediaMTX's hooks: each starts a program that reports an event late, or sometimes not at all."""

import asyncio
import random
from typing import Final

from .devices import Json
from .events import by_version
from .faults import Faults
from .quirks import Quirks
from .streamer import Announce
from .tasks import Tasks
from .times import Times

_KEYS: Final = {
    "read": "readerId",
    "unread": "readerId",
    "ready": "sourceId",
    "notReady": "sourceId",
}
"""The detail that identifies the subject of an event."""
_BEGUN_BY: Final = {"unread": "read", "notReady": "ready"}
"""Events that end the hook of another one, which is lost if it has not been sent yet."""


class Hooks:
    """Reports the events of streams."""

    def __init__(
        self, quirks: Quirks, faults: Faults, times: Times, tasks: Tasks, send: Announce
    ) -> None:
        """Initialize without events."""
        self._quirks = quirks
        self._faults = faults
        self._times = times
        self._tasks = tasks
        self._send = send
        self._random = random.Random(0)
        self._booting: dict[tuple[str, str], asyncio.Task[None]] = {}

    async def report(self, event: str, entity: int | None, details: Json) -> None:
        """Report an event; a late one does not block the stream."""
        name = details.get(_KEYS.get(event, ""), "")
        if hook := self._booting.pop((_BEGUN_BY.get(event, ""), name), None):
            hook.cancel()
        if self._random.random() < self._faults.lost.get(event, 0.0):
            return
        details = by_version(details, self._quirks)
        if not self._times.event_delay and not self._times.event_jitter:
            await self._send(event, entity, details)
            return
        self._booting[event, name] = self._tasks.spawn(self._boot(event, entity, details, name))

    async def delay(self) -> None:
        """Wait as long as starting a program takes."""
        late = self._times.event_delay + self._random.uniform(0, self._times.event_jitter)
        if late:
            await asyncio.sleep(late)

    async def _boot(self, event: str, entity: int | None, details: Json, name: str) -> None:
        await self.delay()
        if self._booting.get((event, name)) is asyncio.current_task():
            del self._booting[event, name]
        await self._send(event, entity, details)
