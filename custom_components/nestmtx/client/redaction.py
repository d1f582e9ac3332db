"""Removes secrets from a server's messages, and characters that a log or database can't take.

The server repeats secrets: an error contains the whole request (`context`), the log each request
with its payload, and rows of credentials contain ciphertext.
"""

from collections.abc import Iterator, Mapping
import re
from typing import Any

from .errors import IncompleteList, InvalidAnswer
from .masks import REDACTED, cut, is_secret, redact

MAX_DEPTH = 50
"""Nesting levels of an answer: the server's have up to 8."""
MAX_JSON_INTEGER = 2**63
"""Not every JSON parser reads larger integers."""
MAX_TEXT_LENGTH = 255
"""Characters: the limit of a state in Home Assistant."""
MAX_MESSAGE_LENGTH = 4096
"""Characters of a message that are used."""
MAX_ANSWER_VALUES = 250_000
"""Names and values of an answer. 1000 cameras have 150,000, which take half a second to mask."""
MAX_ANSWER_TEXT = 64 * 1024
"""Characters of one string in an answer; it blocks other tasks for 50 ms at most."""

MAX_SHORT_VALUES = 32
"""Values, at all levels, of a short answer: redacting them takes 0.5 ms at most."""
MAX_SHORT_TEXT = 64
"""Characters of a string in a short answer."""

_STATEMENT = re.compile(
    r"\s*(insert into|replace into|delete from|update [`\"]|select .* from )", re.IGNORECASE
)
_REPLACED = dict.fromkeys(
    [
        # Control characters, and those that change the writing direction.
        *range(0x20),
        *range(0x7F, 0xA0),
        0x2028,
        0x2029,
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
    ],
    " ",
)


def secrets_in(value: Any) -> Iterator[str]:
    """Yield the strings in secret fields of a request."""
    waiting = [(value, False)]
    while waiting:
        each, is_hidden = waiting.pop()
        if isinstance(each, Mapping):
            waiting += ((item, is_hidden or is_secret(str(name))) for name, item in each.items())
        elif isinstance(each, list | tuple):
            waiting += ((item, is_hidden) for item in each)
        elif isinstance(each, str) and each and is_hidden:
            yield each


def redact_answer(answer: Any) -> Any:
    """Return an answer of the server that may be shown, and serialized as JSON.

    A null in a secret field is kept: it shows that there is no secret. Call this in a thread,
    unless the answer `is_short`. Raises InvalidAnswer if it is nested too deep or has a string that
    is too long, and IncompleteList if it has too many values.
    """
    return _Shown().value(answer, 0)


def is_short(answer: Any) -> bool:
    """Return whether redacting an answer is faster than starting a thread."""
    waiting, count = [answer], 0
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict | list):
            count += len(value)
            if count > MAX_SHORT_VALUES:
                return False
            waiting += value.values() if isinstance(value, dict) else value
        elif isinstance(value, str) and len(value) > MAX_SHORT_TEXT:
            return False
    return True


def sanitize(text: str) -> str:
    """Return a text that can be stored as UTF-8, cut to the length of a state.

    JSON may contain a lone surrogate, which databases cannot store. A control character becomes
    a space: it could start a new line in a log, or hide text.
    """
    return text[:MAX_TEXT_LENGTH].translate(_REPLACED).encode("utf-8", "replace").decode()


def redact_message(text: str, secrets: frozenset[str] = frozenset()) -> str:
    """Return the message of an error or of a log line, redacted and sanitized.

    `secrets` are those of the request. Database errors begin with the SQL statement, which
    contains values; as recorded, the reason follows the last dash.
    """
    text = cut(text, MAX_MESSAGE_LENGTH, secrets)
    if _STATEMENT.match(text):
        text = text.rpartition(" - ")[2] if " - " in text else "database error"
    return sanitize(redact(text, secrets))


class _Shown:
    """Redacts one answer, and counts its values."""

    def __init__(self) -> None:
        self._count = 0

    def value(self, value: Any, depth: int) -> Any:
        self._count += 1
        if depth > MAX_DEPTH:
            raise InvalidAnswer("The answer is nested too deep")
        if self._count > MAX_ANSWER_VALUES:
            raise IncompleteList("The answer has too many values")
        match value:
            case dict():
                self._count += len(value)
                return {
                    self._text(str(name)): REDACTED
                    if is_secret(str(name)) and item is not None
                    else self.value(item, depth + 1)
                    for name, item in value.items()
                }
            case list() | tuple():
                return [self.value(item, depth + 1) for item in value]
            case str():
                return redact(self._text(value))
            case int() if not -MAX_JSON_INTEGER <= value < MAX_JSON_INTEGER:
                return str(value)
            case float() if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124
                return None
            case _:
                return value

    def _text(self, text: str) -> str:
        """Return a text that can be encoded as UTF-8: JSON may contain a lone surrogate."""
        if len(text) > MAX_ANSWER_TEXT:
            raise InvalidAnswer("The answer has a text that is too long")
        return text.encode("utf-8", "replace").decode()
