"""The server of a soak, and its state."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from random import Random

from tests.faults.proxy import FaultProxy
from tests.simulator import Camera, Credential, Simulator, StreamUnavailable

from .diary import Diary


@dataclass
class Scene:
    """The objects to which changes and faults apply."""

    simulator: Simulator
    proxy: FaultProxy
    """The proxy before the server."""
    diary: Diary = field(default_factory=Diary)
    is_up: bool = True
    starts: int = 0
    """The number of restarts of the server."""
    viewers: list[tuple[int, str]] = field(default_factory=list)
    """Camera and reader id of all readers."""
    away: list[Camera] = field(default_factory=list)
    """Cameras that were removed."""
    credentials_away: list[Credential] = field(default_factory=list)

    @property
    def cameras(self) -> list[Camera]:
        """All cameras that the server lists."""
        return list(self.simulator.world.cameras.values())

    @property
    def streamable(self) -> list[Camera]:
        """The cameras with a path."""
        return [camera for camera in self.cameras if camera.path]

    @property
    def at_rest(self) -> list[Camera]:
        """The cameras without a started stream, whose path may be changed."""
        return [
            camera
            for camera in self.cameras
            if not camera.stream.present and camera.process is None and not camera.persistent
        ]

    @property
    def credentials(self) -> list[Credential]:
        """All credentials that the server lists."""
        return list(self.simulator.world.credentials.values())

    @property
    def free_path(self) -> str:
        """Return a path that no camera has, not even a removed one that may return."""
        taken = {camera.path for camera in (*self.cameras, *self.away)}
        return next(path for n in range(len(taken) + 1) if (path := f"path{n}") not in taken)

    async def watch(self, camera_id: int, query: str) -> None:
        """Add a viewer, who stays if there is video."""
        starts = self.starts
        try:
            reader = await self.simulator.open_reader(camera_id, query)
        except StreamUnavailable:
            return
        if starts == self.starts and self.is_up:
            self.viewers.append((camera_id, reader))

    async def leave(self, viewers: Iterable[tuple[int, str]]) -> None:
        """Remove viewers."""
        for viewer in viewers:
            if viewer in self.viewers:
                self.viewers.remove(viewer)
                await self.simulator.close_reader(*viewer)


def one_of[T](rng: Random, items: Sequence[T]) -> T | None:
    """Return one of the items, the first ones more often, so that a few get many changes."""
    return items[int(len(items) * rng.random() ** 2)] if items else None
