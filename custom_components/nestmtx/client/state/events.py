"""Applies events to the state of a server."""

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote

from ..data.models import (
    Authorization,
    Camera,
    CameraStatus,
    Credential,
    Event,
)
from ..data.parsing import parse_time
from .readers import Readers
from .state import (
    NEVER,
    NOTHING_PENDING,
    PendingEvents,
    ServerState,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

OWN_READER = "ha"
"""The query parameter of a stream URL that tags a reader as a client's own, not a viewer."""

type _Facts = dict[str, Any]
"""Fields of a camera that an event changes."""

DEMAND_EVENTS = frozenset({"demand", "undemand"})
"""Events that change whether a camera's stream is requested."""
READY_EVENTS = frozenset({"ready", "notready"})
"""Events that change whether it is ready."""
READER_EVENTS = frozenset({"read", "unread", "notready"})
"""Events that change its readers."""
CAMERA_EVENTS = DEMAND_EVENTS | READY_EVENTS | READER_EVENTS | {"extended", "failed-extension"}

CREDENTIAL_EVENTS = frozenset(Authorization)
MAX_EARLY_EVENTS = 1000
"""Events that wait for a list."""


def apply_event(state: ServerState, event: Event, at: float) -> ServerState:
    """Return the state after an event received at a time; the same object if nothing changes."""
    if event.entity is None:
        return state
    if event.domain == "camera" and event.type in CAMERA_EVENTS:
        camera = state.cameras.get(event.entity)
        if not state.synced or camera is None:
            return _with_early(state, event, at)
        return _with_camera_event(state, camera, event, at)
    if event.domain == "credentials" and event.type in CREDENTIAL_EVENTS:
        credential = state.credentials.get(event.entity)
        if not state.synced or credential is None:
            return _with_early(state, event, at)
        return _with_credential_event(state, credential, event, at)
    return state


def with_row[T: (Camera, Credential)](
    rows: MappingProxyType[int, T], row: T
) -> MappingProxyType[int, T]:
    """Return rows with one of them replaced; the same object if it does not differ."""
    return rows if rows.get(row.id) == row else MappingProxyType(rows | {row.id: row})


def with_camera(state: ServerState, camera: Camera, pending: PendingEvents) -> ServerState:
    """Return the state with a camera and its pending events replaced."""
    counts = camera.id not in state.missing_cameras
    return replace(
        state,
        cameras=with_row(state.cameras, camera),
        streaming=state.streaming + counts * (camera.ready - state.cameras[camera.id].ready),
        pending=MappingProxyType(state.pending | {camera.id: pending}),
    )


def with_readers(
    state: ServerState, camera_id: int, change: Callable[[Readers], Readers], at: float
) -> ServerState:
    """Return the state after this client changed a camera's readers at a time.

    It takes precedence over lists like an event.
    """
    camera = state.cameras.get(camera_id)
    if not state.synced or camera is None:
        return state
    pending = state.pending.get(camera_id, NOTHING_PENDING)
    readers = change(pending.readers)
    return with_camera(
        state,
        replace(camera, viewers=readers.viewers),
        replace(pending, readers=readers, readers_at=at),
    )


def settle_at(state: ServerState, camera_id: int, lag: float) -> float | None:
    """Return when reading a camera can settle pending events; None if there are none.

    Demand, readiness and readers are settled separately, so that a camera whose readers change all
    the time is settled, too.
    """
    pending = state.pending.get(camera_id, NOTHING_PENDING)
    open_since = {pending.demand_at, pending.ready_at, pending.readers_at} - {NEVER}
    return min(open_since) + lag if open_since else None


def _with_early(state: ServerState, event: Event, at: float) -> ServerState:
    return replace(state, early_events=(*state.early_events, (event, at))[-MAX_EARLY_EVENTS:])


def _with_camera_event(state: ServerState, camera: Camera, event: Event, at: float) -> ServerState:
    pending = state.pending.get(camera.id, NOTHING_PENDING)
    camera, readers = advance_camera(camera, pending.readers, event, state.nonce)
    pending = PendingEvents(
        readers,
        pending.asked_at,
        demand_at=at if event.type in DEMAND_EVENTS else pending.demand_at,
        ready_at=at if event.type in READY_EVENTS else pending.ready_at,
        readers_at=at if event.type in READER_EVENTS else pending.readers_at,
        extended_at=at if event.type == "extended" else pending.extended_at,
        data_at=pending.data_at,
    )
    return with_camera(state, camera, pending)


def _with_credential_event(
    state: ServerState, credential: Credential, event: Event, at: float
) -> ServerState:
    credential = replace(credential, authorization=Authorization(event.type))
    if credential.is_authorized:
        credential = replace(credential, authorized_at=event.at)
    return replace(
        state,
        credentials=with_row(state.credentials, credential),
        credential_events=MappingProxyType(state.credential_events | {credential.id: at}),
    )


def advance_camera(
    camera: Camera, readers: Readers, event: Event, nonce: str
) -> tuple[Camera, Readers]:
    """Return a camera and its readers after one of CAMERA_EVENTS.

    Readers whose stream URL contains the nonce are this client's own, whose events are ignored.
    """
    facts = _FACTS[event.type](camera, event) if event.type in _FACTS else {}
    readers = _advance_readers(readers, event, nonce)
    return replace(camera, **facts, viewers=readers.viewers), readers


def _advance_readers(readers: Readers, event: Event, nonce: str) -> Readers:
    if event.type == "notready":
        return readers.all_went()
    if event.reader is None or event.type not in READER_EVENTS:
        return readers
    tags = _tags(event)
    if nonce in tags:
        return readers
    if event.type == "read":
        return readers.came(event.reader, foreign=bool(tags))
    return readers.went(event.reader)


def _demand(camera: Camera, _: Event) -> _Facts:
    # For a persistent camera it is repeated, and starts nothing. Other reasons that keep a camera
    # from streaming are known from lists only.
    begins = not camera.requested and camera.status in {CameraStatus.DEAD, None}
    status = CameraStatus.STARTING if begins and not camera.ready else camera.status
    is_idle = not camera.requested and not camera.ready
    former = camera.expires_at if is_idle else camera.former_expires_at
    return {"requested": True, "former_expires_at": former, **_status(camera, status)}


def _undemand(camera: Camera, _: Event) -> _Facts:
    if camera.is_persistent and camera.is_enabled:
        # Its process keeps running.
        return {}
    facts = {"requested": False, "process_id": None}
    if camera.ready or camera.status is CameraStatus.DEAD:
        return facts
    # Dead, unless it streams and the event for that is late: not known yet.
    return {**facts, **_status(camera, None)}


def _ready(camera: Camera, event: Event) -> _Facts:
    begins = {
        "ready": True,
        "ready_since": event.at,
        "extension_failed": False,
        "stalled": False,
    }
    return {
        **({} if camera.ready else begins),
        # A streaming camera has a process; the placeholder of a disabled one needs none.
        "requested": camera.requested or camera.is_enabled,
        **_status(camera, CameraStatus.RUNNING),
    }


def _notready(camera: Camera, _: Event) -> _Facts:
    return {
        "ready": False,
        "ready_since": None,
        "extension_failed": False,
        "stalled": False,
        "tracks": None,
        "data_received": None,
        "data_sent": None,
        # Either the process is restarted, or the `undemand` is late: not known yet.
        **_status(camera, None if camera.requested else CameraStatus.DEAD),
    }


def _extended(camera: Camera, event: Event) -> _Facts:
    expires_at = parse_time(event.details.get("expiresAt")) or camera.expires_at
    return {"expires_at": expires_at, "extension_failed": False}


def _failed_extension(camera: Camera, _: Event) -> _Facts:
    return {"extension_failed": camera.ready}


def _status(camera: Camera, status: CameraStatus | None) -> _Facts:
    """Return the status that lists will show after their lag; a disabled camera stays disabled."""
    return {"status": status} if camera.is_enabled else {}


_FACTS: Mapping[str, Callable[[Camera, Event], _Facts]] = MappingProxyType(
    {
        "demand": _demand,
        "undemand": _undemand,
        "ready": _ready,
        "notready": _notready,
        "extended": _extended,
        "failed-extension": _failed_extension,
    }
)


def is_viewer(event: Event) -> bool:
    """Return whether an event is about an untagged reader, which is a viewer."""
    return not _tags(event)


def _tags(event: Event) -> Collection[str]:
    """Return the tags of an event's reader: the nonce of its client."""
    # MediaMTX 1.20 escapes the query as a whole.
    return parse_qs(unquote(event.details.get("query", ""))).get(OWN_READER, ())
