"""Lines of the server's log as values."""

from datetime import UTC, datetime
import re
from typing import Any

from ..redaction import MAX_MESSAGE_LENGTH, redact_message
from .models import LogLevel, LogLine
from .parsing import mapping, number

_COLOUR = re.compile("\x1b\\[[0-9;]*m")
_LOG_LEVELS = (
    (70, LogLevel.CRITICAL),
    (60, LogLevel.ERROR),
    (50, LogLevel.WARNING),
    (40, LogLevel.NOTICE),
    (30, LogLevel.INFO),
)
"""The minimum number of each level."""


def parse_log_line(payload: Any) -> LogLine | None:
    """Parse a line of the log; None if it is invalid.

    The server logs each request with its payload, including passwords: that part is removed.
    """
    row = mapping(payload)
    level, message = _log_level(row.get("level")), row.get("msg")
    if level is None or not isinstance(message, str):
        return None
    plain = _COLOUR.sub("", message[:MAX_MESSAGE_LENGTH]).partition(" with payload:")[0]
    return LogLine(
        level,
        redact_message(" ".join(plain.split())),
        service=_word(row.get("service")),
        host=_word(row.get("hostname")),
        pid=number(row.get("pid")),
        at=_time_of(row.get("time")),
    )


def _word(value: Any) -> str | None:
    """Return a line's service or host name, which the server takes from its environment."""
    return redact_message(value) or None if isinstance(value, str) else None


def _time_of(milliseconds: Any) -> datetime | None:
    """Return the time of a Unix timestamp in milliseconds."""
    value = number(milliseconds)
    try:
        return None if value is None else datetime.fromtimestamp(value / 1000, UTC)
    except ValueError, OverflowError, OSError:
        return None


def _log_level(level: Any) -> LogLevel | None:
    """Return the level of a number, as recorded; the server's API documentation differs."""
    value = number(level)
    if value is None:
        return None
    return next((level for least, level in _LOG_LEVELS if value >= least), LogLevel.DEBUG)
