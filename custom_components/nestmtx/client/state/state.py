"""The state of a server as frozen values. `events` and `lists` advance it.

Events come at once and lists lag behind them (`Timings.lag`), so neither alone is reliable:

- An event about a camera's demand, readiness or readers takes precedence over every list that was
  requested less than the lag after it. A list requested later settles it.
- An event for an unknown object waits for the list that includes the object.
- A new connection trusts no earlier state: events wait until its first lists are complete.
- A row is removed when two complete lists in a row agree, and never by an empty list.

All times are seconds of one monotonic clock.
"""

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from ..data.models import Camera, Credential, Event, Server
from .readers import Readers

NEVER = float("-inf")
EMPTY: MappingProxyType[Any, Any] = MappingProxyType({})
NO_READERS = Readers()
_UNKNOWN = Server()


@dataclass(frozen=True, slots=True)
class PendingEvents:
    """Events of a camera that no list has settled yet, and its readers.

    Demand, readiness and readers have separate events, and are settled separately.
    """

    readers: Readers = NO_READERS
    asked_at: float = NEVER
    """When the last applied row was requested."""
    demand_at: float = NEVER
    """Time of the last unsettled event about the stream's demand."""
    ready_at: float = NEVER
    """Time of the last unsettled event about the stream's readiness."""
    readers_at: float = NEVER
    """Time of the last unsettled event about the stream's readers."""
    extended_at: float = NEVER
    """Time of the last `extended` event."""
    data_at: float = NEVER
    """When the last row with new data of the running stream was requested."""


NOTHING_PENDING = PendingEvents()


@dataclass(frozen=True, slots=True)
class ServerState:
    """The known state of a server. Created by the functions of this package only."""

    cameras: MappingProxyType[int, Camera] = EMPTY
    credentials: MappingProxyType[int, Credential] = EMPTY
    server: Server = _UNKNOWN
    missing_cameras: frozenset[int] = frozenset()
    """Cameras that were not in the last complete list, but are not removed yet."""
    missing_credentials: frozenset[int] = frozenset()
    streaming: int = 0
    """Number of ready cameras that are not missing; events update it by one."""

    nonce: str = ""
    """Tags this client's own readers, as `?ha=<nonce>` in the stream URL."""
    synced: bool = False
    """A resync has succeeded since the connection was opened."""
    pending: MappingProxyType[int, PendingEvents] = field(default=EMPTY, repr=False)
    credential_events: MappingProxyType[int, float] = field(default=EMPTY, repr=False)
    """Time of the last event of a credential."""
    early_events: tuple[tuple[Event, float], ...] = field(default=(), repr=False)
    """Events that wait for a list, with the time of their arrival."""


def reset_state(state: ServerState) -> ServerState:
    """Return the state to start a new connection with, in which nothing is trusted.

    Other clients' readers are kept, in case the stream is still the same.
    """
    foreign = {
        camera_id: PendingEvents(pending.readers.after_a_gap())
        for camera_id, pending in state.pending.items()
        if pending.readers.foreign
    }
    return replace(
        state,
        server=Server(version=state.server.version, job_names=state.server.job_names),
        synced=False,
        pending=MappingProxyType(foreign),
        credential_events=EMPTY,
        early_events=(),
    )


def with_server(state: ServerState, server: Server) -> ServerState:
    """Return the state with a new value of the server."""
    return state if server == state.server else replace(state, server=server)
