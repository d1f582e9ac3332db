"""The interface that a client reports to."""

from enum import StrEnum
from typing import Protocol

from ..data.models import Event, LogLine
from .diff import Diff
from .state import ServerState


class SessionState(StrEnum):
    """What a session is doing."""

    CONNECTING = "connecting"
    VERIFYING = "verifying"
    READY = "ready"
    STOPPED = "stopped"


class Listener(Protocol):
    """Is called when something happens to a session. The methods return at once."""

    def on_session(self, session_state: SessionState) -> None:
        """Handle that the session has entered a state."""

    def on_state(self, state: ServerState, diff: Diff) -> None:
        """Handle a state of the server: the first one, before the session is ready, or another."""

    def on_event(self, event: Event) -> None:
        """Handle an event of the server, once; the state has followed already."""

    def on_log(self, line: LogLine) -> None:
        """Handle a line of the server's log, while somebody subscribes to it."""

    def on_resync(self) -> None:
        """Handle that all cameras and credentials were listed once more."""

    def on_login_refused(self) -> None:
        """Handle that the server accepts neither the token nor the password any more."""

    def on_login_accepted(self) -> None:
        """Handle that a login works again that was refused before."""

    def on_token(self, token: str) -> None:
        """Keep the token that a login gave, and that works."""
