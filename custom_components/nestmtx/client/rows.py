"""Fetches rows as typed values, and names once what is wrong with them."""

import asyncio
from collections.abc import Callable, Mapping
import logging
from typing import Any

from .models import Camera, Credential
from .modules import Requester, list_all, read
from .parsing import InvalidRow, Parsed, parse_camera, parse_credential
from .state import Snapshot

_LOGGER = logging.getLogger(__name__)

_MAXIMUM_ROWS = 600
"""How many cameras or credentials of a server are looked at: what listens may not bear more."""
_WARNINGS = 100
"""How many different ones there are at most: a server could go on for ever."""


class Rows:
    """The rows of a server; what is wrong with them is a warning once, not with each request.

    All methods raise the errors of a request, and InvalidAnswer.
    """

    def __init__(self) -> None:
        """Nothing is known to be wrong."""
        self._warned: set[str] = set()

    async def cameras(self, requester: Requester) -> Snapshot[Camera]:
        """Fetch all cameras."""
        return await self._all(requester, "cameras", parse_camera)

    async def credentials(self, requester: Requester) -> Snapshot[Credential]:
        """Fetch all credentials."""
        return await self._all(requester, "credentials", parse_credential)

    async def camera(self, requester: Requester, camera_id: int) -> Camera | None:
        """Fetch one camera; None when its row makes no sense."""
        return self._parsed(parse_camera, await read(requester, "cameras", camera_id))

    async def _all[T](
        self, requester: Requester, module: str, parse: Callable[[Mapping[str, Any]], Parsed[T]]
    ) -> Snapshot[T]:
        asked_at = asyncio.get_running_loop().time()
        listing = await list_all(requester, module, _MAXIMUM_ROWS)
        if len(listing.rows) == _MAXIMUM_ROWS and not listing.complete:
            self._warn_once(f"more than {_MAXIMUM_ROWS} {module}: the newest are shown")
        rows = (self._parsed(parse, row) for row in listing.rows)
        return Snapshot(
            tuple(row for row in rows if row is not None), asked_at, complete=listing.complete
        )

    def _parsed[T](
        self, parse: Callable[[Mapping[str, Any]], Parsed[T]], row: Mapping[str, Any]
    ) -> T | None:
        try:
            parsed = parse(row)
        except InvalidRow as err:
            self._warn_once(str(err))
            return None
        if parsed.problems:
            self._warn_once(f"unexpected fields: {', '.join(parsed.problems)}")
        return parsed.value

    def _warn_once(self, problem: str) -> None:
        if problem not in self._warned and len(self._warned) < _WARNINGS:
            self._warned.add(problem)
            _LOGGER.warning("The server sent what is not as it should be: %s", problem)
