"""Masses of events, invalid events, and changing lists."""

import asyncio
import json
from typing import Any
from uuid import uuid4

from homeassistant.const import STATE_OFF, STATE_ON
import pytest

from tests.expected import camera_key

from .bench import CONNECTION, Bench
from .messages import FAILURE, event, message

MEBIBYTE = 1 << 20
MANY = 30.0
"""Seconds for all states of 500 cameras, in a Home Assistant in debug mode."""
SHOWN_BY_READY = ("camera", "ready", "requested", "status", "streaming_since")


async def _unharmed(bench: Bench) -> None:
    """Assert that the connection was kept, and that states follow the truth."""
    await bench.change_server()
    await bench.until_true()
    assert bench.saw(STATE_OFF, [CONNECTION]) == []
    assert bench.was_available
    bench.assert_kept()
    bench.assert_logged()


async def test_a_message_of_2_mebibytes_is_accepted(bench: Bench) -> None:
    await bench.simulator.emit("log", {"level": 30, "msg": "x" * 2 * MEBIBYTE})

    await _unharmed(bench)


async def test_binary_events_are_ignored(bench: Bench) -> None:
    await bench.simulator.emit("camera:ready", b"\x00\xff")
    await bench.simulator.emit("camera:ready", {"domain": b"camera", "event": b"ready"})
    await bench.simulator.emit("log", b"\x00" * MEBIBYTE)

    await _unharmed(bench)


@pytest.mark.parametrize(
    "payload",
    [
        None,
        7,
        "ready",
        [],
        {},
        {"domain": "camera"},
        {"domain": "camera", "event": None, "entity": 1},
        {"domain": ["camera"], "event": "ready", "entity": 1},
        {"domain": "camera", "event": "ready", "entity": "1"},
        {"domain": "camera", "event": "ready", "entity": None, "details": {"path": "nowhere"}},
        {"domain": "camera", "event": "ready", "entity": True},
        {"domain": "camera", "event": "ready", "entity": 1.5},
        {"domain": "camera", "event": "ready", "entity": 10**30},
        {"domain": "camera", "event": "ready", "entity": -1, "details": "none"},
        {"domain": "camera", "event": "read", "entity": 3, "details": {"readerId": {}}},
        {"domain": "camera", "event": "hibernated", "entity": 3, "details": []},
        {"domain": "toaster", "event": "ready", "entity": 1},
    ],
    ids=json.dumps,
)
async def test_an_invalid_event_changes_nothing(bench: Bench, payload: Any) -> None:
    bench.proxy.inject(message("camera:ready", payload), event("ready", 5))
    await bench.until(lambda: bench.camera(5, "ready") == STATE_ON)

    # Event entities don't count.
    touched = {seen.key for seen in bench.seen if not seen.key.endswith("_activity")}
    ready = {camera_key(bench.world.cameras[5], name) for name in SHOWN_BY_READY}
    assert touched == {*ready, "server_cameras_streaming"}
    bench.assert_logged()


async def test_an_unrequested_answer_changes_nothing(bench: Bench) -> None:
    await bench.simulator.emit(uuid4().hex, {"total": 0, "items": []})

    await _unharmed(bench)


async def test_two_cameras_with_one_path_are_shown_separately(bench: Bench) -> None:
    bench.world.cameras[3].path = bench.world.cameras[2].path

    await bench.simulator.fire("camera", "ready", 3)
    await _unharmed(bench)


async def test_pages_that_shift_while_they_are_fetched_make_no_camera_vanish(bench: Bench) -> None:
    for number in range(180):
        bench.world.add_camera(name=f"Hall {number}", room="Hall", path=f"hall-{number}")
    await bench.until_true()
    present = {f"camera_{camera.checksum}_ready" for camera in bench.world.cameras.values()}
    bench.simulator.faults.delay = 0.02

    for number in range(12):
        asked = len(bench.simulator.requests)
        await bench.until(lambda asked=asked: len(bench.simulator.requests) > asked)
        bench.world.add_camera(name=f"Attic {number}", room="Attic", path=f"attic-{number}")
        if number % 2:
            bench.world.remove_camera(max(bench.world.cameras))
    bench.simulator.faults.delay = 0.0
    await bench.until_true()

    assert bench.saw("unavailable", present) == []
    assert bench.saw("", present) == []
    bench.assert_kept()


async def test_500_cameras_come_back_after_a_restart(bench: Bench) -> None:
    for number in range(500 - len(bench.world.cameras)):
        bench.world.add_camera(name=f"Hall {number}", room="Hall", path=f"hall-{number}")
    await bench.until_true(MANY)

    await bench.simulator.kill()
    await bench.until_unavailable()
    await bench.change_server()
    await bench.simulator.start()
    await bench.until_true(MANY)

    assert len(bench.shown) > 500 * 4
    bench.assert_kept()


async def test_a_failure_while_no_request_is_open_is_logged_and_changes_nothing(
    bench: Bench,
) -> None:
    # The next request is half a second away.
    await bench.while_resyncing()
    await asyncio.sleep(0.1)

    await bench.simulator.emit("failure", FAILURE)
    await bench.change_server()
    await bench.until_true()

    assert bench.saw(STATE_OFF, [CONNECTION]) == []
    bench.assert_logged('The server refused a request: "requestId" is required')
