"""Data of any size blocks Home Assistant only briefly."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
import json
import time
from typing import Any

from homeassistant.const import STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.nestmtx.client import Feed, Timings
from tests.calling import call
from tests.simulator import Simulator, World
from tests.simulator.scenario import recorded

from .bench import Bench
from .hostile import camera_rows
from .messages import message
from .proxy import FaultProxy

MEBIBYTE = 1 << 20
MOST = 0.8
"""Seconds of blocking allowed on a busy machine, in a test that also sends the data."""


@pytest.fixture
def world() -> World:
    """A world with few cameras; the data is about others."""
    return recorded(5)


@pytest.fixture
def timings(timings: Timings) -> Timings:
    """Timings with fewer lists, as the same process answers them."""
    return replace(timings, resync=30.0, load=30.0)


@asynccontextmanager
async def _stalls() -> AsyncGenerator[Callable[[], float]]:
    """Yield a function that returns the longest blocking of the event loop, in CPU seconds."""
    longest = 0.0

    async def look() -> None:
        nonlocal longest
        while True:
            begun = time.thread_time()
            await asyncio.sleep(0.001)
            longest = max(longest, time.thread_time() - begun)

    task = asyncio.create_task(look())
    try:
        yield lambda: longest
    finally:
        task.cancel()
        await asyncio.wait([task])


# One message


@pytest.mark.parametrize(
    "item", [b"{},", b'{"":0},', b"0,", b'["",[]],'], ids=["objects", "names", "numbers", "lists"]
)
async def test_a_message_of_60_megabytes_ends_the_connection_and_is_not_parsed(
    bench: Bench, item: bytes
) -> None:
    frame = b'42["camera:ready",[' + item * (60 * MEBIBYTE // len(item)) + b"0]]"
    sids = bench.simulator.sids

    async with _stalls() as longest:
        bench.proxy.inject(frame)
        await bench.until_back()
        assert longest() < MOST

    await bench.until(lambda: bench.connection == STATE_ON)
    assert not set(sids) & set(bench.simulator.sids)
    bench.assert_kept()


async def test_messages_that_are_too_large_again_and_again_are_retried_with_back_off(
    bench: Bench, simulator: Simulator
) -> None:
    simulator.faults.answers["cameras", "list"] = {"total": 1, "items": ["x" * (4 * MEBIBYTE)]}
    await simulator.disconnect_all()
    await bench.until_unavailable()
    before, begun = bench.asked("cameras", "list"), time.monotonic()
    await bench.until(lambda: bench.asked("cameras", "list") >= before + 5)

    # One attempt every 0.1 s, after two quick ones.
    assert time.monotonic() - begun > 0.3
    simulator.faults.answers.clear()
    await bench.until_true()
    bench.assert_kept()


async def test_the_largest_accepted_message_is_parsed_quickly(bench: Bench) -> None:
    item = b'{"":0},'
    frame = b'42["camera:ready",[' + item * (5 * MEBIBYTE // 2 // len(item)) + b"0]]"
    sids = bench.simulator.sids

    async with _stalls() as longest:
        bench.proxy.inject(frame)
        await bench.simulator.set_ready(2, ready=True)
        await bench.until(lambda: bench.camera(2, "ready") == STATE_ON)
        assert longest() < MOST

    assert bench.simulator.sids == sids


# Limits of lists


async def test_the_numbers_of_processes_cores_and_jobs_are_limited(
    bench: Bench, simulator: Simulator
) -> None:
    coordinator = bench.entry.runtime_data.coordinator
    processes = [{"name": f"p{number}", "pid": number} for number in range(60_000)]
    cores = [{"idle": 50}] * 30_000
    jobs = [{"name": f"Job{number}"} for number in range(100_000)]
    answers = simulator.faults.answers
    answers["htop", "list"] = {"cpu": cores, "memory": {"used": 7}, "processes": processes}
    answers["cronjobs", "list"] = {"total": len(jobs), "items": jobs}
    ends = [coordinator.async_subscribe(feed) for feed in (Feed.LOAD, Feed.CRON_JOBS)]
    await simulator.disconnect_all()
    await bench.until_back()

    def server() -> Any:
        return coordinator.data.server

    await bench.until(lambda: server().load is not None and server().load.memory_used == 7)
    await bench.until(lambda: "Job0" in (server().cron_jobs or {}))

    assert len(server().load.processes) == 1000
    assert server().load.cpu == 50
    assert len(server().cron_jobs) == 100
    for end in ends:
        end()


async def test_the_log_message_about_a_row_with_endless_fields_is_short(
    bench: Bench, simulator: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    row = {f"field{number}": 0 for number in range(150_000)}
    simulator.faults.answers["cameras", "list"] = {"total": 1, "items": [row]}

    async with _stalls() as longest:
        await simulator.disconnect_all()
        await bench.until_back()
        assert longest() < MOST

    assert "a row without an id: ['field0'" in caplog.text


# Masking


@pytest.mark.parametrize(
    ("answer", "key"),
    [
        (["token=x, pass: y"] * 150_000, None),
        ([{"password": "x", "a": [1]}] * 100_000, "incomplete_list"),
        ([0] * 1_000_000, "incomplete_list"),
        ({f"token {number}": {} for number in range(140_000)}, "incomplete_list"),
        (["password=" * 5000] * 60, None),
        (["password=" * 300_000], "unexpected_answer"),
        ({"x" * 2_000_000: 1}, "unexpected_answer"),
    ],
    ids=["texts", "secrets", "numbers", "names", "long", "one", "name"],
)
async def test_masking_an_answer_does_not_block_home_assistant(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    answer: Any,
    key: str | None,
) -> None:
    simulator.faults.answers["widgets", "read"] = answer

    async with _stalls() as longest:
        if key is None:
            assert "REDACTED" in str(await call(hass, "read", "widgets", entity="1"))
        else:
            with pytest.raises(HomeAssistantError) as raised:
                await call(hass, "read", "widgets", entity="1")
            assert raised.value.translation_key == key
        assert longest() < MOST


async def test_an_error_that_repeats_a_request_of_any_size_is_raised_quickly(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, proxy: FaultProxy
) -> None:
    payload = {"token": [f"t{number}" for number in range(80_000)], "password": list("REDACTED*")}
    message_of = " ".join(payload["token"])
    error = {"message": message_of, "details": [{"message": message_of}] * 3}
    simulator.faults.answers["widgets", "create"] = {"error": error}

    async with _stalls() as longest:
        with pytest.raises(HomeAssistantError) as raised:
            await call(hass, "create", "widgets", payload=payload)
        assert longest() < MOST

    assert raised.value.translation_key == "refused"
    assert "t1" not in str(raised.value)


async def test_a_log_line_of_any_size_is_read_quickly(bench: Bench) -> None:
    line = {"level": 50, "msg": "password=" * 100_000, "service": "token:" * 100_000}
    bench.entry.runtime_data.coordinator.async_subscribe(Feed.LOG)

    async with _stalls() as longest:
        bench.proxy.inject(message("log", line))
        await bench.simulator.set_ready(2, ready=True)
        await bench.until(lambda: bench.camera(2, "ready") == STATE_ON)
        assert longest() < MOST


async def test_a_thousand_cameras_are_listed_at_once(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    row = camera_rows(simulator.world)[0]
    rows = [row | {"id": number} for number in range(1, 1001)]
    assert len(json.dumps(rows)) > 3 * MEBIBYTE // 2
    answer = {"page": 1, "itemsPerPage": 1000, "total": 1000, "items": rows}
    simulator.faults.answers["cameras", "list"] = answer

    async with _stalls() as longest:
        shown = await call(hass, "list", "cameras", page=1, items_per_page=1000)
        assert longest() < MOST

    assert len(shown["items"]) == 1000
    assert "enterprises/**REDACTED**/devices/**REDACTED**" in str(shown["items"][999])
