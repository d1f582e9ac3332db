"""A Home Assistant of its own for each test, with a simulated server, by scripts/develop."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
import random
import signal
import subprocess
import sys
import time
from typing import Any

from scripts.development import account, entry, house
from scripts.development.api import Api, connected
from scripts.development.options import DASHBOARD, HOST, ROOT, Account
from scripts.development.ports import is_free

START_TIMEOUT = 600.0
STOP_TIMEOUT = 30.0
# Below those that systems give to clients.
PORTS = range(20_000, 32_000)
GUEST = Account("guest", "guest")
OPTIONS_FLOWS = "/api/config/config_entries/options/flow"


class Home:
    """A Home Assistant that runs, seen from outside."""

    def __init__(self, url: str, token: str, simulator_url: str) -> None:
        """Use it as the user that the token is of."""
        self.url = url
        self.simulator_url = simulator_url
        self._token = token

    def show(self, device: str) -> str:
        """Make a camera's still the only thing on the dashboard; answers the dashboard's URL."""
        card = {
            "type": "picture-entity",
            "entity": self.entities(device)[house.CAMERA],
            "camera_view": "auto",
        }
        return self._show_only(card)

    def show_card(self, device: str) -> str:
        """Make our card of a camera the only thing on the dashboard; answers the URL."""
        card = {"type": "custom:nestmtx-camera-card", "entity": self.entities(device)[house.CAMERA]}
        return self._show_only(card)

    def use_server(self, port: int) -> None:
        """Replace the simulated server by one that listens on another port."""

        async def replace(api: Api) -> None:
            await entry.remove(api, await entry.find(api))
            await entry.add(api, port)
            await entry.wait_loaded(api)

        self.do(replace)

    @contextmanager
    def removed(self) -> Iterator[None]:
        """Be without the integration for as long as the context lasts."""

        async def remove(api: Api) -> None:
            await entry.remove(api, await entry.find(api))

        async def add(api: Api) -> None:
            await entry.add(api, int(self.simulator_url.rpartition(":")[2]))
            await entry.wait_loaded(api)

        self.do(remove)
        try:
            yield
        finally:
            self.do(add)

    def rename(self, device: str, name: str | None) -> None:
        """Give a device another name, or its own again."""

        async def change(api: Api) -> None:
            rows = await api.command("config/device_registry/list")
            found = next(row for row in rows if device in (row["name_by_user"], row["name"]))
            await api.command(
                "config/device_registry/update", device_id=found["id"], name_by_user=name
            )

        self.do(change)

    def add_guest(self) -> None:
        """Add a user who is no administrator."""

        async def add(api: Api) -> None:
            answer = await api.command(
                "config/auth/create", name=GUEST.user, group_ids=["system-users"]
            )
            await api.command(
                "config/auth_provider/homeassistant/create",
                user_id=answer["user"]["id"],
                username=GUEST.user,
                password=GUEST.password,
            )

        self.do(add)

    def add_dashboard(self, url_path: str) -> None:
        """Add a dashboard with one empty view."""

        async def add(api: Api) -> None:
            await api.command("lovelace/dashboards/create", url_path=url_path, title="Own")
            empty = {"views": [{"title": "Own", "cards": []}]}
            await api.command("lovelace/config/save", url_path=url_path, config=empty)

        self.do(add)

    def dashboard(self, url_path: str) -> dict[str, Any]:
        """Read what a dashboard is configured to show."""
        config: dict[str, Any] = self.do(
            lambda api: api.command("lovelace/config", url_path=url_path)
        )
        return config

    def entities(self, device: str) -> dict[str, str]:
        """List a device's entities, by domain and key."""

        async def find(api: Api) -> dict[str, str]:
            devices = house.devices(
                entry.DOMAIN,
                await api.command("config/entity_registry/list"),
                await api.command("config/device_registry/list"),
            )
            return next(dict(found.entities) for found in devices if found.name == device)

        return self.do(find)

    def state(self, entity_id: str) -> str:
        """Read an entity's state."""
        states = self.do(lambda api: api.command("get_states"))
        return next(str(row["state"]) for row in states if row["entity_id"] == entity_id)

    def press(self, entity_id: str) -> None:
        """Press a button."""
        self.call("button/press", entity_id)

    def call(self, action: str, entity_id: str) -> None:
        """Have an action, such as switch/turn_on, done to an entity."""
        self.do(lambda api: api.post(f"/api/services/{action}", {"entity_id": entity_id}))

    def set_options(self, **options: Any) -> None:
        """Change the integration's options, as its form does, and wait until they hold."""

        async def change(api: Api) -> None:
            found, *_ = await entry.find(api)
            form = await api.post(OPTIONS_FLOWS, {"handler": found["entry_id"]})
            await api.post(f"{OPTIONS_FLOWS}/{form['flow_id']}", options)
            await entry.wait_loaded(api)

        self.do(change)

    def _show_only(self, card: dict[str, Any]) -> str:
        dashboard = {"views": [{"title": "Camera", "cards": [card]}]}
        self.do(
            lambda api: api.command("lovelace/config/save", url_path=DASHBOARD, config=dashboard)
        )
        return f"{self.url}/{DASHBOARD}"

    def do[T](self, action: Callable[[Api], Awaitable[T]]) -> T:
        """Do something by way of the API."""

        async def connect() -> T:
            async with connected(self.url, self._token) as api:
                return await action(api)

        return _run(connect)


@contextmanager
def running_home(folder: Path, **options: object) -> Iterator[Home]:
    """Run scripts/develop with options, such as cold_start, for as long as the context lasts."""
    port, simulator_port = _free_port(), _free_port()
    command = [
        *(sys.executable, "-m", "scripts.development"),
        *("--config", str(folder)),
        *("--port", str(port)),
        *("--simulator-port", str(simulator_port)),
        *(f"--{name.replace('_', '-')}={value}" for name, value in options.items()),
    ]
    log = folder.with_name(f"{folder.name}.log")
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output)  # noqa: S603
    try:
        _wait_ready(process, log)
        url = f"http://{HOST}:{port}"
        token = _run(lambda: account.log_in(url))
        yield Home(url, token, f"http://{HOST}:{simulator_port}")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(STOP_TIMEOUT)


def _wait_ready(process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until scripts/develop says that everything is set up."""
    end = time.monotonic() + START_TIMEOUT
    while "ready after" not in log.read_text():
        if process.poll() is not None or time.monotonic() > end:
            raise AssertionError(f"scripts/develop did not get ready:\n{log.read_text()}")
        time.sleep(0.5)


def _free_port() -> int:
    """Draw a port: of two runs at a time, neither may take the other's first choice."""
    while not is_free(port := random.choice(PORTS)):
        pass
    return port


def _run[T](work: Callable[[], Awaitable[T]]) -> T:
    """Run in a thread: Playwright has a loop of its own in this one."""

    async def run() -> T:
        return await work()

    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(lambda: asyncio.run(run())).result()
