"""The interface that a client reports to."""

from enum import StrEnum
from typing import Protocol

from ..data.models import Event, LogLine
from .diff import Diff
from .state import ServerState


class SessionState(StrEnum):
    """The state of a session."""

    CONNECTING = "connecting"
    VERIFYING = "verifying"
    READY = "ready"
    STOPPED = "stopped"


class Listener(Protocol):
    """Receives the callbacks of a session. The methods must not block."""

    def on_session(self, session_state: SessionState) -> None:
        """Handle a change of the session's state."""

    def on_state(self, state: ServerState, diff: Diff) -> None:
        """Handle a new state of the server; the first one comes before the session is ready."""

    def on_event(self, event: Event) -> None:
        """Handle an event of the server, once; the state already includes it."""

    def on_log(self, line: LogLine) -> None:
        """Handle a line of the server's log, while that feed has subscribers."""

    def on_resync(self) -> None:
        """Handle a complete new list of all cameras and credentials."""

    def on_login_refused(self) -> None:
        """Handle the server's refusal of both token and password."""

    def on_login_accepted(self) -> None:
        """Handle a successful login after a refused one."""

    def on_token(self, token: str) -> None:
        """Store the working token of a new login."""
