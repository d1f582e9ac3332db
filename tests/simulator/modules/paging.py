"""Pages of a list, with the server's parsing of numbers."""

from collections.abc import Iterable, Sequence
from math import inf

from tests.simulator.devices import Json


def matching(
    rows: Iterable[Json], term: object, columns: Sequence[str], *, exact_case: bool = False
) -> list[Json]:
    """Return the rows with the term in one of the columns; SQL's LIKE ignores case."""
    if not term:
        return list(rows)

    def fold(cell: object) -> str:
        return str(cell) if exact_case else str(cell).casefold()

    text = fold(term)
    return [row for row in rows if any(text in fold(row[column]) for column in columns)]


def page_of(rows: list[Json], payload: Json, *, all_without_page: bool = True) -> Json:
    """Return a page; without page numbers all rows on SQLite, none where the server slices."""
    page, size = _number(payload.get("page")), _number(payload.get("itemsPerPage"))
    if page is None or size is None:
        items = rows if all_without_page else []
    else:
        page, size = max(1, page), max(1, size)
        items = rows[(page - 1) * size : page * size]
    return payload | {"page": page, "itemsPerPage": size, "total": len(rows), "items": items}


def _number(value: object) -> int | None:
    """Parse a JSON value like JavaScript's parseInt."""
    try:
        number = float(value) if isinstance(value, str | int | float) else inf
    except ValueError:
        return None
    return None if isinstance(value, bool) or abs(number) == inf else int(number)
