"""Differences between two states of a server, by object and field."""

from dataclasses import dataclass, fields
from operator import attrgetter
from typing import TYPE_CHECKING

from ..data.models import Camera, Credential, Event, Server
from .state import EMPTY, ServerState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

type Fields = frozenset[str] | None
"""Names of fields; None for all of them."""

STREAMING = "streaming"
"""Server field name for the number of streaming cameras."""


@dataclass(frozen=True, slots=True)
class Diff:
    """Differences between two states, computed once for all listeners."""

    cameras: Mapping[str, Fields] = EMPTY
    """Changed fields by the camera's key; None (all) for a camera that was added, removed or is
    missing from the last list."""
    credentials: Mapping[str, Fields] = EMPTY
    server: frozenset[str] = frozenset()
    """Fields of the server, and STREAMING."""
    devices: bool = False
    """Whether devices have to change: a camera or credential was added, removed, got another id,
    or another name, model or room."""

    def __bool__(self) -> bool:
        """Return true if anything differs."""
        return bool(self.cameras or self.credentials or self.server or self.devices)


_DEVICE_FIELDS = frozenset({"name", "description", "room", "identified_as", "device_type"})
"""The fields of a camera or credential that its device shows."""


class _Comparison[T: (Camera, Credential, Server)]:
    """Compares the fields, and some derived properties, of two values of the same type."""

    def __init__(self, kind: type[T], *derived: str) -> None:
        self._names = (*(each.name for each in fields(kind)), *derived)
        self._values = attrgetter(*self._names)

    def __call__(self, former: T, latter: T) -> frozenset[str]:
        """Return the names of the fields and properties that differ."""
        values = zip(self._names, self._values(former), self._values(latter), strict=True)
        return frozenset(name for name, one, other in values if one is not other and one != other)


_changed_camera_fields = _Comparison(
    Camera, "watched", "authorized_until", "authorization_over_at", "authorization_failed"
)
_changed_credential_fields = _Comparison(Credential, "is_authorized")
_changed_server_fields = _Comparison(Server)


def diff(old: ServerState, new: ServerState) -> Diff:
    """Compare two complete states."""
    cameras = _differing(old.cameras, new.cameras, _changed_camera_fields)
    credentials = _differing(old.credentials, new.credentials, _changed_credential_fields)
    server = _changed_server_fields(old.server, new.server)
    return Diff(
        cameras=cameras | _missing(new.cameras, old.missing_cameras ^ new.missing_cameras),
        credentials=credentials
        | _missing(new.credentials, old.missing_credentials ^ new.missing_credentials),
        server=server if old.streaming == new.streaming else server | {STREAMING},
        devices=any(
            changed is None or not changed.isdisjoint(_DEVICE_FIELDS)
            for changed in (*cameras.values(), *credentials.values())
        ),
    )


def _differing[T: (Camera, Credential)](
    old: Mapping[int, T], new: Mapping[int, T], changed_fields: Callable[[T, T], frozenset[str]]
) -> dict[str, Fields]:
    """Return changed fields by key; None for objects added, removed or with another id."""
    changes: dict[str, Fields] = {}
    if old is new:
        return changes
    for row_id, row in new.items():
        former = old.get(row_id)
        if former is None or former.key != row.key:
            changes[row.key] = None
        elif former != row:
            changes[row.key] = None if row.key in changes else changed_fields(former, row)
    return changes | dict.fromkeys(row.key for row_id, row in old.items() if row_id not in new)


def _missing[T: (Camera, Credential)](
    rows: Mapping[int, T], row_ids: frozenset[int]
) -> dict[str, Fields]:
    return dict.fromkeys(rows[row_id].key for row_id in row_ids if row_id in rows)


def diff_for_event(event: Event, old: ServerState, new: ServerState) -> Diff:
    """Compare the states before and after an event, only for the object of the event."""
    if event.entity is None:
        return Diff()
    if event.domain == "camera" and old.cameras is not new.cameras:
        camera = new.cameras[event.entity]
        changed = _changed_camera_fields(old.cameras[event.entity], camera)
        streaming = frozenset({STREAMING}) if "ready" in changed else frozenset()
        return Diff(cameras={camera.key: changed}, server=streaming)
    if event.domain == "credentials" and old.credentials is not new.credentials:
        credential = new.credentials[event.entity]
        changed = _changed_credential_fields(old.credentials[event.entity], credential)
        return Diff(credentials={credential.key: changed})
    return Diff()
