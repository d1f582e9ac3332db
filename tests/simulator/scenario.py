"""Named worlds, and the events in them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from .records import Process, Stream
from .streams import StreamUnavailable
from .world import PROTOCOLS, World

if TYPE_CHECKING:
    from .server import Simulator

DAY: Final = 240.0
"""Duration in seconds of a day in the scenario `day`."""


@dataclass(frozen=True)
class Row:
    """A camera of a scenario."""

    name: str
    room: str = "Unknown"
    kind: str = "battery"
    path: str | None = None
    enabled: bool = True
    persistent: bool = False
    credential: int = 1


_RECORDED: Final = (
    Row("Front Yard Cam", "Front Yard", "legacy", "front"),
    Row("Driveway Battery", "Driveway", "battery", "driveway"),
    Row("Front Door", "Front Door", "doorbell", "doorbell"),
    Row("Kitchen Hub Max", "Kitchen", "hub_max", "kitchen-hub"),
    Row("Back Yard Camera", "Back Yard", "legacy", "back.yard"),
    Row("Garage", "Garage", "battery", "garage", enabled=False),
    Row("Living Room", "Living Room", "legacy"),
    Row("Side Door", "Side Door", "legacy_doorbell"),
    Row("Attic (offline, no stream trait)", "Attic", "offline"),
    Row("Küche Süd – Fenster ☂", "Büro", "battery", "kueche_sued"),  # noqa: RUF001
    Row("Camera", "Unknown", "battery"),
    Row("Basement", "Basement", "legacy"),
    Row("Nursery", "Nursery", "battery"),
    Row("Cabin Cam 1", "Cabin", "battery", "cabin1", credential=2),
    Row("Cabin Cam 2", "Cabin", "battery", "cabin2", enabled=False, credential=2),
    Row("Cabin Cam 3", "Cabin", "battery", "cabin3", False, True, 2),
    *(
        Row(name, f"Cabin {name}", "legacy", credential=2)
        for name in ("Porch", "Dock", "Shed", "Gate", "Path", "Roof", "Well")
    ),
)
"""The cameras of the recordings, completed with others."""

_DAY: Final = (
    Row("Front Door", "Entrance", "doorbell", "front-door"),
    Row("Driveway", "Driveway", "battery", "driveway"),
    Row("Garage", "Garage", "legacy", "garage", persistent=True),
    Row("Kitchen", "Kitchen", "hub_max", "kitchen"),
    Row("Lake Cabin", "Lake Cabin", "battery", "lake-cabin", credential=2),
    Row("Guest Room", "Guest Room", "battery", "guest-room", enabled=False),
)


def _world(rows: tuple[Row, ...], *, second_authorized: bool = True) -> World:
    world = World(protocols=set(PROTOCOLS))
    world.add_user("nestmtx", "nestmtx")
    home = world.add_credential("Home account", project="a1b2c3d4-1111-4222-8333-0123456789ab")
    home.oauth_client_id = "1234567890-homeclientid.apps.googleusercontent.com"
    home.token_redirect_url = "https://localhost:2001/credentials/authorize"
    cabin = world.add_credential(
        "Cabin account",
        authorized=second_authorized,
        project="ffeeddcc-9999-4888-8777-ba9876543210",
    )
    cabin.oauth_client_id = "9876543210-cabinclientid.apps.googleusercontent.com"
    for number, row in enumerate(rows, 1):
        _add(world, row, number)
    return world


def _add(world: World, row: Row, number: int) -> None:
    """Add a camera. Uids are as recorded: a device's number, padded to Google's length."""
    project = world.credentials[row.credential].dac_project_id
    uid = f"enterprises/{project}/devices/AVPHwE{number:02}{'u3Kj9' * 9}"
    world.add_camera(
        name=row.name,
        room=row.room,
        path=row.path,
        enabled=row.enabled and row.path is not None,
        persistent=row.persistent,
        kind=row.kind,
        credential=row.credential,
        uid=uid,
    )


def _counted(rows: tuple[Row, ...], count: int | None) -> tuple[Row, ...]:
    """Return `count` rows: the scenario's own first, plain ones after them."""
    kinds = ("battery", "legacy", "doorbell", "hub_max")
    more = (
        Row(
            f"Camera {number}",
            f"Room {(number - 1) // 4 + 1}",
            kinds[number % 4],
            f"camera{number}",
        )
        for number in range(len(rows) + 1, (count or 0) + 1)
    )
    return rows[:count] if count is not None and count <= len(rows) else (*rows, *more)


def recorded(count: int | None = None) -> World:
    """Return the recorded world: all protocols enabled, the second credential without tokens."""
    world = _world(_counted(_RECORDED, count), second_authorized=False)
    for camera in world.cameras.values():
        if camera.name == "Back Yard Camera" and camera.info:
            # This one has no name at Google: the server derived one from the room.
            camera.info["traits"]["sdm.devices.traits.Info"]["customName"] = ""
    return world


def empty(_count: int | None = None) -> World:
    """Return a newly installed server: only a user."""
    world = World()
    world.add_user("nestmtx", "nestmtx")
    return world


def day(count: int | None = None) -> World:
    """Return a house with activity: see `live_a_day`."""
    return _world(_counted(_DAY, count))


def statuses(_count: int | None = None) -> World:
    """Return cameras in each status and recorded contradiction; credentials of both kinds."""
    since = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)
    starting = Stream(present=True)
    running = Stream(True, True, since, 3, frozenset({"1", "2"}), 1234567, 7654321)
    alive = (
        ("Unconfigured", None, False, None, Stream()),
        ("Disabled", "disabled", False, None, Stream()),
        ("Disabled, process alive", "disabled-alive", False, 31, Stream()),
        ("Dead", "dead", True, None, Stream()),
        ("Dead yet ready", "dead-ready", True, None, replace(running, readers=frozenset())),
        ("Stopped", "stopped", True, 0, Stream()),
        ("Unavailable", "unavailable", True, 32, Stream()),
        ("Starting", "starting", True, 33, starting),
        ("Running", "running", True, 34, running),
        ("Hibernating", "hibernating", True, 35, running),
    )
    world = _world((), second_authorized=False)
    world.add_credential("Garden account", project="99999999-1111-4222-8333-0123456789ab")
    for name, path, enabled, pid, stream in alive:
        camera = world.add_camera(name=name, path=path, enabled=enabled)
        camera.process = None if pid is None else Process(camera.process_name, pid or None)
        camera.stream = stream
        camera.settle()
    camera.status = "hibernating"
    # Of an earlier stream, of one that Google extends, and of one that it does not.
    for name, expires_at in (
        ("Dead yet ready", since - timedelta(minutes=5)),
        ("Running", since + timedelta(days=36_500)),
        ("Hibernating", since + timedelta(minutes=5)),
    ):
        next(each for each in world.cameras.values() if each.name == name).expires_at = expires_at
    for job in world.cron_jobs:
        job.last_run_at = job.last_end_at = since
    return world


async def live_a_day(simulator: Simulator, length: float = DAY) -> None:
    """Let viewers come and go, an authorization be lost and renewed, and a camera be renamed."""
    cameras = [camera for camera in simulator.world.cameras.values() if camera.path]
    async with asyncio.TaskGroup() as group:
        for index, camera in enumerate(cameras):
            begin = length * (index * 5 % 12) / 12
            group.create_task(_watch(simulator, camera.id, begin, length / 4))
        group.create_task(_lose_authorization(simulator, length))
        group.create_task(_rename(simulator, length))
        group.create_task(asyncio.sleep(length))


async def _watch(simulator: Simulator, camera_id: int, begin: float, length: float) -> None:
    await asyncio.sleep(begin)
    if not simulator.world.cameras[camera_id].path:
        return
    try:
        reader = await simulator.open_reader(camera_id)
    except StreamUnavailable:
        return
    await asyncio.sleep(length)
    await simulator.close_reader(camera_id, reader)


async def _lose_authorization(simulator: Simulator, length: float) -> None:
    for wait, credential, present, event in (
        (0.25, 1, True, "reauthenticated"),
        (0.35, 2, False, "unauthenticated"),
        (0.25, 2, True, "authenticated"),
    ):
        await asyncio.sleep(length * wait)
        if credential in simulator.world.credentials:
            await simulator.set_tokens(credential, present=present, event=event)


async def _rename(simulator: Simulator, length: float) -> None:
    await asyncio.sleep(length / 2)
    for camera in list(simulator.world.cameras.values())[1:2]:
        plain = camera.name.removesuffix(" Camera")
        camera.rename(plain if plain != camera.name else f"{plain} Camera")


@dataclass(frozen=True)
class Scenario:
    """An initial world, by number of cameras, and its repeated events."""

    world: Callable[[int | None], World]
    day: Callable[[Simulator], Awaitable[None]] | None = None


SCENARIOS: Final = {
    "day": Scenario(day, live_a_day),
    "recorded": Scenario(recorded),
    "statuses": Scenario(statuses),
    "empty": Scenario(empty),
}
