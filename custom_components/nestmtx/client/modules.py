"""Requests to the server's modules, with typed answers."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from .errors import InvalidAnswer
from .models import CronJob, Load, Version
from .parsing import parse_cron_jobs, parse_health, parse_load, parse_version

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGE_SIZE = 100
_ATTEMPTS = 3
"""How often a list is fetched whose pages shift meanwhile."""
_MAXIMUM_PAGES = 200
"""A server that always promises more is not followed for ever."""


class Requester(Protocol):
    """Sends requests: a connection, or a session that has one."""

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
class Listing:
    """The rows of a module; not `complete` when they kept shifting while they were fetched."""

    rows: tuple[Mapping[str, Any], ...]
    complete: bool = True


@dataclass(frozen=True, slots=True)
class _Page:
    items: list[Any]
    total: int


async def list_all(
    requester: Requester,
    module: str,
    most: int = PAGE_SIZE * _MAXIMUM_PAGES,
    search: str | None = None,
) -> Listing:
    """Fetch all pages of a module, newest id first, and no more than so many rows.

    Rows move between pages while others are added or removed: the pages are fetched again until
    they fit together, a few times at most. Raises the errors of a request, and InvalidAnswer.
    """
    listing = Listing(())
    for _ in range(_ATTEMPTS):
        listing = await _list_once(requester, module, most, search)
        if listing.complete or len(listing.rows) >= most:
            break
    return listing


def is_first_of_many(answer: Any) -> bool:
    """Return whether an answer is a page after which there are more."""
    if not isinstance(answer, dict) or not isinstance(answer.get("items"), list):
        return False
    total = answer.get("total")
    return isinstance(total, int) and total > len(answer["items"])


async def _list_once(requester: Requester, module: str, most: int, search: str | None) -> Listing:
    page = await _page(requester, module, 1, search)
    total, items, number = page.total, page.items[:most], 1
    while len(items) < min(total, most) and page.items and number < _MAXIMUM_PAGES:
        number += 1
        page = await _page(requester, module, number, search)
        items += page.items[: most - len(items)]
        if page.total != total:
            break
    # What is no row is one without an id: whoever parses it says so.
    rows = tuple(item if isinstance(item, dict) else {} for item in items)
    ids = [row["id"] for row in rows if isinstance(row.get("id"), int | str)]
    return Listing(rows, complete=page.total == total == len(items) and len(set(ids)) == len(ids))


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


async def health(requester: Requester) -> bool | None:
    """Ask whether the server is healthy; None when it does not say so in known words."""
    return parse_health(await requester.request("list", "health"))


async def load(requester: Requester) -> Load:
    """Fetch how busy the server's machine is, and its processes."""
    return parse_load(await requester.request("list", "htop"))


async def cron_jobs(requester: Requester) -> Mapping[str, CronJob]:
    """Fetch the cron jobs by name; there are five."""
    return parse_cron_jobs((await _page(requester, "cronjobs", 1, None)).items)
