"""The video of all cameras, encoded once for all who see the same second of it."""

import asyncio
from dataclasses import dataclass
from typing import Final

from . import picture
from .records import wall_clock
from .streams import Picture
from .tasks import Tasks

_KEPT: Final = 20
"""Seconds for which a second's video is kept."""


@dataclass(frozen=True)
class Scene:
    """One second of the wall clock before a camera."""

    name: str
    picture: Picture
    second: int


class Film:
    """Encodes in threads what is asked for, and nothing else."""

    def __init__(self, tasks: Tasks) -> None:
        """Nothing is encoded yet."""
        self._tasks = tasks
        self._encoded: dict[Scene, asyncio.Task[tuple[bytes, ...]]] = {}

    async def access_units(self, scene: Scene) -> tuple[bytes, ...]:
        """A scene's H.264, as `picture.access_units` makes it."""
        for old in [old for old in self._encoded if old.second < int(wall_clock()) - _KEPT]:
            del self._encoded[old]
        if scene not in self._encoded:
            encoding = asyncio.to_thread(
                picture.access_units, scene.name, scene.picture, scene.second
            )
            self._encoded[scene] = self._tasks.spawn(encoding)
        return await asyncio.shield(self._encoded[scene])

    async def segment(self, scene: Scene) -> bytes:
        """A scene as one segment of HLS."""
        return picture.segment(await self.access_units(scene), scene.second)
