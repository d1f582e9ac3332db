"""What an event says of a camera, and which of a server's topics carry events."""

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from .models import Authorization, Camera, CameraStatus, Event
from .parsing import parse_event
from .readers import Readers
from .values import parse_time

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

OWN_READER = "ha"
"""The key in a stream URL's query that marks a reader as a client's own."""

type _Advance = Callable[[Camera, Readers, Event, str], tuple[Camera, Readers]]

TELL_DEMAND = frozenset({"demand", "undemand"})
"""The events that say whether a camera's stream is requested."""
TELL_READY = frozenset({"ready", "notready"})
"""The events that say whether it is ready."""
TELL_READERS = frozenset({"read", "unread", "notready"})
"""The events that say who reads it."""
CAMERA_EVENTS = TELL_DEMAND | TELL_READY | TELL_READERS | {"extended", "failed-extension"}

_BARE_TOPICS = CAMERA_EVENTS | frozenset(Authorization)


class EventTopics:
    """Takes each event once out of the topics that it is sent on.

    The server sends an event as `camera:ready`, `camera:*` and `ready`, in this order; its page
    names `nestmtx:*` too. The first is taken; the second only of a server that never sends the
    first. The bare topics say nothing: `application:ready` is sent as `ready` as well.
    """

    def __init__(self) -> None:
        """Begin with a server of which nothing is known."""
        self._specific = False

    def want(self, topic: str) -> bool:
        """Return whether an event could be taken of a topic, by its name alone."""
        is_covered = topic.endswith(":*") and self._specific
        return not is_covered and topic.lower() not in _BARE_TOPICS

    def take(self, topic: str, payload: Any) -> Event | None:
        """Return the event that a message carries, unless another one does, too."""
        if ":" not in topic:
            return None
        event = parse_event(payload)
        if event is None:
            return None
        if topic.lower() == f"{event.domain}:{event.type}":
            self._specific = True
            return event
        if topic.lower() == f"{event.domain}:*" and not self._specific:
            return event
        return None


def advance_camera(
    camera: Camera, readers: Readers, event: Event, nonce: str
) -> tuple[Camera, Readers]:
    """Return a camera and its readers after one of CAMERA_EVENTS.

    Readers whose stream URL carries the nonce are our own, and no viewers.
    """
    camera, readers = _ADVANCE[event.type](camera, readers, event, nonce)
    return replace(camera, viewers=readers.viewers), readers


def _demand(camera: Camera, readers: Readers, _: Event, __: str) -> tuple[Camera, Readers]:
    # Of a persistent camera it is repeated, and begins nothing; what else keeps a camera from
    # streaming is known from lists only.
    begins = not camera.requested and camera.status in {CameraStatus.DEAD, None}
    if begins and not camera.ready:
        camera = _with_status(camera, CameraStatus.STARTING)
    return replace(camera, requested=True), readers


def _undemand(camera: Camera, readers: Readers, _: Event, __: str) -> tuple[Camera, Readers]:
    if camera.is_persistent and camera.is_enabled:
        # Its process runs on.
        return camera, readers
    camera = replace(camera, requested=False, process_id=None)
    if camera.ready or camera.status is CameraStatus.DEAD:
        return camera, readers
    # Dead, unless it streams and that is told late: not known yet.
    return _with_status(camera, None), readers


def _ready(camera: Camera, readers: Readers, event: Event, _: str) -> tuple[Camera, Readers]:
    if not camera.ready:
        camera = replace(camera, ready=True, ready_since=event.at, extension_failed=False)
    # What streams has a process; a disabled camera's placeholder needs none.
    camera = replace(camera, requested=camera.requested or camera.is_enabled)
    return _with_status(camera, CameraStatus.RUNNING), readers


def _notready(camera: Camera, readers: Readers, _: Event, __: str) -> tuple[Camera, Readers]:
    camera = replace(
        camera,
        ready=False,
        ready_since=None,
        extension_failed=False,
        tracks=None,
        data_received=None,
        data_sent=None,
    )
    # Either the process is started again, or the end of the demand is told late: not known yet.
    status = None if camera.requested else CameraStatus.DEAD
    return _with_status(camera, status), readers.all_went()


def _read(camera: Camera, readers: Readers, event: Event, nonce: str) -> tuple[Camera, Readers]:
    if event.reader is None:
        return camera, readers
    return camera, readers.came(event.reader, own=is_own_reader(event, nonce))


def _unread(camera: Camera, readers: Readers, event: Event, _: str) -> tuple[Camera, Readers]:
    return camera, readers if event.reader is None else readers.went(event.reader)


def _extended(camera: Camera, readers: Readers, event: Event, _: str) -> tuple[Camera, Readers]:
    expires_at = parse_time(event.details.get("expiresAt")) or camera.expires_at
    return replace(camera, expires_at=expires_at, extension_failed=False), readers


def _failed_extension(
    camera: Camera, readers: Readers, _: Event, __: str
) -> tuple[Camera, Readers]:
    return replace(camera, extension_failed=camera.ready), readers


_ADVANCE: Mapping[str, _Advance] = MappingProxyType(
    {
        "demand": _demand,
        "undemand": _undemand,
        "ready": _ready,
        "notready": _notready,
        "read": _read,
        "unread": _unread,
        "extended": _extended,
        "failed-extension": _failed_extension,
    }
)


def _with_status(camera: Camera, status: CameraStatus | None) -> Camera:
    """Set what the list will say after its lag; a disabled camera stays disabled."""
    return replace(camera, status=status) if camera.is_enabled else camera


def is_own_reader(event: Event, nonce: str) -> bool:
    """Return whether an event tells of a reader of this client, who is no viewer."""
    query = event.details.get("query", "")
    return bool(nonce) and nonce in parse_qs(query).get(OWN_READER, ())
