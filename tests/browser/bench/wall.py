"""A wall of cameras with changing states, beside as many built-in cards."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
import time
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page

from scripts.development import house
from scripts.development.browser import log_in
from scripts.development.options import DASHBOARD
from tests.bench.meter import Pair
from tests.bench.table import Figure, Goal, Line
from tests.browser.conftest import SIZE
from tests.simulator import Times

from .place import Place, place

CAMERAS = 20
RATE = 10
"""Events a second."""
SECONDS = 16.0
"""Seconds of events, of which each camera gets as many that begin as that end a stream."""
_SETTLE = 5.0
"""Seconds from opening a page to the measurement."""
_KIND = Times(process_start=1.0, event_delay=0.0, event_jitter=0.0)
_NO_MORE = Goal("<=", 1.0)
_OURS, _BUILT_IN, _TILES = "ours", "picture-entity", "with tiles"
_SHOWN = {
    _OURS: "nestmtx-camera-card",
    _BUILT_IN: "hui-picture-entity-card",
    _TILES: "hui-tile-card",
}


@dataclass(frozen=True, slots=True)
class Cost:
    """What a page has used."""

    task: float
    """Seconds of the main thread."""
    heap: float
    """Bytes of JavaScript, after a garbage collection."""


def walls(browser: Browser, folder: Path, rounds: int) -> Iterator[Line]:
    """Compare walls of cameras, one page open at a time, in turn."""
    with place(folder, CAMERAS, _KIND) as scene:
        _make_walls(scene)
        costs: dict[str, list[Cost]] = {name: [] for name in _SHOWN}
        for number in range(rounds + 1):
            for name in _SHOWN if number % 2 else reversed(_SHOWN):
                cost = _cost(browser, scene, name)
                if number:
                    costs[name].append(cost)
    what = f"Wall, {CAMERAS} cameras, {RATE} events/s"
    for reference in (_BUILT_IN, _TILES):
        pair = _pair(costs, reference, lambda cost: cost.task / SECONDS * 100)
        yield Figure.compared(f"{what}: main thread", pair, "%", reference, _NO_MORE)
        pair = _pair(costs, reference, lambda cost: cost.heap / 2**20)
        yield Figure.compared(f"{what}: heap", pair, "MiB", reference, _NO_MORE)


def _pair(costs: dict[str, list[Cost]], reference: str, value: Callable[[Cost], float]) -> Pair:
    ours, theirs = (tuple(map(value, costs[name])) for name in (_OURS, reference))
    return Pair(ours, theirs)


def _make_walls(scene: Place) -> None:
    home = scene.home
    entities = [home.entities(f"Camera {number}")[house.CAMERA] for number in range(1, CAMERAS + 1)]
    pictures = [
        {"type": "picture-entity", "entity": entity, "camera_view": "auto"} for entity in entities
    ]
    tiles = [{"type": "tile", "entity": entity} for entity in entities]
    grid = {"type": "grid", "columns": 4, "square": False}
    walls: dict[str, dict[str, Any]] = {
        _OURS: {"type": "custom:nestmtx-camera-wall"},
        _BUILT_IN: grid | {"cards": pictures},
        _TILES: grid | {"cards": [*pictures, *tiles]},
    }
    views = [
        {"title": name, "path": _path(name), "panel": True, "cards": [card]}
        for name, card in walls.items()
    ]
    home.do(
        lambda api: api.command("lovelace/config/save", url_path=DASHBOARD, config={"views": views})
    )


def _cost(browser: Browser, scene: Place, name: str) -> Cost:
    with browser.new_page(viewport=SIZE) as page:
        log_in(page, f"{scene.home.url}/{DASHBOARD}/{_path(name)}")
        page.locator(_SHOWN[name]).nth(CAMERAS - 1).wait_for(state="attached")
        page.wait_for_timeout(_SETTLE * 1000)
        devtools = page.context.new_cdp_session(page)
        devtools.send("Performance.enable")
        before = _metric(devtools, "TaskDuration")
        _change_states(scene, page)
        task = _metric(devtools, "TaskDuration") - before
        devtools.send("HeapProfiler.collectGarbage")
        return Cost(task, _metric(devtools, "JSHeapUsedSize"))


def _path(name: str) -> str:
    return name.replace(" ", "-")


def _metric(devtools: CDPSession, name: str) -> float:
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    return next(float(metric["value"]) for metric in metrics if metric["name"] == name)


def _change_states(scene: Place, page: Page) -> None:
    """Send events for SECONDS, each of which changes the state of a camera."""
    simulator = scene.server.simulator
    begin = time.monotonic()
    changes = cycle(
        (event, camera) for event in ("ready", "notReady") for camera in range(1, CAMERAS + 1)
    )
    for number in range(int(SECONDS * RATE)):
        event, camera = next(changes)
        scene.server.do(simulator.fire("camera", event, camera))
        due = begin + (number + 1) / RATE
        page.wait_for_timeout(max(0.0, due - time.monotonic()) * 1000)
