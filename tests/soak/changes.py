"""Random changes of the truth. A change that isn't possible at the moment does nothing."""

import asyncio
from collections.abc import Callable, Coroutine
from random import Random
from typing import Any, NamedTuple

from tests.simulator import Camera
from tests.simulator.streams import OTHER_HOME

from .scene import Scene, one_of

_NAMES = ("Porch", "Shed", "Garden gate", "Küche", "Hall", "Camera", "Attic (north)")
_ROOMS = ("Unknown", "Garden", "Cellar", "Hall", "Büro")
_NEW_CAMERAS = tuple(f"enterprises/soak/devices/{number}" for number in range(6))
_NEW_PROJECTS = ("project-1", "project-2")
_QUERIES = ("", "", "token=secret", OTHER_HOME)
"""The last query is that of another client's reader."""
_WORDS = (None, None, "hibernating", "stopped")
_FEWEST_CAMERAS = 15

type Make = Callable[[Scene, Random], Coroutine[Any, Any, None]]


class Change(NamedTuple):
    """A kind of change, and its relative frequency."""

    make: Make
    weight: int
    needs_server: bool = False
    """Whether the server itself makes the change, so that it must be running."""


async def _becomes_ready(scene: Scene, rng: Random) -> None:
    if camera := one_of(rng, scene.streamable):
        scene.diary.change("becomes ready", camera.id)
        await scene.simulator.set_ready(camera.id, True)


async def _stops(scene: Scene, rng: Random) -> None:
    ready = [camera for camera in scene.streamable if camera.stream.ready]
    if camera := one_of(rng, ready):
        scene.diary.change("is not ready", camera.id)
        await scene.simulator.set_ready(camera.id, False)


async def _flickers(scene: Scene, rng: Random) -> None:
    if camera := one_of(rng, scene.streamable):
        for _ in range(rng.randint(2, 6)):
            if camera.path is None or camera.id not in scene.simulator.world.cameras:
                return
            ready = not camera.stream.ready
            scene.diary.change("flickers", f"{camera.id} {ready}")
            await scene.simulator.set_ready(camera.id, ready)
            await asyncio.sleep(rng.uniform(0, 0.08))


async def _viewers_come(scene: Scene, rng: Random) -> None:
    if camera := one_of(rng, scene.streamable):
        queries = rng.choices(_QUERIES, k=rng.randint(1, 4))
        scene.diary.change("viewers come", f"{camera.id}: {len(queries)}")
        await asyncio.gather(*(scene.watch(camera.id, query) for query in queries))


async def _viewer_goes(scene: Scene, rng: Random) -> None:
    if viewer := one_of(rng, scene.viewers):
        scene.diary.change("viewer goes", viewer[0])
        await scene.leave([viewer])


async def _all_viewers_go(scene: Scene, rng: Random) -> None:
    if viewer := one_of(rng, scene.viewers):
        scene.diary.change("all viewers go", viewer[0])
        await scene.leave([each for each in scene.viewers if each[0] == viewer[0]])


async def _renamed(scene: Scene, rng: Random) -> None:
    if camera := one_of(rng, scene.cameras):
        camera.rename(rng.choice(_NAMES))
        scene.diary.change("renamed", f"{camera.id} {camera.name!r}")


async def _moved(scene: Scene, rng: Random) -> None:
    if camera := one_of(rng, scene.cameras):
        camera.rename(camera.name, rng.choice(_ROOMS))
        scene.diary.change("moved", f"{camera.id} {camera.room}")


async def _enabled(scene: Scene, rng: Random) -> None:
    if camera := one_of(rng, scene.streamable):
        camera.enabled = not camera.enabled
        camera.persistent = camera.persistent and camera.enabled
        scene.diary.change("enabled" if camera.enabled else "disabled", camera.id)
        await _follow(scene, camera)


async def _persisted(scene: Scene, rng: Random) -> None:
    if camera := one_of(rng, [camera for camera in scene.streamable if camera.enabled]):
        # Only a few at a time, as each is demanded repeatedly.
        others = sum(each.persistent for each in scene.cameras)
        camera.persistent = not camera.persistent and others < len(_NEW_CAMERAS)
        scene.diary.change("persistent" if camera.persistent else "not persistent", camera.id)
        await _follow(scene, camera)


async def _path_set(scene: Scene, rng: Random) -> None:
    if camera := one_of(rng, scene.at_rest):
        camera.path = rng.choice((scene.free_path, scene.free_path, None))
        camera.enabled = camera.enabled and camera.path is not None
        scene.diary.change("path set", f"{camera.id} {camera.path}")


async def _added(scene: Scene, rng: Random) -> None:
    known = {camera.uid for camera in (*scene.cameras, *scene.away)}
    if uid := one_of(rng, [uid for uid in _NEW_CAMERAS if uid not in known]):
        camera = scene.simulator.world.add_camera(
            name=rng.choice(_NAMES),
            room=rng.choice(_ROOMS),
            path=rng.choice((None, scene.free_path)),
            kind=rng.choice(("battery", "legacy", "doorbell", "offline")),
            uid=uid,
        )
        scene.diary.change("camera added", f"{camera.id} {camera.name!r}")


async def _removed(scene: Scene, rng: Random) -> None:
    cameras = scene.cameras
    if len(cameras) > _FEWEST_CAMERAS and (camera := one_of(rng, cameras)):
        scene.simulator.world.remove_camera(camera.id)
        scene.away.append(camera)
        scene.diary.change("camera removed", camera.id)


async def _back(scene: Scene, rng: Random) -> None:
    if camera := one_of(rng, scene.away):
        scene.away.remove(camera)
        scene.simulator.world.cameras[camera.id] = camera
        scene.diary.change("camera is back", camera.id)


async def _renumbered(scene: Scene, rng: Random) -> None:
    world = scene.simulator.world
    if old := one_of(rng, scene.at_rest):
        world.remove_camera(old.id)
        new = world.add_camera(
            name=old.name, room=old.room, path=old.path, enabled=old.enabled, uid=old.uid
        )
        scene.diary.change("camera has a new id", f"{old.id} -> {new.id}")


async def _status_word(scene: Scene, rng: Random) -> None:
    if camera := one_of(rng, scene.cameras):
        camera.status = rng.choice(_WORDS)
        scene.diary.change("status word", f"{camera.id} {camera.status}")


async def _tokens(scene: Scene, rng: Random) -> None:
    if credential := one_of(rng, scene.credentials):
        present = credential.tokens is None
        kinds = ("authenticated", "reauthenticated") if present else ("unauthenticated",)
        # Sent only by a running server, and sometimes not even then.
        event = rng.choice((*kinds, None)) if scene.is_up else None
        scene.diary.change("tokens given" if present else "tokens lost", f"{credential.id} {event}")
        await scene.simulator.set_tokens(credential.id, present, event)


async def _credential_renamed(scene: Scene, rng: Random) -> None:
    if credential := one_of(rng, scene.credentials):
        credential.description = rng.choice(("Home account", "Family", "Büro", "Cabin"))
        scene.diary.change("credential renamed", f"{credential.id} {credential.description}")


async def _credential_added(scene: Scene, rng: Random) -> None:
    known = {each.dac_project_id for each in (*scene.credentials, *scene.credentials_away)}
    if project := one_of(rng, [project for project in _NEW_PROJECTS if project not in known]):
        credential = scene.simulator.world.add_credential(
            "Second home", authorized=rng.choice((True, False)), project=project
        )
        scene.diary.change("credential added", credential.id)


async def _credential_removed(scene: Scene, rng: Random) -> None:
    credentials = scene.credentials
    if len(credentials) > 1 and (credential := one_of(rng, credentials)):
        del scene.simulator.world.credentials[credential.id]
        scene.credentials_away.append(credential)
        scene.diary.change("credential removed", credential.id)


async def _credential_back(scene: Scene, rng: Random) -> None:
    if credential := one_of(rng, scene.credentials_away):
        scene.credentials_away.remove(credential)
        scene.simulator.world.credentials[credential.id] = credential
        scene.diary.change("credential is back", credential.id)


async def _follow(scene: Scene, camera: Camera) -> None:
    """Apply a camera's new settings to a running server; a restarted one reads them."""
    if scene.is_up:
        await scene.simulator.camera_changed(camera)


CHANGES = (
    Change(_becomes_ready, 8, needs_server=True),
    Change(_stops, 8),
    Change(_flickers, 3, needs_server=True),
    Change(_viewers_come, 8, needs_server=True),
    Change(_viewer_goes, 8, needs_server=True),
    Change(_all_viewers_go, 3, needs_server=True),
    Change(_renamed, 4),
    Change(_moved, 2),
    Change(_enabled, 4),
    Change(_persisted, 3),
    Change(_path_set, 3),
    Change(_added, 2),
    Change(_removed, 3),
    Change(_back, 3),
    Change(_renumbered, 1),
    Change(_status_word, 1),
    Change(_tokens, 4),
    Change(_credential_renamed, 1),
    Change(_credential_added, 1),
    Change(_credential_removed, 1),
    Change(_credential_back, 1),
)
