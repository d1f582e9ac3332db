"""What differs between two states of a server."""

from dataclasses import dataclass, fields
from operator import attrgetter
from typing import TYPE_CHECKING

from .models import Camera, Credential, Event

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .state import ServerState


_FIELDS = tuple(each.name for each in fields(Camera))
_values = attrgetter(*_FIELDS)


@dataclass(frozen=True, slots=True)
class Changes:
    """Keys of the cameras and credentials that differ."""

    cameras: frozenset[str] = frozenset()
    credentials: frozenset[str] = frozenset()
    objects: bool = False
    """Whether a camera or credential came, went, or got another id."""
    streaming: bool = False
    """Whether a camera began or ceased to stream."""
    server: bool = False
    """Whether anything of the server itself differs."""

    def __bool__(self) -> bool:
        """Return whether anything differs."""
        return bool(self.cameras or self.credentials or self.objects or self.server)


def changes(old: ServerState, new: ServerState) -> Changes:
    """Compare two states in whole."""
    return Changes(
        cameras=_changed(old.cameras, new.cameras)
        | _keys(new.cameras, old.missing_cameras ^ new.missing_cameras),
        credentials=_changed(old.credentials, new.credentials)
        | _keys(new.credentials, old.missing_credentials ^ new.missing_credentials),
        objects=_objects(old.cameras) != _objects(new.cameras)
        or _objects(old.credentials) != _objects(new.credentials),
        streaming=old.streaming != new.streaming,
        server=old.server != new.server,
    )


def changes_of(event: Event, old: ServerState, new: ServerState) -> Changes:
    """Compare two states in the one object that an event is about."""
    if event.entity is None:
        return Changes()
    row_ids = frozenset({event.entity})
    if event.domain == "camera" and old.cameras is not new.cameras:
        ready = old.cameras[event.entity].ready, new.cameras[event.entity].ready
        return Changes(cameras=_keys(new.cameras, row_ids), streaming=ready[0] is not ready[1])
    if event.domain == "credentials" and old.credentials is not new.credentials:
        return Changes(credentials=_keys(new.credentials, row_ids))
    return Changes()


def differing(old: Camera, new: Camera) -> frozenset[str]:
    """Return the names of the fields in which two cameras differ."""
    values = zip(_FIELDS, _values(old), _values(new), strict=True)
    return frozenset(name for name, one, other in values if one is not other and one != other)


def _changed[T: (Camera, Credential)](old: Mapping[int, T], new: Mapping[int, T]) -> frozenset[str]:
    if old is new:
        return frozenset()
    differing = frozenset(row_id for row_id, row in new.items() if old.get(row_id) != row)
    return _keys(new, differing) | _keys(old, frozenset(old.keys() - new.keys()))


def _keys[T: (Camera, Credential)](
    rows: Mapping[int, T], row_ids: frozenset[int]
) -> frozenset[str]:
    return frozenset(rows[row_id].key for row_id in row_ids if row_id in rows)


def _objects[T: (Camera, Credential)](rows: Mapping[int, T]) -> dict[int, str]:
    return {row_id: row.key for row_id, row in rows.items()}
