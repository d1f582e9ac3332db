"""Takes events from the topics that a server sends them on."""

from typing import TYPE_CHECKING, Any

from ..data.parsing import parse_event
from .events import CAMERA_EVENTS, CREDENTIAL_EVENTS

if TYPE_CHECKING:
    from ..data.models import Event

BARE_TOPICS = CAMERA_EVENTS | CREDENTIAL_EVENTS


class EventTopics:
    """Takes each event once, from the topics that it is sent on.

    The server sends an event as `camera:ready`, `camera:*` and `ready`, in this order; its page
    names `nestmtx:*` too. The first is taken; the second only of a server that never sends the
    first. The bare topics collide: `application:ready` is sent as `ready` as well.
    """

    def __init__(self) -> None:
        """Begin with a server of which nothing is known."""
        self._specific = False

    def accepts(self, topic: str) -> bool:
        """Return whether an event could be taken from a topic, by its name alone."""
        is_covered = topic.endswith(":*") and self._specific
        return not is_covered and topic.lower() not in BARE_TOPICS

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
