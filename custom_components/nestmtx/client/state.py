"""The state of a server, and the pure functions that advance it by a snapshot or an event.

Events come at once and lists lag behind them (`Timings.lag`), so neither alone is the truth:

- What an event said of a camera's readiness or readers holds against every snapshot that was
  asked for less than the lag after it. A snapshot that was asked for later settles it.
- An event for an object that is not known yet waits for the snapshot that brings it.
- A new connection believes nothing of before: events wait until its first snapshot is complete.
- A row is gone when two complete lists in a row agree, and never on an empty list.

All times are of one monotonic clock, in seconds.
"""

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from .events import CAMERA_EVENTS, advance_camera
from .models import Authorization, Camera, Credential, Event, Server
from .tracks import Track, merged

if TYPE_CHECKING:
    from collections.abc import Mapping

_EARLY_EVENTS = 1000
"""How many events wait for a snapshot at most."""
_NEVER = float("-inf")
_UNKNOWN = Server()
_UNTOLD = Track()
_EMPTY: MappingProxyType[Any, Any] = MappingProxyType({})
_AUTHORIZATIONS = frozenset(Authorization)


@dataclass(frozen=True, slots=True)
class ServerState:
    """What is known of a server. Made by the functions of this module only."""

    cameras: MappingProxyType[int, Camera] = _EMPTY
    credentials: MappingProxyType[int, Credential] = _EMPTY
    server: Server = _UNKNOWN
    missing_cameras: frozenset[int] = frozenset()
    """Cameras that the last complete list did not have, and that are not given up yet."""
    missing_credentials: frozenset[int] = frozenset()

    nonce: str = ""
    """Marks this client's own readers (`?ha=<nonce>` in the stream's URL)."""
    synced: bool = False
    """A resync has come through since the connection was opened."""
    tracks: MappingProxyType[int, Track] = field(default=_EMPTY, repr=False)
    credential_events: MappingProxyType[int, float] = field(default=_EMPTY, repr=False)
    """When the last event of a credential came."""
    early: tuple[tuple[Event, float], ...] = field(default=(), repr=False)
    """Events that wait for a snapshot, with the time they came."""

    @property
    def streaming(self) -> frozenset[int]:
        """The cameras whose stream is ready."""
        ready = (camera.id for camera in self.cameras.values() if camera.ready)
        return frozenset(ready) - self.missing_cameras


@dataclass(frozen=True, slots=True)
class Snapshot[T]:
    """The rows of a list; not `complete` when its pages did not fit together."""

    rows: tuple[T, ...]
    asked_at: float
    complete: bool = True


def disconnected(state: ServerState) -> ServerState:
    """Return the state to begin a new connection with: nothing that it says is believed."""
    return replace(
        state,
        server=Server(version=state.server.version),
        synced=False,
        tracks=_EMPTY,
        credential_events=_EMPTY,
        early=(),
    )


def resynced(
    state: ServerState, cameras: Snapshot[Camera], credentials: Snapshot[Credential], lag: float
) -> ServerState:
    """Return the state after both lists came through."""
    early = state.early
    state = _with_cameras(state, cameras, lag)
    state = _with_credentials(state, credentials, lag)
    state = replace(state, synced=True, early=())
    for event, at in early:
        state = happened(state, event, at)
    # What still waits is of no object that there is.
    return replace(state, early=())


def with_server(state: ServerState, server: Server) -> ServerState:
    """Return the state after the server told something of itself."""
    return state if server == state.server else replace(state, server=server)


def settled(state: ServerState, camera: Camera, asked_at: float, lag: float) -> ServerState:
    """Return the state after a single camera was read.

    Another one under its id is left to the next list, which tells where the former has gone.
    """
    known = state.cameras.get(camera.id)
    if not state.synced or known is None or _identified(camera, known).key != known.key:
        return state
    return _with_camera(state, *_merged(state, camera, asked_at, lag))


def happened(state: ServerState, event: Event, at: float) -> ServerState:
    """Return the state after an event; the same one when it says nothing of use."""
    if event.entity is None:
        return state
    if event.domain == "camera" and event.type in CAMERA_EVENTS:
        if not state.synced or event.entity not in state.cameras:
            return _waiting(state, event, at)
        return _after_camera_event(state, state.cameras[event.entity], event, at)
    if event.domain == "credentials" and event.type in _AUTHORIZATIONS:
        if not state.synced or event.entity not in state.credentials:
            return _waiting(state, event, at)
        return _after_credential_event(state, state.credentials[event.entity], event, at)
    return state


def settle_at(state: ServerState, camera_id: int, lag: float) -> float | None:
    """Return when reading a camera will settle some of what events said; None if nothing is open.

    Demand, readiness and readers are settled each by itself, so that a camera is too that somebody
    comes to or leaves all the time.
    """
    return state.tracks.get(camera_id, _UNTOLD).settle_at(lag)


def _waiting(state: ServerState, event: Event, at: float) -> ServerState:
    return replace(state, early=(*state.early, (event, at))[-_EARLY_EVENTS:])


def _after_camera_event(state: ServerState, camera: Camera, event: Event, at: float) -> ServerState:
    track = state.tracks.get(camera.id, _UNTOLD)
    camera, readers = advance_camera(camera, track.readers, event, state.nonce)
    return _with_camera(state, camera, track.told(event, at, readers))


def _after_credential_event(
    state: ServerState, credential: Credential, event: Event, at: float
) -> ServerState:
    credential = replace(credential, authorization=Authorization(event.type))
    if credential.is_authorized:
        credential = replace(credential, authorized_at=event.at)
    return replace(
        state,
        credentials=_with_row(state.credentials, credential),
        credential_events=MappingProxyType(state.credential_events | {credential.id: at}),
    )


def _merged(state: ServerState, row: Camera, asked_at: float, lag: float) -> tuple[Camera, Track]:
    """Bring a row together with what events have said of the camera since."""
    known = state.cameras.get(row.id)
    row = _identified(row, known)
    if known is None or known.key != row.key or not state.synced:
        return merged(row, row, _UNTOLD, asked_at, lag)
    return merged(row, known, state.tracks.get(row.id, _UNTOLD), asked_at, lag)


def _with_camera(state: ServerState, camera: Camera, track: Track) -> ServerState:
    return replace(
        state,
        cameras=_with_row(state.cameras, camera),
        tracks=MappingProxyType(state.tracks | {camera.id: track}),
    )


def _with_row[T: (Camera, Credential)](
    rows: MappingProxyType[int, T], row: T
) -> MappingProxyType[int, T]:
    return rows if rows.get(row.id) == row else MappingProxyType(rows | {row.id: row})


def _with_cameras(state: ServerState, snapshot: Snapshot[Camera], lag: float) -> ServerState:
    merged = {row.id: _merged(state, row, snapshot.asked_at, lag) for row in snapshot.rows}
    cameras = {camera_id: camera for camera_id, (camera, _) in merged.items()}
    tracks = {camera_id: track for camera_id, (_, track) in merged.items()}
    kept, missing = _absent(
        state.cameras, state.missing_cameras, cameras, complete=snapshot.complete
    )
    for camera_id in kept:
        cameras[camera_id] = state.cameras[camera_id]
        tracks[camera_id] = state.tracks.get(camera_id, _UNTOLD)
    return replace(
        state,
        cameras=_unless_equal(state.cameras, cameras),
        tracks=MappingProxyType(tracks),
        missing_cameras=missing,
    )


def _with_credentials(
    state: ServerState, snapshot: Snapshot[Credential], lag: float
) -> ServerState:
    rows = (_with_known_authorization(state, row, snapshot.asked_at, lag) for row in snapshot.rows)
    credentials = {row.id: row for row in rows}
    kept, missing = _absent(
        state.credentials, state.missing_credentials, credentials, complete=snapshot.complete
    )
    credentials |= {credential_id: state.credentials[credential_id] for credential_id in kept}
    return replace(
        state,
        credentials=_unless_equal(state.credentials, credentials),
        missing_credentials=missing,
    )


def _with_known_authorization(
    state: ServerState, row: Credential, asked_at: float, lag: float
) -> Credential:
    row = _identified(row, state.credentials.get(row.id))
    # Ids are given anew when a server is reinstalled.
    known = next((each for each in state.credentials.values() if each.key == row.key), None)
    if known is None:
        return row
    row = replace(row, authorized_at=known.authorized_at)
    newer = asked_at < state.credential_events.get(row.id, _NEVER) + lag
    # A row does not tell which of the two kinds of being authorized it is.
    if newer or (known.is_authorized and row.is_authorized):
        return replace(row, authorization=known.authorization)
    return row


def _identified[T: (Camera, Credential)](row: T, known: T | None) -> T:
    """Keep what a row is known by where it does not say so itself."""
    if row.checksum is None and known is not None:
        return replace(row, checksum=known.checksum)
    return row


def _absent[T: (Camera, Credential)](
    known: Mapping[int, T],
    missing: frozenset[int],
    listed: Mapping[int, T],
    *,
    complete: bool,
) -> tuple[frozenset[int], frozenset[int]]:
    """Return the ids that a list does not have and that are kept, and those of them to miss.

    A row whose object came back under another id (a reinstalled server) is not kept.
    """
    keys = {row.key for row in listed.values()}
    kept = frozenset(
        row_id for row_id, row in known.items() if row_id not in listed and row.key not in keys
    )
    if not complete:
        return kept, kept & missing
    if listed:
        kept -= missing
    return kept, kept


def _unless_equal[T](old: MappingProxyType[int, T], new: dict[int, T]) -> MappingProxyType[int, T]:
    """Return the old mapping where the new one says the same."""
    return old if old == new else MappingProxyType(new)
