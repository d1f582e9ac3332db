"""Texts of a server, made fit to be shown and stored."""

import re

from .secrets import masked

_LONGEST = 255
"""Characters, as many as a state may have."""
_LOOKED_AT = 4096
"""Characters of a longer text that are looked at."""
_STATEMENT = re.compile(
    r"\s*(insert into|replace into|delete from|update [`\"]|select .* from )", re.IGNORECASE
)
_LEFT_OUT = dict.fromkeys(
    [
        # What is no character, and what turns the direction of writing.
        *range(0x20),
        *range(0x7F, 0xA0),
        0x2028,
        0x2029,
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
    ],
    " ",
)


def storable(text: str) -> str:
    """Return a text that can be stored as UTF-8, and is no longer than a state may be.

    JSON may hold half a surrogate pair: whoever stores that, stores nothing any more. A control
    character becomes a space: it could begin a line of the log, or hide another text.
    """
    return text[:_LONGEST].translate(_LEFT_OUT).encode("utf-8", "replace").decode()


def presentable(text: str, secrets: frozenset[str] = frozenset()) -> str:
    """Return the text of an error, or of the log, without secrets.

    `secrets` are those of the request. The database's statement, which errors of it begin with,
    holds values: as recorded, the reason follows behind the last dash.
    """
    text = text[:_LOOKED_AT]
    if _STATEMENT.match(text):
        text = text.rpartition(" - ")[2] if " - " in text else "database error"
    return storable(masked(text, secrets))
