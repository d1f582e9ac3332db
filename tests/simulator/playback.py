"""One reader's way through a stream: each frame when it is due, over RTSP and WebRTC alike."""

import asyncio
from collections.abc import AsyncGenerator

from .film import Film
from .lives import Lives
from .picture import RATE
from .records import wall_clock


async def frames(
    film: Film, lives: Lives, path: str, *, at_pace: bool
) -> AsyncGenerator[tuple[int, bytes]]:
    """Yield the H.264 of each frame and its number since the epoch, until the stream is over.

    `at_pace`: what is past already is not caught up with, but all comes as late as the first.
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
            # A key frame that came before anybody read is missing.
            if unit:
                yield number, unit
            number += 1
