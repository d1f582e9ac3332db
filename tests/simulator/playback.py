"""One reader's playback of a stream: each frame when it is due, over RTSP and WebRTC."""

import asyncio
from collections.abc import AsyncGenerator

from .film import Film
from .lives import Lives
from .picture import RATE
from .records import wall_clock


async def frames(
    film: Film, lives: Lives, path: str, *, at_pace: bool
) -> AsyncGenerator[tuple[int, bytes]]:
    """Yield the H.264 of each frame and its number since the epoch, until the stream ends.

    `at_pace`: past frames are not caught up with; all are as late as the first.
    """
    number = lives.first_frame(path)
    late = max(0.0, wall_clock() - number / RATE) if at_pace else 0.0
    while (scene := lives.scene(path, number // RATE)) is not None:
        if scene.second >= lives.stalled_since(path):
            number = (scene.second + 1) * RATE
            await asyncio.sleep(number / RATE + late - wall_clock())
            continue
        units = await film.access_units(scene)
        for unit in units[number % RATE :]:
            await asyncio.sleep(number / RATE + late - wall_clock())
            # A key frame before the first reader is missing.
            if unit:
                yield number, unit
            number += 1
