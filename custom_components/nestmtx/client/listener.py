"""Who is told what happens to a session and its server."""

from collections.abc import Callable
from enum import StrEnum
import logging
from typing import Protocol

from .changes import Changes
from .models import Event, LogLine
from .state import ServerState

_LOGGER = logging.getLogger(__name__)


class SessionState(StrEnum):
    """What a session is doing."""

    CONNECTING = "connecting"
    VERIFYING = "verifying"
    READY = "ready"
    STOPPED = "stopped"


class Listener(Protocol):
    """Is told what happens to a session. The methods return at once, and do not raise."""

    def on_session(self, session_state: SessionState) -> None:
        """The session has entered a state."""

    def on_state(self, state: ServerState, changed: Changes) -> None:
        """The server's state is known, before the session is ready, or has changed."""

    def on_event(self, event: Event) -> None:
        """Something happened on the server, once; the state has followed already."""

    def on_log(self, line: LogLine) -> None:
        """The server wrote a line into its log, while somebody wants it."""

    def on_resync(self) -> None:
        """All cameras and credentials were listed once more."""

    def on_token(self, token: str) -> None:
        """A login gave a token that works."""


def notify[*Arguments](listener: Callable[[*Arguments], None], *arguments: *Arguments) -> None:
    """Call a listener; what goes wrong there is no reason to give the connection up."""
    try:
        listener(*arguments)
    except Exception:
        _LOGGER.exception("Unexpected error in %s", listener.__name__)
