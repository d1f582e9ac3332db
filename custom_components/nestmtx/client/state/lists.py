"""Applies lists and single rows to the state of a server."""

from dataclasses import replace
from math import inf
from types import MappingProxyType
from typing import TYPE_CHECKING

from ..data.models import (
    Camera,
    CameraStatus,
    Credential,
)
from .events import apply_event, with_camera
from .state import (
    EMPTY,
    NEVER,
    NOTHING_PENDING,
    PendingEvents,
    ServerState,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..connection.fetch import Listing


def apply_lists(
    state: ServerState,
    cameras: Listing[Camera],
    credentials: Listing[Credential],
    lag: float,
    own_readers: Mapping[int, int] = EMPTY,
    stall: float = inf,
) -> ServerState:
    """Return the state after both lists were received.

    `own_readers` are the numbers of this client's own readers by camera id; `stall` is the time
    without new data after which a stream has stalled, in seconds.
    """
    early = state.early_events
    state = _with_cameras(state, cameras, lag, own_readers, stall)
    state = _with_credentials(state, credentials, lag)
    state = replace(state, synced=True, early_events=())
    for event, at in early:
        state = apply_event(state, event, at)
    # Events that still wait are for objects that don't exist.
    return replace(state, early_events=())


def apply_camera(
    state: ServerState,
    camera: Camera,
    asked_at: float,
    lag: float,
    own_readers: Mapping[int, int] = EMPTY,
    stall: float = inf,
) -> ServerState:
    """Return the state after a single camera was read.

    A different camera with its id is left to the next list, which also shows the previous one's id.
    """
    known = state.cameras.get(camera.id)
    if not state.synced or known is None or _identified(camera, known).key != known.key:
        return state
    return with_camera(state, *_merge_row(state, camera, asked_at, lag, own_readers, stall))


def _merge_row(
    state: ServerState,
    row: Camera,
    asked_at: float,
    lag: float,
    own_readers: Mapping[int, int],
    stall: float,
) -> tuple[Camera, PendingEvents]:
    """Merge a row with the known state and the pending events of its camera."""
    known = state.cameras.get(row.id)
    row = _identified(row, known)
    own = own_readers.get(row.id, 0)
    pending = state.pending.get(row.id, NOTHING_PENDING)
    if known is None or known.key != row.key:
        known, pending = row, NOTHING_PENDING
    elif not state.synced:
        pending = pending if _is_same_stream(row, known) else NOTHING_PENDING
        known = row
    if asked_at < pending.asked_at:
        return known, pending
    camera, merged = _merge(row, known, pending, asked_at, lag, own)
    count = camera.data_received
    stands_still = camera.ready and count is not None and count == known.data_received
    data_at = pending.data_at if stands_still and pending.data_at > NEVER else asked_at
    return replace(camera, stalled=asked_at - data_at >= stall), replace(merged, data_at=data_at)


def _is_same_stream(row: Camera, known: Camera) -> bool:
    """Return whether the same stream still runs; events date its start later than rows do."""
    since, former = row.ready_since, known.ready_since
    return row.ready and since is not None and former is not None and since <= former


def _with_cameras(
    state: ServerState,
    listing: Listing[Camera],
    lag: float,
    own_readers: Mapping[int, int],
    stall: float,
) -> ServerState:
    merged = {
        row.id: _merge_row(state, row, listing.asked_at, lag, own_readers, stall)
        for row in listing.rows
    }
    cameras = {camera_id: camera for camera_id, (camera, _) in merged.items()}
    pending = {camera_id: pending for camera_id, (_, pending) in merged.items()}
    kept, missing = _absent(
        state.cameras, state.missing_cameras, cameras, complete=listing.complete
    )
    for camera_id in kept:
        cameras[camera_id] = state.cameras[camera_id]
        pending[camera_id] = state.pending.get(camera_id, NOTHING_PENDING)
    return replace(
        state,
        cameras=_unless_equal(state.cameras, cameras),
        streaming=sum(camera.ready for each, camera in cameras.items() if each not in missing),
        pending=MappingProxyType(pending),
        missing_cameras=missing,
    )


def _with_credentials(state: ServerState, listing: Listing[Credential], lag: float) -> ServerState:
    rows = (_with_known_authorization(state, row, listing.asked_at, lag) for row in listing.rows)
    credentials = {row.id: row for row in rows}
    kept, missing = _absent(
        state.credentials, state.missing_credentials, credentials, complete=listing.complete
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
    # Ids are reassigned when a server is reinstalled.
    known = next((each for each in state.credentials.values() if each.key == row.key), None)
    if known is None:
        return row
    row = replace(row, authorized_at=known.authorized_at)
    newer = asked_at < state.credential_events.get(row.id, NEVER) + lag
    # A row does not distinguish the two authorized values.
    if newer or (known.is_authorized and row.is_authorized):
        return replace(row, authorization=known.authorization)
    return row


def _identified[T: (Camera, Credential)](row: T, known: T | None) -> T:
    """Return a row with the known checksum if it has none."""
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
    """Return the ids not in a list that are kept, and those of them that are now missing.

    A row whose object has another id now (a reinstalled server) is not kept.
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
    """Return the old mapping if the new one is equal."""
    return old if old == new else MappingProxyType(new)


def _merge(
    row: Camera,
    known: Camera,
    pending: PendingEvents,
    asked_at: float,
    lag: float,
    own: int,
) -> tuple[Camera, PendingEvents]:
    """Return a camera after a row that was requested at a time, and its pending events.

    Events less than the lag before the request, and rows requested later, take precedence.
    """
    demand_is_pending = asked_at < pending.demand_at + lag
    ready_is_pending = asked_at < pending.ready_at + lag
    readers_are_pending = asked_at < pending.readers_at + lag
    readers = pending.readers
    if not readers_are_pending:
        readers = readers.counted(row.viewers, asked_at, lag, own)
    camera = replace(
        row,
        requested=known.requested if demand_is_pending else row.requested,
        ready=known.ready if ready_is_pending else row.ready,
        ready_since=known.ready_since if ready_is_pending else row.ready_since,
        viewers=readers.viewers,
    )
    camera = _with_status(camera, known, row, demand=demand_is_pending, ready=ready_is_pending)
    is_extended = asked_at < pending.extended_at + lag
    camera = _with_authorization(camera, known, row, is_extended=is_extended)
    camera = _without_a_former_stream(camera, row, ready=ready_is_pending)
    return camera, PendingEvents(
        readers,
        asked_at,
        demand_at=pending.demand_at if demand_is_pending else NEVER,
        ready_at=pending.ready_at if ready_is_pending else NEVER,
        readers_at=pending.readers_at if readers_are_pending else NEVER,
        extended_at=pending.extended_at if is_extended else NEVER,
    )


def _with_status(
    camera: Camera, known: Camera, row: Camera, *, demand: bool, ready: bool
) -> Camera:
    """Keep the status by events, unless it is dead while the camera seems alive."""
    if row.is_enabled != known.is_enabled:
        return camera
    if ready:
        return replace(camera, status=_unless_dead(known.status, alive=camera.requested))
    if demand and row.ready == known.ready:
        alive = row.status is not CameraStatus.DEAD
        return replace(camera, status=_unless_dead(known.status, alive=alive))
    return camera


def _unless_dead(status: CameraStatus | None, *, alive: bool) -> CameraStatus | None:
    return None if status is CameraStatus.DEAD and alive else status


def _with_authorization(camera: Camera, known: Camera, row: Camera, *, is_extended: bool) -> Camera:
    """Keep the end of the authorization from an event, and its failure until a later end.

    Without a process or stream, the end belongs to an earlier stream: some cameras are authorized
    before their stream is ready.
    """
    extended, listed = known.expires_at, camera.expires_at
    is_later = listed is not None and (extended is None or listed > extended)
    expires_at = extended if is_extended and not is_later else listed
    runs = camera.requested or camera.ready or row.requested or row.ready
    return replace(
        camera,
        expires_at=expires_at,
        former_expires_at=known.former_expires_at if runs else expires_at,
        extension_failed=known.extension_failed and camera.ready and not is_later,
    )


def _without_a_former_stream(camera: Camera, row: Camera, *, ready: bool) -> Camera:
    """Drop a lagging row's data of a stream or a process that has ended."""
    if ready or not (camera.ready and row.ready):
        camera = replace(camera, tracks=None, data_received=None, data_sent=None)
    return camera if camera.requested else replace(camera, process_id=None)
