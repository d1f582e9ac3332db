"""Texts of a server, made fit to be shown and stored."""

import re

_LONGEST = 255
"""Characters, as many as a state may have."""
_STATEMENT = re.compile(
    r"\s*(insert into|replace into|delete from|update [`\"]|select .* from )", re.IGNORECASE
)


def storable(text: str) -> str:
    """Return a text that can be stored as UTF-8, and is no longer than a state may be.

    JSON may hold half a surrogate pair: whoever stores that, stores nothing any more.
    """
    return text[:_LONGEST].encode("utf-8", "replace").decode()


def without_statement(text: str) -> str:
    """Return an error's text without the database's statement before it, which holds values.

    As recorded, the reason follows behind the last dash.
    """
    if _STATEMENT.match(text[:_LONGEST]):
        text = text.rpartition(" - ")[2] if " - " in text else "database error"
    return storable(text)
