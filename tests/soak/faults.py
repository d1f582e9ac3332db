"""Random faults of the server: each function starts a fault, and returns after its end."""

import asyncio
from random import Random
from typing import Any

from .changes import Make
from .home_assistant import USER
from .scene import Scene

_NONSENSE: tuple[Any, ...] = (
    None,
    True,
    42,
    "nonsense",
    [],
    {},
    {"items": None, "total": 3},
    {"items": [], "total": "0"},
    {"items": [None, "row", 7], "total": 3},
    {"items": [{"name": "a row without id"}], "total": 1},
    {"items": [{"id": 1}, {"id": 1}], "total": 2},
    {"items": [{"id": 1, "name": 5, "checksum": []}], "total": 40},
    {"items": [], "total": 0},
    {"error": {"message": "SQLITE_BUSY: database is locked", "details": [], "context": {}}},
    {"error": "broken"},
)
_ASKED = (
    ("cameras", "list"),
    ("cameras", "list"),
    ("cameras", "read"),
    ("credentials", "list"),
    ("version", "list"),
    ("health", "list"),
)


async def _killed(scene: Scene, rng: Random) -> None:
    outage = rng.choice((0.0, 0.05, 0.15, 0.4, 1.0, 3.0))
    scene.diary.fault("killed", f"for {outage} s")
    scene.is_up = False
    scene.viewers.clear()
    await scene.simulator.kill()
    await asyncio.sleep(outage)
    await scene.simulator.start()
    scene.starts += 1
    scene.is_up = True
    scene.diary.over("killed")


async def _disconnected(scene: Scene, rng: Random) -> None:
    for _ in range(rng.choice((1, 1, 3))):
        scene.diary.fault("disconnected")
        await scene.simulator.disconnect_all()
        await asyncio.sleep(rng.uniform(0, 0.2))


async def _silent(scene: Scene, rng: Random) -> None:
    scene.diary.fault("silent")
    scene.simulator.faults.silent = True
    await asyncio.sleep(rng.uniform(0.1, 2.5))
    scene.simulator.faults.silent = False
    scene.diary.over("silent")


async def _slow(scene: Scene, rng: Random) -> None:
    delay = rng.choice((0.02, 0.1, 0.4, 0.9, 1.5))
    scene.diary.fault("slow", f"by {delay} s")
    scene.simulator.faults.delay = delay
    await asyncio.sleep(rng.uniform(0.2, 2.5))
    scene.simulator.faults.delay = 0.0
    scene.diary.over("slow")


async def _nonsense(scene: Scene, rng: Random) -> None:
    asked, answer = rng.choice(_ASKED), rng.choice(_NONSENSE)
    scene.diary.fault("nonsense", f"to {asked}: {answer}")
    scene.simulator.faults.answers[asked] = answer
    await asyncio.sleep(rng.uniform(0.1, 2.0))
    del scene.simulator.faults.answers[asked]
    scene.diary.over("nonsense")


async def _revoked(scene: Scene, rng: Random) -> None:
    disconnected = rng.random() < 0.7
    scene.diary.fault("token revoked", "and disconnected" if disconnected else "")
    scene.simulator.world.revoke_tokens(USER)
    if disconnected:
        await scene.simulator.disconnect_all()


async def _gateway(scene: Scene, rng: Random) -> None:
    scene.diary.fault("login is a gateway's page")
    faults = scene.simulator.faults
    faults.http_status, faults.http_body = rng.choice((404, 502, 503)), "<html>Bad gateway</html>"
    scene.simulator.world.revoke_tokens(USER)
    await scene.simulator.disconnect_all()
    await asyncio.sleep(rng.uniform(0.1, 1.0))
    faults.http_status = faults.http_body = None
    scene.diary.over("login is a gateway's page")


SERVER_FAULTS: tuple[Make, ...] = (_killed, _killed, _disconnected, _revoked, _gateway)
ANSWER_FAULTS: tuple[Make, ...] = (_silent, _slow, _nonsense, _nonsense)
