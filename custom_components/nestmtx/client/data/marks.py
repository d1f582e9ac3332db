"""What tells one server from another one that lists the same cameras.

Two servers with the same Google account have the same checksums, but each has rows of its own: with
other ids, or made at another time. One server under two addresses has the same rows under both.
"""

from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .models import Camera, Credential


def row_marks(rows: Iterable[Camera | Credential]) -> list[str]:
    """Return a mark of each row, the oldest first, as far as rows say when they were made."""
    return [_mark(row) for row in sorted(rows, key=lambda row: row.id) if row.created_at]


def _mark(row: Camera | Credential) -> str:
    text = f"{type(row).__name__} {row.id} {row.key} {row.created_at}"
    return sha256(text.encode()).hexdigest()[:16]
