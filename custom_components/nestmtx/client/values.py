"""What comes off the wire as values of the types that it should have; None where it has not."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from .texts import storable

if TYPE_CHECKING:
    from collections.abc import Mapping

_LARGEST = 2**53
"""Beyond it, JavaScript and databases lose digits."""
_MOST = 20
"""How many texts there are at most where there should be three."""


def parse_time(text: Any) -> datetime | None:
    """Parse a time in ISO 8601 or as the database has it, which is UTC; None when it is none."""
    if not isinstance(text, str):
        return None
    try:
        time = datetime.fromisoformat(text)
        return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except ValueError, OverflowError:
        return None


def mapping(value: Any) -> Mapping[str, Any]:
    """Return an object, or an empty one."""
    return value if isinstance(value, dict) else {}


def rows(value: Any) -> list[dict[str, Any]]:
    """Return the objects of a list."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def number(value: Any) -> int | None:
    """Return a whole number that everybody can handle: a JSON true is none, as Python's is."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and abs(value) <= _LARGEST else None


def text_of(value: Any) -> str | None:
    """Return a text that can be stored and says something."""
    return storable(value) if isinstance(value, str) and value else None


def texts(values: list[Any] | None) -> tuple[str, ...]:
    """Return the first texts of a list, fit to be stored."""
    return tuple(storable(value) for value in (values or ())[:_MOST] if isinstance(value, str))
