"""Initial states, and events and lists that advance them."""

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
    """Return an event, of the first camera by default."""
    return Event(domain, kind, entity, details, NOW)


def seconds_after(seconds: float) -> datetime:
    """Return the time a number of seconds after NOW."""
    return NOW + timedelta(seconds=seconds)


def read_event(reader: str, **details: Any) -> Event:
    """Return the `read` event of a reader."""
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
