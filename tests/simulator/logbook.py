"""Log lines with the server's wording, colours and history."""

from collections import deque
from collections.abc import Iterator
from datetime import datetime
import re
from typing import Final

from .devices import Json
from .events import stamp
from .quirks import Quirks

KEPT: Final = 100
"""Number of lines replayed to a new connection, as recorded."""

_LEVELS: Final = {"debug": (20, 30), "info": (30, 40), "warning": (50, 50), "error": (60, 60)}
"""Level: the number sent, the number in the API documentation."""

_BREAK: Final = 80
_IDENTIFIER: Final = re.compile(r"^[A-Za-z_$][\w$]*$")


class LogBook:
    """The last lines, oldest first."""

    def __init__(self, quirks: Quirks) -> None:
        """Initialize without lines."""
        self._column = 0 if quirks.numeric_levels_of_pino else 1
        self._lines: deque[Json] = deque(maxlen=KEPT)

    def __iter__(self) -> Iterator[Json]:
        """Iterate over the replayed lines."""
        return iter(tuple(self._lines))

    def line(self, level: str, message: str, service: str, at: datetime) -> Json:
        """Add a line, and return it."""
        line = {
            "level": _LEVELS[level][self._column],
            "msg": message,
            "time": int(at.timestamp() * 1000),
            "timestamp": stamp(at),
            "pid": 20852,
            "hostname": "simulator",
            "service": service,
        }
        self._lines.append(line)
        return line


def inspect(value: object, depth: int = 0) -> str:
    """Format a value like Node's util.inspect in colour, which logs requests."""
    if isinstance(value, dict):
        items = [f"{_key(key)}: {inspect(item, depth + 1)}" for key, item in value.items()]
        return _brackets("{}", items, depth)
    if isinstance(value, list):
        return _brackets("[]", [inspect(item, depth + 1) for item in value], depth)
    return _scalar(value)


def _scalar(value: object) -> str:
    if isinstance(value, str):
        return _colour(32, "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'")
    if value is None:
        return "\x1b[1mnull\x1b[22m"
    return _colour(33, str(value).lower())


def _colour(code: int, text: str) -> str:
    return f"\x1b[{code}m{text}\x1b[39m"


def _key(key: object) -> str:
    text = str(key)
    return text if _IDENTIFIER.match(text) else _colour(32, f"'{text}'")


def _brackets(pair: str, items: list[str], depth: int) -> str:
    if not items:
        return pair
    plain = sum(len(re.sub("\x1b\\[\\d+m", "", item)) for item in items)
    whole = plain + 2 * len(items) + 2 * depth + 11
    if whole <= _BREAK and not any("\n" in item for item in items):
        return f"{pair[0]} {', '.join(items)} {pair[1]}"
    margin = "  " * depth
    lines = ",\n".join(f"{margin}  {item}" for item in items)
    return f"{pair[0]}\n{lines}\n{margin}{pair[1]}"
