"""The stills of a dashboard with twenty running cameras, in the server's real time."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime
from fractions import Fraction
from statistics import median
from threading import Event
import time

import av
from homeassistant.components.camera import async_get_image
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from custom_components.nestmtx.client.media.gop import RIPE
from custom_components.nestmtx.frames import shot_of_units
from tests.pictures import taken_at
from tests.simulator.picture import HEIGHT, RATE, WIDTH, frames
from tests.simulator.streams import Picture as Shown
from tests.soak.home_assistant import home, loaded

from .meter import cpu, percentile
from .source import server_process
from .table import Figure, Goal, Line

_CAMERAS = 20
_FULL_HD = (1920, 1080)
_POLL = 10.0
"""Seconds between two requests of a picture, as in Home Assistant's frontend."""
_POLLS = 6
_FIRST_PICTURES = 120.0
"""Seconds until each camera has its first picture: a start, and one or two key frames."""


class _Dashboard:
    """Requests the pictures of all cameras."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Show all cameras."""
        self._hass = hass
        self._cameras = hass.states.async_entity_ids("camera")
        self.seconds: list[float] = []
        self.ages: list[float] = []

    @property
    def taken(self) -> dict[str, datetime | None]:
        """When each camera's picture was taken."""
        return {camera: taken_at(self._hass, camera) for camera in self._cameras}

    async def wait(self) -> None:
        """Wait for a picture of each camera."""
        async with asyncio.timeout(_FIRST_PICTURES):
            while not all(self.taken.values()):
                await asyncio.sleep(0.5)

    async def poll(self) -> None:
        """Request the pictures of all cameras at once."""
        await asyncio.gather(*(self._request(camera) for camera in self._cameras))

    async def _request(self, camera: str) -> None:
        begun = time.monotonic()
        await async_get_image(self._hass, camera)
        self.seconds.append(time.monotonic() - begun)
        taken = taken_at(self._hass, camera)
        assert taken is not None
        self.ages.append((dt_util.utcnow() - taken).total_seconds())


def _film() -> list[bytes]:
    """Return as many access units as a still is made of, in NestMTX's size and rate."""
    encoder = av.VideoCodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = *_FULL_HD, "yuv420p"
    encoder.framerate, encoder.time_base = Fraction(RATE), Fraction(1, RATE)
    encoder.bit_rate = 100_000
    encoder.options = {"preset": "veryfast", "tune": "zerolatency"}
    units = []
    for number in range(RIPE[0] + 1):
        second, frame = divmod(number, RATE)
        image = frames("Porch", Shown.VIDEO, second)[frame].resize(_FULL_HD)
        picture = av.VideoFrame.from_image(image)
        picture.pts = number
        units.append(b"".join(bytes(packet) for packet in encoder.encode(picture)))
    return units


async def _decode(units: list[bytes]) -> None:
    shot = shot_of_units(units, None, Event(), is_certain=True)
    assert shot is not None


async def stills(rounds: int) -> AsyncGenerator[Line]:
    """Poll for a minute, with a key frame every 25 seconds."""
    async with (
        server_process("tests.bench.video", str(_CAMERAS)) as (_, address),
        home() as hass,
        loaded(hass, address.host, address.port),
    ):
        dashboard = _Dashboard(hass)
        await dashboard.wait()
        former, begun, used = dashboard.taken, time.monotonic(), time.process_time()
        pictures = 0
        for number in range(1, _POLLS + 1):
            await dashboard.poll()
            await asyncio.sleep(max(0.0, begun + number * _POLL - time.monotonic()))
            taken = dashboard.taken
            pictures += sum(taken[camera] != former[camera] for camera in taken)
            former = taken
        used, passed = time.process_time() - used, time.monotonic() - begun
    what = f"Snapshots of {_CAMERAS} cameras ({WIDTH}x{HEIGHT}, {RATE} fps)"
    slowest = 1000 * percentile(dashboard.seconds, 0.95)
    yield Figure(f"{what}: p95", slowest, "ms", goal=Goal("<", 50))
    yield Figure(f"{what}: oldest", max(dashboard.ages), "s", goal=Goal("<", 30))
    yield Figure(f"{what}: CPU of all", 100 * used / passed, "%", goal=Goal("<=", 10))
    yield Figure(f"{what}: CPU per snapshot", 1000 * used / pictures, "ms")
    units = _film()
    one = median([await cpu(lambda: _decode(units)) for _ in range(rounds)])
    yield Figure("CPU of decoding a snapshot, 1920x1080", 1000 * one, "ms")
