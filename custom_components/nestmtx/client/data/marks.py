"""Marks that distinguish servers that list the same cameras.

Two servers with the same Google account have the same checksums, but different rows: with other
ids, or created at another time. One server at two addresses has the same rows at both.
"""

from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .models import Camera, Credential


def row_marks(rows: Iterable[Camera | Credential]) -> list[str]:
    """Return a mark for each row with a creation time, by ascending id."""
    return [_mark(row) for row in sorted(rows, key=lambda row: row.id) if row.created_at]


def _mark(row: Camera | Credential) -> str:
    text = f"{type(row).__name__} {row.id} {row.key} {row.created_at}"
    return sha256(text.encode()).hexdigest()[:16]
