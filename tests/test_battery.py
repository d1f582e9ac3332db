"""A day of a battery camera, which is awake only while it is viewed."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import fields, replace

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.bench.live_video import Scene, View
from tests.conftest import Until
from tests.simulator import Simulator, Times, Trouble, World
from tests.simulator.records import Camera, elapsed

FASTER = 40
"""The factor by which everything is faster than with the real server."""
GLANCES, WATCHED, LETTING_GO = 10, 4.0 / FASTER, 12.0 / FASTER
NAME = "Driveway Battery"


@pytest.fixture
def world(world: World) -> World:
    """The recorded cameras, over WebRTC, too."""
    world.protocols.add("web_rtc")
    return world


@pytest.fixture
def times() -> Times:
    """The real server's timings, divided by that factor."""
    real = Times(idle_log=0.0)
    shorter = {
        each.name: value / FASTER
        for each in fields(real)
        if each.name not in {"handshake_timeout", "key_frame_interval"}
        and isinstance(value := getattr(real, each.name), float)
    }
    # Except for connecting, and for video, which is encoded in whole seconds.
    return replace(real, **shorter, handshake_timeout=2.0, key_frame_interval=1.0)


class _Meter:
    """Counts the seconds that a camera is awake."""

    def __init__(self, camera: Camera) -> None:
        """Start at 0."""
        self.seconds = 0.0
        self._camera = camera

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()

    async def _run(self) -> None:
        before = elapsed()
        while True:
            await asyncio.sleep(0.002)
            now = elapsed()
            if self._camera.process is not None:
                self.seconds += now - before
            before = now


async def _open_dashboard(hass: HomeAssistant, scene: Scene) -> None:
    """Request the camera's picture like a dashboard that is never closed."""
    camera = scene.camera(NAME)
    while True:
        await camera.async_camera_image()
        await asyncio.sleep(10.0 / FASTER)


async def _glance(scene: Scene) -> float:
    """View the camera for some seconds; return how long its start took."""
    view, begun = View(scene, NAME), elapsed()
    try:
        await view.open()
        await view.first_frame()
        start = elapsed() - begun
        await asyncio.sleep(WATCHED)
    finally:
        await view.close()
    return start


async def _be_refused(scene: Scene) -> None:
    """Try to view the camera, until the view fails with a reason."""
    view = View(scene, NAME)
    await view.open()
    await view.ended.wait()
    await view.close()


async def test_ten_glances_two_refusals_a_restart_and_an_open_dashboard_cost_ten_glances(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await async_setup_component(hass, "stream", {})
    scene = Scene(hass, simulator)
    camera = scene.row(NAME)
    meter, starts = _Meter(camera), []
    dashboard = hass.async_create_background_task(_open_dashboard(hass, scene), "dashboard")
    async with meter.running():
        for number in range(GLANCES):
            starts.append(await _glance(scene))
            await until(lambda: camera.process is None)
            if number == GLANCES // 2:
                await simulator.disconnect_all()
                with pytest.raises(HomeAssistantError):
                    await scene.press(NAME, "restart_stream")
        camera.trouble = Trouble(refused=True)
        for _ in range(2):
            await _be_refused(scene)
            await until(lambda: camera.process is None)
    dashboard.cancel()

    limit = 1.05 * sum(start + WATCHED + LETTING_GO for start in starts)
    assert meter.seconds <= limit, (meter.seconds, limit, starts)
