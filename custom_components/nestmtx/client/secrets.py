"""What never leaves the client: secrets in answers, in errors, and in the server's log.

The server echoes them: an error holds the whole request (`context`), the log each request with its
payload, and rows of credentials hold ciphertext.
"""

from collections.abc import Iterator, Mapping
import re
from typing import Any

from .errors import InvalidAnswer

HIDDEN = "**REDACTED**"

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
_DEEPEST = 50
"""How deep an answer may be nested: the server's are up to 8 deep."""
_LARGEST = 2**63
"""Beyond it, JSON is not read everywhere."""

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


def masked(text: str, secrets: frozenset[str] = frozenset()) -> str:
    """Return a text without what looks like a secret, and without those that are given."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return _SECRET_IN_TEXT.sub(_mask, text)


def without_secrets(answer: Any) -> Any:
    """Return an answer of the server that may be shown, and that can be written as JSON anywhere.

    Fields with secrets keep null, which tells that there is none. Raises InvalidAnswer for one that
    is nested too deep.
    """
    return _shown(answer, 0)


def _shown(value: Any, depth: int) -> Any:
    if depth > _DEEPEST:
        raise InvalidAnswer("The answer is nested too deep")
    match value:
        case dict():
            return {
                _text(str(name)): HIDDEN
                if is_secret(str(name)) and item is not None
                else _shown(item, depth + 1)
                for name, item in value.items()
            }
        case list():
            return [_shown(item, depth + 1) for item in value]
        case str():
            return masked(_text(value))
        case int() if not -_LARGEST <= value < _LARGEST:
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
    return f"{match['name'] or match['scheme'] or match['project'] or ''}{HIDDEN}"
