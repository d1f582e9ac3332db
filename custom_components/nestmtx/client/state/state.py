"""The state of a server, as frozen values. `events` and `lists` advance it.

Events come at once and lists lag behind them (`Timings.lag`), so neither alone is the truth:

- What an event said of a camera's demand, readiness or readers holds against every list that was
  requested less than the lag after it. A list that was requested later settles it.
- An event for an object that is not known yet waits for the list that brings it.
- A new connection believes nothing of before: events wait until its first lists are complete.
- A row is gone when two complete lists in a row agree, and never on an empty list.

All times are of one monotonic clock, in seconds.
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
    """What events said of a camera that no list has settled yet, and who reads it.

    Demand, readiness and readers have events of their own each, and are settled each by itself.
    """

    readers: Readers = NO_READERS
    asked_at: float = NEVER
    """When the row was requested that was taken over last."""
    demand_at: float = NEVER
    """When the last event came, not settled yet, on whether the stream is requested."""
    ready_at: float = NEVER
    """When the last event came, not settled yet, on whether the stream is ready."""
    readers_at: float = NEVER
    """When the last event came, not settled yet, on who reads the stream."""
    extended_at: float = NEVER
    """When the last event came that the authorization was extended."""
    data_at: float = NEVER
    """When the row was requested that last showed new data of the running stream."""


NOTHING_PENDING = PendingEvents()


@dataclass(frozen=True, slots=True)
class ServerState:
    """What is known of a server. Made by the functions of this package only."""

    cameras: MappingProxyType[int, Camera] = EMPTY
    credentials: MappingProxyType[int, Credential] = EMPTY
    server: Server = _UNKNOWN
    missing_cameras: frozenset[int] = frozenset()
    """Cameras that the last complete list did not have, and that are not given up yet."""
    missing_credentials: frozenset[int] = frozenset()
    streaming: int = 0
    """How many cameras are ready, without those that are missing: an event counts its own."""

    nonce: str = ""
    """Tags this client's own readers (the tag `?ha=<nonce>` in the stream's URL)."""
    synced: bool = False
    """A resync has come through since the connection was opened."""
    pending: MappingProxyType[int, PendingEvents] = field(default=EMPTY, repr=False)
    credential_events: MappingProxyType[int, float] = field(default=EMPTY, repr=False)
    """When the last event of a credential came."""
    early_events: tuple[tuple[Event, float], ...] = field(default=(), repr=False)
    """Events that wait for a list, with the time they came."""


def reset_state(state: ServerState) -> ServerState:
    """Return the state to begin a new connection with: nothing that it says is believed.

    Other clients' readers are known still, where the stream is still the same.
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
    """Return the state after the server told something of itself."""
    return state if server == state.server else replace(state, server=server)
