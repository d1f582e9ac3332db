"""The video of all cameras, encoded once for all readers of the same video."""

import asyncio
from dataclasses import dataclass
from typing import Final

from . import picture
from .records import wall_clock
from .streams import Picture
from .tasks import Tasks

_KEPT: Final = 20
"""Seconds to keep video."""


@dataclass(frozen=True)
class Scene:
    """One second of a camera's video."""

    name: str
    picture: Picture
    second: int
    begun: float
    """When the stream started: its key frames are counted from that second."""
    interval: int
    """Seconds from one key frame to the next."""

    @property
    def key_second(self) -> int:
        """The second whose first frame is the last key frame."""
        return self.second - (self.second - int(self.begun)) % self.interval


class _Group:
    """A key frame and the frames after it, encoded second by second on request."""

    def __init__(self, tasks: Tasks, key_second: int) -> None:
        self._tasks = tasks
        self._key_second = key_second
        self._encoder: picture.Encoder | None = None
        self._encoding = asyncio.Lock()
        self._encoded: dict[Scene, asyncio.Task[tuple[bytes, ...]]] = {}

    async def access_units(self, scene: Scene) -> tuple[bytes, ...]:
        if scene not in self._encoded:
            self._encoded[scene] = self._tasks.spawn(self._encode(scene))
        return await asyncio.shield(self._encoded[scene])

    async def _encode(self, scene: Scene) -> tuple[bytes, ...]:
        async with self._encoding:
            encoder, self._encoder = self._encoder, self._encoder or picture.Encoder()
            units = await asyncio.to_thread(
                self._encoder.encode, scene.name, scene.picture, scene.second
            )
        # The key frame had no reader: a later reader must not be sent one.
        late = encoder is None and scene.second != self._key_second
        return (b"", *units[1:]) if late else units


class Film:
    """Encodes requested video in threads."""

    def __init__(self, tasks: Tasks) -> None:
        """Initialize without video."""
        self._tasks = tasks
        self._groups: dict[tuple[str, float, int], tuple[int, _Group]] = {}

    async def access_units(self, scene: Scene) -> tuple[bytes, ...]:
        """Return a scene's H.264, one access unit per frame; an empty one is not available."""
        now = int(wall_clock())
        self._groups = {
            key: (end, group) for key, (end, group) in self._groups.items() if end > now - _KEPT
        }
        key_second = scene.key_second
        fresh = key_second + scene.interval, _Group(self._tasks, key_second)
        _, group = self._groups.setdefault((scene.name, scene.begun, key_second), fresh)
        return await group.access_units(scene)
