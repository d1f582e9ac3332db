"""Viewers of the client's own sessions count at once, and are matched with their events."""

import asyncio

import aiohttp
import pytest

from custom_components.nestmtx.client import Account
from tests.simulator import Simulator

from .running import Recorder, running

pytestmark = pytest.mark.usefixtures("simulator")

VIEW = "9f6d8c0e-0000-4000-8000-000000000001"


def _viewers(recorder: Recorder) -> int:
    return recorder.state.cameras[1].viewers


async def test_an_own_view_shows_at_once_without_an_event(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder
) -> None:
    async with running(http, account, recorder) as client:
        client.viewers.viewer_came(1, VIEW, asyncio.get_running_loop().time())
        assert _viewers(recorder) == 1

        client.viewers.viewer_went(1, VIEW)
        assert _viewers(recorder) == 0

    assert not recorder.events


async def test_an_own_view_counts_once_until_its_unread_event(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    async with running(http, account, recorder) as client:
        client.viewers.viewer_came(1, VIEW, asyncio.get_running_loop().time())
        diffs = len(recorder.diffs)

        await simulator.fire("camera", "read", 1, {"readerId": VIEW})
        await recorder.until(lambda: len(recorder.events) == 1)
        assert len(recorder.diffs) == diffs
        assert _viewers(recorder) == 1

        await simulator.fire("camera", "unread", 1, {"readerId": VIEW})
        await recorder.until(lambda: _viewers(recorder) == 0)


async def test_the_end_of_the_stream_removes_a_view_with_lost_events(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    async with running(http, account, recorder) as client:
        client.viewers.viewer_came(1, VIEW, asyncio.get_running_loop().time())

        await simulator.fire("camera", "notReady", 1)

        await recorder.until(lambda: _viewers(recorder) == 0)


async def test_a_late_event_does_not_restore_an_ended_view(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    async with running(http, account, recorder) as client:
        client.viewers.viewer_came(1, VIEW, asyncio.get_running_loop().time())
        client.viewers.viewer_went(1, VIEW)

        await simulator.fire("camera", "read", 1, {"readerId": VIEW})
        await recorder.until(lambda: len(recorder.events) == 1)

        assert _viewers(recorder) == 0


@pytest.mark.parametrize(("camera_id", "reader_id"), [(1, ""), (4711, VIEW)])
async def test_a_session_without_an_id_or_a_camera_is_not_counted(
    http: aiohttp.ClientSession,
    account: Account,
    recorder: Recorder,
    camera_id: int,
    reader_id: str,
) -> None:
    async with running(http, account, recorder) as client:
        diffs = len(recorder.diffs)

        client.viewers.viewer_came(camera_id, reader_id, 0.0)
        client.viewers.viewer_went(camera_id, reader_id)

        assert len(recorder.diffs) == diffs


async def test_another_home_assistants_hold_is_not_a_viewer_and_not_reported(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    async with running(http, account, recorder):
        for event in ("read", "unread"):
            await simulator.fire("camera", event, 1, {"readerId": "a", "query": "ha%3Dother"})
        await simulator.fire("camera", "extended", 1)
        await recorder.until(lambda: bool(recorder.events))

    assert [event.type for event in recorder.events] == ["extended"]
