"""The argument of a module's methods, and their error."""

from dataclasses import dataclass
import re
from typing import Any, Final, Protocol

from tests.simulator.devices import Json
from tests.simulator.quirks import Quirks
from tests.simulator.records import Camera, User
from tests.simulator.times import Times
from tests.simulator.world import World

_BEGINS_WITH_ID: Final = re.compile(r"\s*([+-]?\d+)", re.ASCII)


class ModuleError(Exception):
    """A failed request: `message` is sent to the client, mostly a key of the server."""

    def __init__(self, message: str) -> None:
        """Store the message."""
        super().__init__(message)
        self.message = message


class Effects(Protocol):
    """Effects of a method besides changing the world."""

    async def fire(
        self, domain: str, event: str, entity: int | None = None, details: Json | None = None
    ) -> None:
        """Send an event."""

    async def camera_changed(self, camera: Camera) -> None:
        """Apply a camera's changed settings to its stream."""

    async def control(self, process_name: str, action: str) -> None:
        """Start, stop or restart an existing process."""


@dataclass(frozen=True)
class Call:
    """A request, and everything needed to answer it."""

    command: str
    module: str
    entity: str
    payload: Json | None
    user: User | None
    world: World
    quirks: Quirks
    times: Times
    effects: Effects

    def row[Row](self, table: dict[int, Row]) -> Row:
        """Return the row that `entity` identifies."""
        row = table.get(self.id) if self.id is not None else None
        if row is None:
            raise ModuleError("Row not found")
        return row

    @property
    def id(self) -> int | None:
        """The id in `entity` by JavaScript's parseInt, which ignores text after the digits."""
        match = _BEGINS_WITH_ID.match(self.entity)
        return int(match[1][:20]) if match else None

    @property
    def given(self) -> Json:
        """The payload of a method that requires one."""
        return self.payload or {}

    @property
    def search(self) -> Json:
        """The payload of a list; without one the recorded server fails with this message."""
        if self.payload is None and self.quirks.list_needs_payload:
            raise ModuleError(
                "Cannot destructure property 'search' of 'context.payload' as it is undefined."
            )
        return self.given


type Answer = Any
"""Any JSON value: rows, null, a bare number, a bare string."""
