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
"""How often a list is fetched whose pages shift meanwhile."""
MAX_PAGES = 20
"""A server that always promises more is not followed for ever. Each page may have 3 MB: an action
that wants more than 2000 rows has to ask for pages.
"""
MAX_OBJECTS = 600
"""Cameras or credentials of a server: more would be too many entities for Home Assistant."""
MAX_WARNINGS = 100
"""Different ones: a server could go on for ever."""


class Requester(Protocol):
    """Sends requests: a connection, or a client that has one."""

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
    """The rows of a list; not `complete` when its pages did not fit together."""

    rows: tuple[T, ...]
    asked_at: float
    """When it was requested, by a monotonic clock, in seconds."""
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
    """Fetch all pages of a module, newest id first, and `max_rows` rows at most.

    Rows move between pages while others are added or removed: the pages are fetched again until
    they fit together, a few times at most. Raises the errors of a request, and InvalidAnswer.
    """
    listing: Listing[Mapping[str, Any]] = Listing((), 0.0)
    for _ in range(MAX_LIST_ATTEMPTS):
        listing = await _list_once(requester, module, max_rows, search)
        if listing.complete or len(listing.rows) >= max_rows:
            break
    return listing


def is_first_of_many(answer: Any) -> bool:
    """Return whether an answer is a page after which there are more."""
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
    # What is no row is one without an id: whoever parses it says so.
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
    """Fetch the row of a module with an id. Raises the errors of a request, and InvalidAnswer."""
    answer = await requester.request("read", module, entity=str(entity))
    if not isinstance(answer, dict) or answer.get("id") != entity:
        raise InvalidAnswer(f"The answer to read {module} is not that row")
    return answer


async def version(requester: Requester) -> Version:
    """Fetch the server's version; the server starts two programs to tell: ask once."""
    return parse_version(await requester.request("list", "version"))


async def health(requester: Requester) -> Health | None:
    """Ask how the server is; None when it does not say so in known words."""
    return parse_health(await requester.request("list", "health"))


async def load(requester: Requester) -> Load:
    """Fetch how busy the server's machine is, and its processes."""
    return parse_load(await requester.request("list", "htop"))


async def cron_jobs(requester: Requester) -> Mapping[str, CronJob]:
    """Fetch the cron jobs by name."""
    return parse_cron_jobs((await _page(requester, "cronjobs", 1, None)).items)


class RowFetcher:
    """Fetches rows as typed values; what is wrong with them is a warning once.

    All methods raise the errors of a request, and InvalidAnswer.
    """

    def __init__(self) -> None:
        """Nothing is known to be wrong."""
        self._warned: set[str] = set()

    async def cameras(self, requester: Requester) -> Listing[Camera]:
        """Fetch all cameras."""
        return await self._all(requester, "cameras", parse_camera)

    async def credentials(self, requester: Requester) -> Listing[Credential]:
        """Fetch all credentials."""
        return await self._all(requester, "credentials", parse_credential)

    async def camera(self, requester: Requester, camera_id: int) -> Camera | None:
        """Fetch one camera; None when its row makes no sense."""
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
            _LOGGER.warning("The server sent what is not as it should be: %s", problem)
