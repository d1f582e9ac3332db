"""Where the browser's measurements take place: a Home Assistant, its server, and its cameras."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.browser.home import Home, running_home
from tests.browser.server import Server, running_server
from tests.simulator import PROTOCOLS, Simulator, Times, empty


@dataclass(frozen=True, slots=True)
class Place:
    """One Home Assistant, and the server whose cameras it has."""

    home: Home
    server: Server


@contextmanager
def place(folder: Path, cameras: int, times: Times) -> Iterator[Place]:
    """Run a server with cameras that are set up, named by numbers, and a Home Assistant."""
    world = empty()
    world.protocols.update(PROTOCOLS)
    account = world.add_credential("Account", project="a1b2c3d4-1111-4222-8333-0123456789ab")
    for number in range(1, cameras + 1):
        world.add_camera(
            name=f"Camera {number}",
            room=f"Room {(number - 1) // 4 + 1}",
            path=f"camera{number}",
            credential=account.id,
        )
    folder.mkdir(exist_ok=True)
    with (
        running_server(Simulator(world, times=times)) as server,
        running_home(folder / f"home{cameras}", scenario="empty") as home,
    ):
        home.use_server(server.simulator.port)
        yield Place(home, server)
