"""Events without a change of the truth: repeated, false, about nothing, or invalid."""

import asyncio
from random import Random
from typing import Any

from .changes import Change
from .scene import Scene, one_of

_CAMERA_EVENTS = (
    "demand",
    "undemand",
    "ready",
    "notReady",
    "read",
    "unread",
    "extended",
    "failed-extension",
)
_CREDENTIAL_EVENTS = ("authenticated", "reauthenticated", "unauthenticated")
_UNKNOWN = (
    ("camera", "levitated"),
    ("credentials", "levitated"),
    ("application", "ready"),
    ("doorbell", "ready"),
    ("", ""),
)
_GARBAGE: tuple[tuple[str, Any], ...] = (
    ("camera:ready", None),
    ("camera:ready", "ready"),
    ("camera:ready", {"domain": "camera", "event": "ready", "entity": "1", "details": None}),
    ("camera:ready", {"domain": "camera", "event": ["ready"], "entity": 1, "details": {}}),
    ("camera:read", {"domain": "camera", "event": "read", "entity": 1, "details": {"readerId": 7}}),
    ("credentials:*", {"domain": 4}),
    ("0123456789abcdef0123456789abcdef", {"items": [], "total": 0}),
    ("log", {"level": "high", "msg": None}),
    ("failure", {"message": "Invalid Request", "details": "none"}),
)
_NOBODY = 987_654


async def _camera_event(scene: Scene, rng: Random) -> None:
    if camera := one_of(rng, scene.cameras):
        event, copies = rng.choice(_CAMERA_EVENTS), rng.randint(1, 3)
        # Readers over HLS have no id of their own.
        details = {"readerId": rng.choice(("", f"reader-{rng.randint(1, 9)}"))}
        scene.diary.change("event without change", f"{camera.id} {event} {copies} times")
        await _fire(scene, "camera", event, camera.id, details, copies)


async def _credential_event(scene: Scene, rng: Random) -> None:
    if credential := one_of(rng, scene.credentials):
        event = rng.choice(_CREDENTIAL_EVENTS)
        scene.diary.change("event without change", f"credential {credential.id} {event}")
        await _fire(scene, "credentials", event, credential.id, {}, rng.randint(1, 3))


async def _about_nothing(scene: Scene, rng: Random) -> None:
    event, entity = rng.choice(_CAMERA_EVENTS), rng.choice((None, _NOBODY))
    scene.diary.change("event about nothing", f"{entity} {event}")
    await _fire(scene, "camera", event, entity, {}, 1)


async def _unknown(scene: Scene, rng: Random) -> None:
    domain, event = rng.choice(_UNKNOWN)
    scene.diary.change("unknown event", f"{domain}:{event}")
    await _fire(scene, domain, event, 1, {}, 1)


async def _garbage(scene: Scene, rng: Random) -> None:
    topic, payload = rng.choice(_GARBAGE)
    scene.diary.change("no event", f"{topic} {payload}")
    await scene.simulator.emit(topic, payload)


async def _log(scene: Scene, rng: Random) -> None:
    scene.diary.change("log lines")
    for number in range(rng.randint(1, 50)):
        await scene.simulator.log("info", f"line {number}", "streamer")


async def _fire(
    scene: Scene,
    domain: str,
    event: str,
    entity: int | None,
    details: dict[str, Any],
    copies: int,
) -> None:
    """Fire copies of an event concurrently, each with its own delay."""
    await asyncio.gather(
        *(scene.simulator.fire(domain, event, entity, details) for _ in range(copies))
    )


NOISE = (
    Change(_camera_event, 10, needs_server=True),
    Change(_credential_event, 3, needs_server=True),
    Change(_about_nothing, 1, needs_server=True),
    Change(_unknown, 1, needs_server=True),
    Change(_garbage, 1, needs_server=True),
    Change(_log, 1, needs_server=True),
)
