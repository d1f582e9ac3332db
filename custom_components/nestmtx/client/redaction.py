"""Removes secrets from what a server sends, and what could harm a log, a page or a database.

The server echoes secrets: an error holds the whole request (`context`), the log each request with
its payload, and rows of credentials hold ciphertext.
"""

from collections.abc import Iterator, Mapping
import re
from typing import Any

from .errors import IncompleteList, InvalidAnswer
from .masks import REDACTED, cut, is_secret, redact

MAX_DEPTH = 50
"""How deep an answer may be nested: the server's are up to 8 deep."""
MAX_JSON_INTEGER = 2**63
"""Not every JSON parser reads larger ones."""
MAX_TEXT_LENGTH = 255
"""Characters, as many as a state may have."""
MAX_MESSAGE_LENGTH = 4096
"""Characters of a message that are looked at."""
MAX_ANSWER_VALUES = 250_000
"""Names and values of an answer. 1000 cameras have 150,000; to mask so many takes half a second."""
MAX_ANSWER_TEXT = 64 * 1024
"""Characters of one text of an answer, for which nothing else is done meanwhile: 50 ms at most."""

MAX_SHORT_VALUES = 32
"""Values, at all levels, of an answer that is short: redacting those takes 0.5 ms at most."""
MAX_SHORT_TEXT = 64
"""Characters of a text in an answer that is short."""

_STATEMENT = re.compile(
    r"\s*(insert into|replace into|delete from|update [`\"]|select .* from )", re.IGNORECASE
)
_REPLACED = dict.fromkeys(
    [
        # Control characters, and those that change the direction of writing.
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
    """Return the texts in secret fields of a request."""
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
    """Return an answer of the server that may be shown, and that can be written as JSON anywhere.

    Fields with secrets keep null, which tells that there is none. Call this in a thread, unless the
    answer `is_short`. Raises InvalidAnswer for one that is nested too deep, or has a text that is
    too long, and IncompleteList for one that has too many values.
    """
    return _Shown().value(answer, 0)


def is_short(answer: Any) -> bool:
    """Return whether an answer is redacted in less time than it takes to start a thread."""
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
    """Return a text that can be stored as UTF-8, and is no longer than a state may be.

    JSON may hold half a surrogate pair, which no database stores. A control character becomes a
    space: it could begin a line of the log, or hide another text.
    """
    return text[:MAX_TEXT_LENGTH].translate(_REPLACED).encode("utf-8", "replace").decode()


def redact_message(text: str, secrets: frozenset[str] = frozenset()) -> str:
    """Return the message of an error or of a log line, redacted and sanitized.

    `secrets` are those of the request. Database errors begin with the statement, which holds
    values: as recorded, the reason follows the last dash.
    """
    text = cut(text, MAX_MESSAGE_LENGTH, secrets)
    if _STATEMENT.match(text):
        text = text.rpartition(" - ")[2] if " - " in text else "database error"
    return sanitize(redact(text, secrets))


class _Shown:
    """Makes one answer fit to be shown, and counts what it has."""

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
        """Return a text that can be written as UTF-8: JSON may hold half a surrogate pair."""
        if len(text) > MAX_ANSWER_TEXT:
            raise InvalidAnswer("The answer has a text that is too long")
        return text.encode("utf-8", "replace").decode()
