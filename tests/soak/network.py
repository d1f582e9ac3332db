"""Random faults of the network between Home Assistant and the server."""

import asyncio
from http import HTTPStatus
from random import Random

from tests.faults.frames import BINARY, TEXT
from tests.faults.link import Direction

from .changes import Make
from .scene import Scene

_CORRUPT = (
    (b"{", b"["),
    (b"camera", b"\xff\xfe"),
    (b'"items"', b'"itmes"'),
    (b'"domain"', b'"domain'),
    (b"42[", b"43["),
)
_FRAMES = (
    b"",
    b"0{}",
    b"1",
    b"2",
    b"41",
    b"42[",
    b"42[7]",
    b'42["camera:ready"]',
    b'451-["camera:ready",{"_placeholder":true,"num":0}]',
    b'44{"message":"Unauthorized"}',
    b"\xff\xfe",
    b"no packet",
)


async def _cut(scene: Scene, _: Random) -> None:
    scene.diary.fault("cut")
    scene.proxy.cut()


async def _reset(scene: Scene, _: Random) -> None:
    scene.diary.fault("reset")
    scene.proxy.reset()


async def _reset_in_mid_frame(scene: Scene, _: Random) -> None:
    scene.diary.fault("reset in mid-frame")
    scene.proxy.reset_in_mid_frame()


async def _half_open(scene: Scene, rng: Random) -> None:
    way = rng.choice(tuple(Direction))
    scene.diary.fault("half-open", way.name)
    scene.proxy.swallow(frozenset({way}))
    await asyncio.sleep(rng.uniform(0.1, 2.5))
    if rng.choice((True, False)):
        # Swallowed data stays lost without notice.
        scene.proxy.swallow(frozenset())
    scene.proxy.pass_on()
    scene.diary.over("half-open")


async def _latency(scene: Scene, rng: Random) -> None:
    scene.proxy.faults.latency = rng.choice((0.02, 0.1, 0.3, 0.6))
    scene.diary.fault("latency", f"of {scene.proxy.faults.latency} s")
    await asyncio.sleep(rng.uniform(0.2, 2.0))
    scene.proxy.faults.latency = 0.0
    scene.diary.over("latency")


async def _throttled(scene: Scene, rng: Random) -> None:
    scene.proxy.faults.bytes_per_second = rng.choice((20_000, 200_000))
    scene.diary.fault("throttled", f"to {scene.proxy.faults.bytes_per_second} B/s")
    await asyncio.sleep(rng.uniform(0.2, 1.0))
    scene.proxy.faults.bytes_per_second = None
    scene.diary.over("throttled")


async def _corrupted(scene: Scene, rng: Random) -> None:
    scene.proxy.faults.corrupt = rng.choice(_CORRUPT)
    scene.diary.fault("corrupted", scene.proxy.faults.corrupt)
    await asyncio.sleep(rng.uniform(0.1, 1.0))
    scene.proxy.faults.corrupt = None
    scene.diary.over("corrupted")


async def _strange_frames(scene: Scene, rng: Random) -> None:
    frames, opcode = rng.choices(_FRAMES, k=rng.randint(1, 3)), rng.choice((TEXT, TEXT, BINARY))
    scene.diary.fault("strange frames", f"{frames} {opcode}")
    scene.proxy.inject(*frames, opcode=opcode)


async def _page(scene: Scene, rng: Random) -> None:
    scene.diary.fault("a page for everything")
    scene.proxy.answer_html(rng.choice((HTTPStatus.OK, HTTPStatus.BAD_GATEWAY)))
    await asyncio.sleep(rng.uniform(0.1, 1.5))
    scene.proxy.pass_on()
    scene.diary.over("a page for everything")


NETWORK_FAULTS: tuple[Make, ...] = (
    _cut,
    _reset,
    _reset_in_mid_frame,
    _half_open,
    _half_open,
    _latency,
    _throttled,
    _corrupted,
    _strange_frames,
    _page,
)
