"""States to begin with, and what advances them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from custom_components.nestmtx.client import (
    Authorization,
    Camera,
    CameraStatus,
    Credential,
    Event,
)
from custom_components.nestmtx.client.connection.fetch import Listing
from custom_components.nestmtx.client.state.lists import apply_lists
from custom_components.nestmtx.client.state.state import ServerState

LAG = 15.0
FRONT = Camera(1, "sum-1", "Front", is_enabled=True, status=CameraStatus.DEAD)
BACK = Camera(2, "sum-2", "Back", is_enabled=True, status=CameraStatus.DEAD)
HOME = Credential(1, "sum-home", "Home", Authorization.AUTHENTICATED)


NOW = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)


def camera_event(
    kind: str, entity: int | None = 1, domain: str = "camera", **details: Any
) -> Event:
    """Return an event, of the first camera unless said otherwise."""
    return Event(domain, kind, entity, details, NOW)


def seconds_after(seconds: float) -> datetime:
    """Return the time so many seconds later."""
    return NOW + timedelta(seconds=seconds)


def read_event(reader: str, **details: Any) -> Event:
    """Return the event of a reader who came."""
    return camera_event("read", readerId=reader, **details)


def listed(
    state: ServerState,
    *cameras: Camera,
    at: float = 0.0,
    credentials: tuple[Credential, ...] = (HOME,),
    complete: bool = True,
) -> ServerState:
    """Return the state after both lists were fetched."""
    return apply_lists(
        state, Listing(cameras, at, complete), Listing(credentials, at, complete), LAG
    )
