"""Home Assistant's MQTT integration, with as many binary sensors per camera as we have entities.

Each sensor has its own topic, to which only changes are published.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, contextmanager
import json
import os
from pathlib import Path
import shutil
import socket
from subprocess import DEVNULL
from tempfile import TemporaryDirectory
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .lives import ROUND
from .meter import Measure, cpu
from .scene import Scene

_INSTALL = ("apt-get", "install", "-y", "--no-install-recommends", "mosquitto")
_STARTS = 5.0
"""Seconds for the broker to start listening."""


@asynccontextmanager
async def mqtt(
    scene: Scene, sensors: int, changes: list[list[int]], rate: float
) -> AsyncGenerator[Measure | str]:
    """Set up MQTT beside the entry; yield its measurement, or the reason why it is missing."""
    broker = await _broker()
    if broker is None:
        yield "there is no mosquitto"
        return
    async with _running(broker) as port:
        entry = await _set_up(scene, port, sensors)
        yield lambda: _cost(scene, port, changes, rate)
        await scene.hass.config_entries.async_remove(entry.entry_id)
        await scene.hass.async_block_till_done()


async def _cost(scene: Scene, port: int, changes: list[list[int]], rate: float) -> float:
    from homeassistant.components.mqtt import async_subscribe  # noqa: PLC0415

    done = asyncio.Event()
    end = await async_subscribe(scene.hass, "bench/done", lambda _: done.set())
    # Subscriptions are collected briefly before they are sent.
    await asyncio.sleep(1)

    async def act() -> None:
        await scene.source.publish(port, changes, ROUND, rate)
        await done.wait()

    cost = await cpu(act)
    end()
    return cost


async def _set_up(scene: Scene, port: int, sensors: int) -> MockConfigEntry:
    hass = scene.hass
    config = {"mqtt": {"binary_sensor": list(_sensors(scene.source.cameras, sensors))}}
    await hass.async_add_executor_job(
        Path(hass.config.config_dir, "configuration.yaml").write_text, json.dumps(config)
    )
    entry = MockConfigEntry(
        domain="mqtt",
        data={"broker": "127.0.0.1", "port": port},
        options={"discovery": False, "birth_message": {}},
        version=2,
        minor_version=1,
    )
    entry.add_to_hass(hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    assert len(hass.states.async_entity_ids("binary_sensor")) > scene.source.cameras * sensors
    return entry


def _sensors(cameras: int, sensors: int) -> Iterator[dict[str, Any]]:
    for camera in range(1, cameras + 1):
        for sensor in range(sensors):
            yield {
                "name": f"Sensor {sensor}",
                "unique_id": f"bench_{camera}_{sensor}",
                "state_topic": f"bench/camera{camera}/{sensor}",
                "device": {"identifiers": [f"bench{camera}"], "name": f"Bench {camera}"},
            }


async def _broker() -> str | None:
    """Return the path of the broker, installing it if possible."""
    if _found() is None and os.geteuid() == 0 and shutil.which("apt-get"):
        process = await asyncio.create_subprocess_exec(*_INSTALL, stdout=DEVNULL, stderr=DEVNULL)
        await process.wait()
    return _found()


def _found() -> str | None:
    # Debian's path may be missing in PATH.
    return shutil.which("mosquitto", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")


@asynccontextmanager
async def _running(program: str) -> AsyncGenerator[int]:
    """Run a broker; yields its port."""
    port = _free_port()
    with _configuration(port) as path:
        process = await asyncio.create_subprocess_exec(
            *(program, "-c", path), stdout=DEVNULL, stderr=DEVNULL
        )
        try:
            async with asyncio.timeout(_STARTS):
                while not await _listens(port):
                    await asyncio.sleep(0.05)
            yield port
        finally:
            process.terminate()
            await process.wait()


@contextmanager
def _configuration(port: int) -> Iterator[str]:
    """Write the configuration of a broker that persists nothing and drops nothing."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "mosquitto.conf")
        path.write_text(
            f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n"
            "max_queued_messages 0\nuser root\n"
        )
        yield str(path)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
