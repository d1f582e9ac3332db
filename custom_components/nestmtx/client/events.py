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

type _Facts = dict[str, Any]
"""Fields of a camera that an event says something of."""

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
    facts = _FACTS[event.type](camera, event) if event.type in _FACTS else {}
    readers = _advance_readers(readers, event, nonce)
    return replace(camera, **facts, viewers=readers.viewers), readers


def _advance_readers(readers: Readers, event: Event, nonce: str) -> Readers:
    if event.type == "notready":
        return readers.all_went()
    if event.reader is None or event.type not in TELL_READERS:
        return readers
    if event.type == "read":
        return readers.came(event.reader, own=is_own_reader(event, nonce))
    return readers.went(event.reader)


def _demand(camera: Camera, _: Event) -> _Facts:
    # Of a persistent camera it is repeated, and begins nothing; what else keeps a camera from
    # streaming is known from lists only.
    begins = not camera.requested and camera.status in {CameraStatus.DEAD, None}
    status = CameraStatus.STARTING if begins and not camera.ready else camera.status
    return {"requested": True, **_status(camera, status)}


def _undemand(camera: Camera, _: Event) -> _Facts:
    if camera.is_persistent and camera.is_enabled:
        # Its process runs on.
        return {}
    facts = {"requested": False, "process_id": None}
    if camera.ready or camera.status is CameraStatus.DEAD:
        return facts
    # Dead, unless it streams and that is told late: not known yet.
    return {**facts, **_status(camera, None)}


def _ready(camera: Camera, event: Event) -> _Facts:
    begins = {"ready": True, "ready_since": event.at, "extension_failed": False}
    return {
        **({} if camera.ready else begins),
        # What streams has a process; a disabled camera's placeholder needs none.
        "requested": camera.requested or camera.is_enabled,
        **_status(camera, CameraStatus.RUNNING),
    }


def _notready(camera: Camera, _: Event) -> _Facts:
    return {
        "ready": False,
        "ready_since": None,
        "extension_failed": False,
        "tracks": None,
        "data_received": None,
        "data_sent": None,
        # Either the process is started again, or the end of the demand is told late: not known yet.
        **_status(camera, None if camera.requested else CameraStatus.DEAD),
    }


def _extended(camera: Camera, event: Event) -> _Facts:
    expires_at = parse_time(event.details.get("expiresAt")) or camera.expires_at
    return {"expires_at": expires_at, "extension_failed": False}


def _failed_extension(camera: Camera, _: Event) -> _Facts:
    return {"extension_failed": camera.ready}


def _status(camera: Camera, status: CameraStatus | None) -> _Facts:
    """Say what the list will say after its lag; a disabled camera stays disabled."""
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


def is_own_reader(event: Event, nonce: str) -> bool:
    """Return whether an event tells of a reader of this client, who is no viewer."""
    query = event.details.get("query", "")
    return bool(nonce) and nonce in parse_qs(query).get(OWN_READER, ())
