"""A session follows the server's events and lists."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import aiohttp
import pytest

from custom_components.nestmtx.client import (
    STREAMING,
    Account,
    Authorization,
    Diff,
    NestMTXClient,
    ServerAddress,
    SessionState,
)
from tests.conftest import TIMINGS
from tests.simulator import Quirks, Simulator, Times

from .running import Recorder, running


async def test_events_are_applied_to_the_state(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    async with running(http, account, recorder):
        reader = await simulator.open_reader(1)
        await recorder.until(lambda: recorder.state.cameras[1].watched)
        assert recorder.state.cameras[1].ready

        await simulator.close_reader(1, reader)
        await recorder.until(lambda: not recorder.state.cameras[1].ready)
        assert not recorder.state.cameras[1].watched


async def test_each_event_is_reported_once(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    async with running(http, account, recorder) as client:
        recorder.diffs.clear()

        await simulator.fire("camera", "ready", entity=1)
        await client.request("list", "health")

        camera = recorder.state.cameras[1]
        changed = frozenset({"ready", "ready_since", "requested", "status"})
        assert recorder.diffs == [Diff({camera.key: changed}, server=frozenset({STREAMING}))]
        assert [(event.domain, event.type, event.entity) for event in recorder.events] == [
            ("camera", "ready", 1)
        ]


async def test_events_before_the_first_lists_are_reported_after_them(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    simulator.faults.delay = 0.1
    client = NestMTXClient(http, account, recorder, TIMINGS)
    start = asyncio.create_task(client.start())
    await recorder.until(lambda: recorder.session_states[-1:] == ["verifying"])

    await simulator.fire("camera", "extended", entity=1, details={"expiresAt": "2027-01-01"})
    assert recorder.events == []
    await start

    assert [event.type for event in recorder.events] == ["extended"]
    assert recorder.state.cameras
    await client.stop()


async def test_an_event_without_a_time_gets_the_time_of_its_arrival(
    http: aiohttp.ClientSession, recorder: Recorder, socket_enabled: None
) -> None:
    simulator = Simulator(quirks=Quirks.by_the_page(), times=Times.fast())
    await simulator.start()
    account = Account(ServerAddress(simulator.host, simulator.port), "nestmtx", "nestmtx")
    async with running(http, account, recorder):
        before = datetime.now(UTC)
        await simulator.fire("camera", "ready", entity=1)
        await recorder.until(lambda: bool(recorder.events))

        assert recorder.events[0].at is not None
        assert before <= recorder.events[0].at <= datetime.now(UTC)
    await simulator.stop()


async def test_a_cameras_row_is_read_after_the_lag(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    timings = replace(TIMINGS, lag=0.3, resync=60.0)
    async with running(http, account, recorder, timings):
        await asyncio.sleep(0.35)
        simulator.requests.clear()

        # The camera does not change: its row corrects the wrong events.
        for _ in range(3):
            await simulator.fire("camera", "ready", entity=1)
        await recorder.until(lambda: recorder.state.cameras[1].ready)
        await recorder.until(lambda: not recorder.state.cameras[1].ready)

    asked = [(request["command"], request["module"]) for request in simulator.requests]
    assert asked == [("read", "cameras")]


async def test_a_camera_whose_readers_change_all_the_time_is_settled_too(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    timings = replace(TIMINGS, lag=0.3, resync=60.0)
    async with running(http, account, recorder, timings):
        await asyncio.sleep(0.35)
        simulator.requests.clear()

        # The camera does not change: its row corrects the wrong event.
        await simulator.fire("camera", "ready", entity=1)
        for number in range(12):
            details = {"readerId": f"reader-{number}"}
            await simulator.fire("camera", "read", entity=1, details=details)
            await asyncio.sleep(0.05)

        assert not recorder.state.cameras[1].ready
        assert recorder.state.cameras[1].watched
        assert len(simulator.requests) == 1


async def test_reading_a_removed_camera_is_ignored(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    timings = replace(TIMINGS, lag=0.1, resync=60.0)
    async with running(http, account, recorder, timings):
        await simulator.fire("camera", "ready", entity=1)
        await recorder.until(lambda: recorder.state.cameras[1].ready)
        simulator.world.remove_camera(1)
        await asyncio.sleep(0.3)

        assert recorder.ready


async def test_a_change_without_an_event_is_found_by_the_next_resync(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    async with running(http, account, recorder):
        simulator.world.cameras[1].name = "Porch"
        camera = simulator.world.add_camera(name="Shed", room="Garden", path="shed")

        await recorder.until(lambda: camera.id in recorder.state.cameras)

        assert recorder.state.cameras[1].name == "Porch"
        assert recorder.diffs[-1].devices


async def test_credentials_follow_their_events(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    async with running(http, account, recorder):
        await simulator.set_tokens(1, False, "unauthenticated")

        await recorder.until(
            lambda: recorder.state.credentials[1].authorization is Authorization.UNAUTHENTICATED
        )


async def test_the_first_lists_are_checked_after_the_lag(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    timings = replace(TIMINGS, lag=0.1, resync=60.0)
    async with running(http, account, recorder, timings):
        await recorder.until(lambda: recorder.resyncs == 2)


async def test_an_error_of_one_list_keeps_the_connection(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    timings = replace(TIMINGS, lag=0.1, resync=0.1)
    async with running(http, account, recorder, timings):
        simulator.faults.answers["credentials", "list"] = {"error": {"message": "SQLITE_BUSY"}}
        resyncs = recorder.resyncs
        await asyncio.sleep(0.5)
        assert recorder.ready
        assert recorder.resyncs <= resyncs + 1

        simulator.faults.answers.clear()
        await recorder.until(lambda: recorder.resyncs > resyncs + 1)

    assert recorder.session_states.count(SessionState.CONNECTING) == 1


async def test_a_camera_keeps_its_identity_when_a_row_lacks_it(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    async with running(http, account, recorder, replace(TIMINGS, lag=0.1, resync=0.1)):
        key = recorder.state.cameras[1].key
        listed = {"id": 1, "name": "Front"}
        simulator.faults.answers["cameras", "list"] = {"total": 1, "items": [listed]}
        await recorder.until(lambda: recorder.state.cameras[1].name == "Front")

        assert recorder.state.cameras[1].key == key


async def test_an_invalid_row_is_ignored_with_one_warning(
    http: aiohttp.ClientSession,
    account: Account,
    recorder: Recorder,
    simulator: Simulator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    rows = [{"id": 1, "name": "Front"}, {"name": "no id"}]
    simulator.faults.answers["cameras", "list"] = {"total": 2, "items": rows}
    timings = replace(TIMINGS, lag=0.1, resync=0.1)

    async with running(http, account, recorder, timings):
        await asyncio.sleep(0.4)
        assert set(recorder.state.cameras) == {1}

    warnings = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert len(warnings) == 2
    assert "unexpected fields" in warnings[0]
    assert "without an id" in warnings[1]


async def test_cameras_on_several_pages_are_all_listed(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    for number in range(250):
        simulator.world.add_camera(name=f"Camera {number}", room="Hall", path=f"hall-{number}")

    async with running(http, account, recorder):
        assert set(recorder.state.cameras) == set(simulator.world.cameras)


async def test_a_change_during_a_resync_is_found_by_another_one(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    timings = replace(TIMINGS, resync=60.0, lag=60.0)

    def lists(module: str) -> int:
        return sum(request["module"] == module for request in simulator.requests)

    async with running(http, account, recorder, timings) as client:
        simulator.faults.delay = 0.2
        before = lists("credentials")
        job = asyncio.create_task(client.server.run_cron_job("PersistCameraJob"))
        while lists("credentials") == before:
            await asyncio.sleep(0.01)

        # The cameras have been listed, and the credentials are being listed.
        simulator.faults.delay = 0.0
        camera = simulator.world.add_camera(name="Late")
        await client.server.run_cron_job("SyncCloudCamerasJob")

        await recorder.until(lambda: camera.id in recorder.state.cameras)
        await job
