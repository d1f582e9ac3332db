"""Live video in seconds: the cost of a view for a camera, and the time until results are shown.

The simulated server has the real server's timings; the figures are compared with its own.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from types import SimpleNamespace
from typing import Any, Final, cast
from uuid import uuid4

from homeassistant.components.camera import Camera as CameraEntity
from homeassistant.components.camera.webrtc import WebRTCAnswer, WebRTCError, WebRTCMessage
from homeassistant.components.websocket_api import ActiveConnection, current_connection
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

from custom_components.nestmtx.const import DOMAIN
from tests.pictures import taken_at
from tests.simulator import Simulator, Trouble, World
from tests.simulator.records import Camera, elapsed
from tests.simulator.viewer import Viewer
from tests.soak.home_assistant import home, loaded

from .table import Figure, Goal, Line

MAX_WAIT: Final = 120.0
"""Seconds for any step."""
_WATCHED: Final = 4.0
"""Seconds of watching a view."""
_LOOK: Final = 0.05


class Scene:
    """A Home Assistant, and a simulated server with the real timings."""

    def __init__(self, hass: HomeAssistant, simulator: Simulator) -> None:
        """Use both."""
        self.hass = hass
        self.simulator = simulator

    def row(self, name: str) -> Camera:
        """Return a camera of the simulated server."""
        return next(each for each in self.simulator.world.cameras.values() if each.name == name)

    def entity_id(self, name: str, domain: str, key: str) -> str:
        """Return an entity of a camera."""
        registry = er.async_get(self.hass)
        checksum = self.row(name).checksum
        found = (
            each.entity_id
            for each in registry.entities.values()
            if each.platform == DOMAIN
            and each.domain == domain
            and checksum in each.unique_id
            and each.unique_id.endswith(f"_{key}")
        )
        return next(found)

    def camera(self, name: str) -> CameraEntity:
        """Return the entity of a camera."""
        entity: CameraEntity = self.hass.data["camera"].get_entity(
            self.entity_id(name, "camera", "camera")
        )
        return entity

    async def press(self, name: str, key: str) -> None:
        """Press a button of a camera."""
        target = {"entity_id": self.entity_id(name, "button", key)}
        await self.hass.services.async_call("button", "press", target, blocking=True)

    def google_calls(self, name: str) -> int:
        """Return the number of requests to Google about a camera."""
        path = self.row(name).path
        return sum(call.path == path for call in self.simulator.google_calls)


class View:
    """A page that opens a camera like Home Assistant's own: HLS and WebRTC at once."""

    def __init__(self, scene: Scene, name: str) -> None:
        """Start without open streams."""
        self.viewer = Viewer()
        self.errors: list[str] = []
        self.hls: asyncio.Task[bool] | None = None
        self.answered = asyncio.Event()
        self.ended = asyncio.Event()
        self._answer = ""
        self._camera = scene.camera(name)
        self._session = uuid4().hex
        self._offer: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Request HLS and WebRTC, and return once WebRTC is answered or refused."""
        page = cast("ActiveConnection", SimpleNamespace(refresh_token_id=self._session))
        current_connection.set(page)
        offer = await self.viewer.offer()
        self.hls = asyncio.create_task(self._request_hls())
        await self._camera.async_handle_async_webrtc_offer(offer, self._session, self._receive)
        await self.answered.wait()

    async def first_frame(self) -> None:
        """Connect, and wait for the picture."""
        await self.viewer.take(self._answer)
        await self.viewer.frame()

    async def close(self) -> None:
        """Close the page."""
        self._camera.close_webrtc_session(self._session)
        await self.viewer.close()

    async def _request_hls(self) -> bool:
        """Return whether HLS was opened."""
        try:
            return await self._camera.async_create_stream() is not None
        except HomeAssistantError:
            return False

    def _receive(self, message: WebRTCMessage) -> None:
        if isinstance(message, WebRTCAnswer):
            self._answer = message.answer
        if isinstance(message, WebRTCError):
            self.errors.append(message.message)
            self.ended.set()
        if isinstance(message, WebRTCAnswer | WebRTCError):
            self.answered.set()


async def _seconds_until(condition: Callable[[], bool]) -> float:
    begun = elapsed()
    async with asyncio.timeout(MAX_WAIT):
        while not condition():
            await asyncio.sleep(_LOOK)
    return elapsed() - begun


async def _seconds_of(wait: Callable[[], Any]) -> float:
    begun = elapsed()
    async with asyncio.timeout(MAX_WAIT):
        await wait()
    return elapsed() - begun


@asynccontextmanager
async def _view(scene: Scene, name: str) -> AsyncGenerator[View]:
    view = View(scene, name)
    try:
        yield view
    finally:
        await view.close()


def _limited(what: str, value: float, limit: float, unit: str = "s") -> Figure:
    return Figure(what, value, unit, limit, "limit", None, Goal("<=", limit * 1.2))


async def _glance(scene: Scene) -> list[Line]:
    row, what = scene.row("Battery"), "A glance of 4 s"
    async with _view(scene, "Battery") as view:
        begun = elapsed()
        await view.open()
        await view.first_frame()
        start = elapsed() - begun
        await asyncio.sleep(_WATCHED)
        viewers, shown = (
            len(row.stream.viewers),
            scene.hass.states.get(scene.entity_id("Battery", "sensor", "viewers")),
        )
    gone = await _seconds_until(lambda: not row.stream.viewers)
    ended = gone + await _seconds_until(lambda: row.process is None)
    return [
        _limited("Cold start, tap to moving picture (WEB_RTC)", start, 34.0),
        _limited(f"{what}: viewers for one person", viewers, 1, ""),
        _limited(f"{what}: what Viewers shows", float(shown.state if shown else "nan"), 1, ""),
        _limited(f"{what}: last viewer gone after the close", gone, 0.3),
        _limited(f"{what}: process ended after the close", ended, 11.5),
    ]


async def _withdrawn(scene: Scene) -> list[Line]:
    row, what = scene.row("Withdrawn"), "Closed 3 s after the tap"
    async with _view(scene, "Withdrawn") as view:
        opening = asyncio.create_task(view.open())
        await asyncio.sleep(3)
        opening.cancel()
    ended = await _seconds_until(lambda: row.process is None)
    return [_limited(f"{what}: process ended after the close", ended, 6.0 + 10.0 + 1.6)]


async def _without_udp(scene: Scene) -> list[Line]:
    async with _view(scene, "No UDP") as view:
        await view.open()
        assert view.hls is not None
        hls = view.hls
        waited = await _seconds_of(lambda: asyncio.wait({hls}))
        opened = hls.result()
    stream = scene.camera("No UDP").stream
    if stream is not None:
        await stream.stop()
    return [_limited("UDP cut: HLS goes on after the answer", waited if opened else 999, 13.0)]


async def _refused(
    scene: Scene, name: str, what: str, seconds: float, calls_at_google: int
) -> list[Line]:
    """Open a camera that Google refuses.

    A camera with RTSP at Google is refused 17 s after the tap, by two calls; the server tries
    again every 4 s, for the 10 s until it notices that no viewer waits.
    """
    async with _view(scene, name) as view:
        told = await _seconds_of(view.open)
        if not view.errors:
            told += await _seconds_of(view.ended.wait)
        await asyncio.sleep(20)
        calls = scene.google_calls(name)
    return [
        _limited(f"Google refuses ({what}): message", told, seconds),
        _limited(f"Google refuses ({what}): calls at Google", calls, calls_at_google, ""),
    ]


async def _stills(scene: Scene) -> list[Line]:
    row, camera = scene.row("Watched"), scene.camera("Watched")
    reader = await scene.simulator.open_reader(row.id)
    await asyncio.sleep(60)
    slowest, oldest = 0.0, 0.0
    for _ in range(7):
        slowest = max(slowest, await _seconds_of(camera.async_camera_image))
        taken = taken_at(scene.hass, camera.entity_id)
        now = asyncio.get_running_loop().time()
        age = float("inf") if taken is None else _age(taken)
        oldest = max(oldest, age)
        await asyncio.sleep(max(0.0, now + 10 - asyncio.get_running_loop().time()))
    await scene.simulator.close_reader(row.id, reader)
    ended = await _seconds_until(lambda: row.process is None)
    return [
        _limited("Snapshots of a watched camera: oldest", oldest, 26.0),
        _limited("Snapshots of a watched camera: slowest request", slowest, 0.05),
        _limited("Snapshots: process ended after the last viewer", ended, 11.5),
    ]


def _age(taken: datetime) -> float:
    return (dt_util.utcnow() - taken).total_seconds()


async def _restart(scene: Scene) -> list[Line]:
    async with _view(scene, "Restarted") as view:
        await view.open()
        await view.first_frame()
        begun = elapsed()
        pressing = asyncio.create_task(scene.press("Restarted", "restart_stream"))
        await view.ended.wait()
        told = elapsed() - begun
        async with _view(scene, "Restarted") as again:
            await again.open()
            await again.first_frame()
            back = elapsed() - begun
        await pressing
    return [
        _limited("Restart stream: more-info is told", told, 10.0),
        # The server is idle after 8 s, and then starts the camera.
        _limited("Restart stream: moving again, asked for at once", back, 8.0 + 34.0),
    ]


async def _persistent_off(scene: Scene) -> list[Line]:
    row = scene.row("Persistent")
    await _seconds_until(lambda: row.stream.ready)
    await asyncio.sleep(20)
    target = {"entity_id": scene.entity_id("Persistent", "switch", "persistent")}
    turning = asyncio.create_task(
        scene.hass.services.async_call("switch", "turn_off", target, blocking=True)
    )
    ended = await _seconds_until(lambda: row.process is None and not row.stream.ready)
    await turning
    return [_limited("Persistent off: process ended", ended, 20.0)]


async def _picture(scene: Scene) -> list[Line]:
    row = scene.row("Pictured")
    taken = await _seconds_of(lambda: scene.press("Pictured", "take_picture"))
    ended = await _seconds_until(lambda: row.process is None)
    return [
        _limited("Snapshot of a sleeping camera", taken, 37.0),
        _limited("Snapshot: process ended afterwards", ended, 11.5),
    ]


async def _video_server_gone(scene: Scene) -> list[Line]:
    async with _view(scene, "Battery") as view:
        await view.open()
        await view.first_frame()
        await scene.simulator.whep.close()
        told = await _seconds_of(view.ended.wait)
    return [_limited("MediaMTX is gone: more-info is told", told, 10.0)]


def _world() -> World:
    world = World(protocols={"rtsp", "web_rtc"})
    world.add_user("nestmtx", "nestmtx")
    world.add_credential("Home account")
    for name, kind in (
        ("Battery", "battery"),
        ("Withdrawn", "battery"),
        ("No UDP", "battery"),
        ("Refused", "battery"),
        ("Refused RTSP", "legacy"),
        ("Watched", "battery"),
        ("Restarted", "battery"),
        ("Persistent", "battery"),
        ("Pictured", "battery"),
    ):
        camera = world.add_camera(name=name, path=name.lower().replace(" ", "-"), kind=kind)
        camera.persistent = name == "Persistent"
        camera.trouble = Trouble(refused=name.startswith("Refused"))
    return world


async def live_video(_rounds: int) -> AsyncGenerator[Line]:
    """Run all measurements once, concurrently, in the server's real time: four minutes."""
    simulator = Simulator(_world())
    await simulator.start()
    try:
        async with home() as hass, loaded(hass, simulator.host, simulator.port):
            await async_setup_component(hass, "stream", {})
            scene = Scene(hass, simulator)
            done = await asyncio.gather(
                _glance(scene),
                _withdrawn(scene),
                _without_udp(scene),
                _refused(scene, "Refused", "WEB_RTC", 15.0, 2),
                _refused(scene, "Refused RTSP", "RTSP", 17.0 + 3.0, 6),
                _stills(scene),
                _restart(scene),
                _persistent_off(scene),
                _picture(scene),
            )
            for line in (line for lines in done for line in lines):
                yield line
            for line in await _video_server_gone(scene):
                yield line
    finally:
        await simulator.stop()
