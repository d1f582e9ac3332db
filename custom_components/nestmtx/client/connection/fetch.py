"""Requests to the server's modules, with typed answers."""

import asyncio
from dataclasses import dataclass
import logging
from typing import TYPE_CHECKING, Any, Protocol

from ..data.models import Camera, Credential, CronJob, Health, Load, Version
from ..data.parsing import (
    InvalidRow,
    Parsed,
    parse_camera,
    parse_credential,
    parse_cron_jobs,
    parse_health,
    parse_load,
    parse_version,
)
from ..errors import InvalidAnswer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_LOGGER = logging.getLogger(__name__)

PAGE_SIZE = 100
MAX_LIST_ATTEMPTS = 3
"""Attempts to fetch a list whose rows move between pages meanwhile."""
MAX_PAGES = 20
"""Bounds the requests to a server that always announces more. Each page may have 3 MB: an action
that needs more than 2000 rows has to request pages.
"""
MAX_OBJECTS = 600
"""Cameras or credentials of a server: more would be too many entities for Home Assistant."""
MAX_WARNINGS = 100
"""Distinct warnings: a server could cause any number."""


class Requester(Protocol):
    """Sends requests: a connection, or a client with one."""

    async def request(
        self,
        command: str,
        module: str,
        *,
        entity: str | None = None,
        payload: Mapping[str, Any] | None = None,
        timeout: float | None = None,
    ) -> Any:
        """Send a request and return its answer."""


@dataclass(frozen=True, slots=True)
class Listing[T]:
    """The rows of a list; not `complete` if its pages were inconsistent."""

    rows: tuple[T, ...]
    asked_at: float
    """When it was requested, in seconds of a monotonic clock."""
    complete: bool = True


@dataclass(frozen=True, slots=True)
class _Page:
    items: list[Any]
    total: int


async def list_all(
    requester: Requester,
    module: str,
    max_rows: int = PAGE_SIZE * MAX_PAGES,
    search: str | None = None,
) -> Listing[Mapping[str, Any]]:
    """Fetch all pages of a module, newest id first, up to `max_rows` rows.

    Rows move between pages while others are added or removed: the pages are fetched again until
    they are consistent, up to MAX_LIST_ATTEMPTS times. Raises the errors of a request, and
    InvalidAnswer.
    """
    listing: Listing[Mapping[str, Any]] = Listing((), 0.0)
    for _ in range(MAX_LIST_ATTEMPTS):
        listing = await _list_once(requester, module, max_rows, search)
        if listing.complete or len(listing.rows) >= max_rows:
            break
    return listing


def is_first_of_many(answer: Any) -> bool:
    """Return whether an answer is a page with more pages after it."""
    if not isinstance(answer, dict) or not isinstance(answer.get("items"), list):
        return False
    total = answer.get("total")
    return isinstance(total, int) and total > len(answer["items"])


async def _list_once(
    requester: Requester, module: str, max_rows: int, search: str | None
) -> Listing[Mapping[str, Any]]:
    asked_at = asyncio.get_running_loop().time()
    page = await _page(requester, module, 1, search)
    total, items, number = page.total, page.items[:max_rows], 1
    while len(items) < min(total, max_rows) and page.items and number < MAX_PAGES:
        number += 1
        page = await _page(requester, module, number, search)
        items += page.items[: max_rows - len(items)]
        if page.total != total:
            break
    # An item that is not an object becomes a row without an id, which the parser reports.
    rows = tuple(item if isinstance(item, dict) else {} for item in items)
    ids = [row["id"] for row in rows if isinstance(row.get("id"), int | str)]
    is_complete = page.total == total == len(items) and len(set(ids)) == len(ids)
    return Listing(rows, asked_at, is_complete)


async def _page(requester: Requester, module: str, number: int, search: str | None) -> _Page:
    payload: dict[str, Any] = {"page": number, "itemsPerPage": PAGE_SIZE}
    if search is not None:
        payload["search"] = search
    answer = await requester.request("list", module, payload=payload)
    items = answer.get("items") if isinstance(answer, dict) else None
    total = answer.get("total") if isinstance(answer, dict) else None
    if not isinstance(items, list) or not isinstance(total, int):
        raise InvalidAnswer(f"The answer to list {module} is no list")
    return _Page(items, total)


async def read(requester: Requester, module: str, entity: int) -> Mapping[str, Any]:
    """Fetch a row of a module by id. Raises the errors of a request, and InvalidAnswer."""
    answer = await requester.request("read", module, entity=str(entity))
    if not isinstance(answer, dict) or answer.get("id") != entity:
        raise InvalidAnswer(f"The answer to read {module} is not that row")
    return answer


async def version(requester: Requester) -> Version:
    """Fetch the server's version. The server starts two programs for it: request it once."""
    return parse_version(await requester.request("list", "version"))


async def health(requester: Requester) -> Health | None:
    """Fetch the server's health; None if the answer is unknown."""
    return parse_health(await requester.request("list", "health"))


async def load(requester: Requester) -> Load:
    """Fetch the load of the server's machine, and the server's processes."""
    return parse_load(await requester.request("list", "htop"))


async def cron_jobs(requester: Requester) -> Mapping[str, CronJob]:
    """Fetch the cron jobs by name."""
    return parse_cron_jobs((await _page(requester, "cronjobs", 1, None)).items)


class RowFetcher:
    """Fetches rows as typed values; logs a warning once for each problem.

    All methods raise the errors of a request, and InvalidAnswer.
    """

    def __init__(self) -> None:
        """Initialize without logged problems."""
        self._warned: set[str] = set()

    async def cameras(self, requester: Requester) -> Listing[Camera]:
        """Fetch all cameras."""
        return await self._all(requester, "cameras", parse_camera)

    async def credentials(self, requester: Requester) -> Listing[Credential]:
        """Fetch all credentials."""
        return await self._all(requester, "credentials", parse_credential)

    async def camera(self, requester: Requester, camera_id: int) -> Camera | None:
        """Fetch one camera; None if its row is invalid."""
        return self._parsed(parse_camera, await read(requester, "cameras", camera_id))

    async def _all[T](
        self, requester: Requester, module: str, parse: Callable[[Mapping[str, Any]], Parsed[T]]
    ) -> Listing[T]:
        listing = await list_all(requester, module, MAX_OBJECTS)
        if len(listing.rows) == MAX_OBJECTS and not listing.complete:
            self._warn_once(f"more than {MAX_OBJECTS} {module}: the newest are shown")
        rows = (self._parsed(parse, row) for row in listing.rows)
        return Listing(
            tuple(row for row in rows if row is not None), listing.asked_at, listing.complete
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
        if problem not in self._warned and len(self._warned) < MAX_WARNINGS:
            self._warned.add(problem)
            _LOGGER.warning("The server sent unexpected data: %s", problem)
