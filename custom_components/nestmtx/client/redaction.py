"""Removes secrets from what a server sends, and what could harm a log, a page or a database.

The server echoes secrets: an error holds the whole request (`context`), the log each request with
its payload, and rows of credentials hold ciphertext.
"""

from collections.abc import Iterator, Mapping
import re
from typing import Any

from .errors import InvalidAnswer

REDACTED = "**REDACTED**"

_NAMES = frozenset(
    {
        "accesstoken",
        "authorization",
        "bearer",
        "context",
        "dacprojectid",
        "oauthclientid",
        "oauthclientsecret",
        "password",
        "refreshtoken",
        "token",
        "tokens",
    }
)
"""Names of fields that hold secrets, in lower case and without separators."""
MAX_DEPTH = 50
"""How deep an answer may be nested: the server's are up to 8 deep."""
MAX_JSON_INTEGER = 2**63
"""Not every JSON parser reads larger ones."""
MAX_TEXT_LENGTH = 255
"""Characters, as many as a state may have."""
MAX_MESSAGE_LENGTH = 4096
"""Characters of a message that are looked at."""

_SECRET_IN_TEXT = re.compile(
    r"""(?P<name>(?:password|secret|token|bearer|authorization|client_id|project_id)
            [\w-]{0,20} ["']? \s{0,4} [:=] \s{0,4} (?:bearer\s{1,4})? )
        (?: "(?:\\.|[^"\\])*(?:"|$) | '(?:\\.|[^'\\])*(?:'|$) | [^\s,;&)}\]]+ )
        | (?P<scheme>\bbearer\s{1,4})[\w.~+/=-]+
        | \boat_[\w.-]+                       # the server's own tokens
        | [\w-]{1,200}\.apps\.googleusercontent\.com # the id of a client at Google
        | (?P<project>\b(?:enterprises|partnerconnections)/)[^/\s"'?]+
    """,
    re.IGNORECASE | re.VERBOSE,
)

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


def is_secret(name: str) -> bool:
    """Return whether a field of this name holds a secret."""
    return name.replace("_", "").replace("-", "").lower() in _NAMES


def secrets_in(value: Any) -> Iterator[str]:
    """Return the texts in secret fields of a request."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            if is_secret(str(name)):
                yield from _texts_in(item)
            else:
                yield from secrets_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from secrets_in(item)


def redact(text: str, secrets: frozenset[str] = frozenset()) -> str:
    """Replace what looks like a secret, and the given secrets, in a text."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, REDACTED)
    return _SECRET_IN_TEXT.sub(_mask, text)


def redact_answer(answer: Any) -> Any:
    """Return an answer of the server that may be shown, and that can be written as JSON anywhere.

    Fields with secrets keep null, which tells that there is none. Raises InvalidAnswer for one that
    is nested too deep.
    """
    return _shown(answer, 0)


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
    text = text[:MAX_MESSAGE_LENGTH]
    if _STATEMENT.match(text):
        text = text.rpartition(" - ")[2] if " - " in text else "database error"
    return sanitize(redact(text, secrets))


def _shown(value: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise InvalidAnswer("The answer is nested too deep")
    match value:
        case dict():
            return {
                _text(str(name)): REDACTED
                if is_secret(str(name)) and item is not None
                else _shown(item, depth + 1)
                for name, item in value.items()
            }
        case list():
            return [_shown(item, depth + 1) for item in value]
        case str():
            return redact(_text(value))
        case int() if not -MAX_JSON_INTEGER <= value < MAX_JSON_INTEGER:
            return str(value)
        case float() if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124
            return None
        case _:
            return value


def _text(text: str) -> str:
    """Return a text that can be written as UTF-8: JSON may hold half a surrogate pair."""
    return text.encode("utf-8", "replace").decode()


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value:
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts_in(item)


def _mask(match: re.Match[str]) -> str:
    return f"{match['name'] or match['scheme'] or match['project'] or ''}{REDACTED}"
