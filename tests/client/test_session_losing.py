"""A session loses the server, and reconnects."""

import asyncio
from dataclasses import replace
from itertools import pairwise

import aiohttp
import pytest

from custom_components.nestmtx.client import (
    Account,
    ConnectionLost,
    NestMTXClient,
)
from tests.conftest import TIMINGS
from tests.simulator import Quirks, Simulator
from tests.simulator.probe import PATIENCE

from .running import Recorder, running


async def test_a_session_reconnects_after_a_restart_with_the_right_state(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    async with running(http, account, recorder):
        await simulator.set_ready(1, True)
        await recorder.until(lambda: recorder.state.cameras[1].ready)

        await simulator.kill()
        await recorder.until(lambda: not recorder.ready)
        simulator.world.cameras[2].name = "Renamed meanwhile"
        recorder.diffs.clear()
        await simulator.start()
        await recorder.until(lambda: recorder.ready)

        assert recorder.state.cameras[2].name == "Renamed meanwhile"
        assert len(recorder.diffs) == 1

    assert simulator.logins == 1


async def test_a_session_reconnects_after_the_server_disconnected(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    async with running(http, account, recorder):
        await simulator.disconnect_all()
        await recorder.until(lambda: not recorder.ready)

        await recorder.until(lambda: recorder.ready)


async def test_a_session_reconnects_when_the_server_stops_answering(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    timings = replace(TIMINGS, lag=0.1, request_timeout=0.2)
    async with running(http, account, recorder, timings):
        simulator.faults.silent = True
        await recorder.until(lambda: not recorder.ready)

        simulator.faults.silent = False
        await recorder.until(lambda: recorder.ready)


async def test_a_token_that_expires_meanwhile_is_replaced_by_a_login(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    async with running(http, account, recorder):
        simulator.world.revoke_tokens("nestmtx")
        await simulator.disconnect_all()
        await recorder.until(lambda: not recorder.ready)

        await recorder.until(lambda: recorder.ready)

    assert simulator.logins == 2
    assert len(recorder.tokens) == 2


def _change_the_password(simulator: Simulator, password: str) -> None:
    user = next(user for user in simulator.world.users.values() if user.username == "nestmtx")
    user.password = password


async def test_a_refused_password_is_reported_once_and_retried(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    async with running(http, account, recorder):
        _change_the_password(simulator, "changed")
        simulator.world.revoke_tokens("nestmtx")
        await simulator.disconnect_all()
        await recorder.until(lambda: recorder.logins == ["refused"])
        await asyncio.sleep(3 * TIMINGS.max_login_retry)
        assert recorder.logins == ["refused"] and not recorder.ready

        _change_the_password(simulator, "nestmtx")
        await recorder.until(lambda: recorder.ready)

    assert recorder.logins == ["refused", "accepted"]


async def test_the_delay_after_short_connections_grows(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    timings = replace(TIMINGS, first_retries=(), retry=0.05, lasting=60.0, max_retry=60.0)
    opened: list[float] = []
    async with running(http, account, recorder, timings):
        for _ in range(6):
            await recorder.until(lambda: recorder.ready)
            opened.append(asyncio.get_running_loop().time())
            await simulator.disconnect_all()
            await recorder.until(lambda: not recorder.ready)

    pauses = [after - before for before, after in pairwise(opened)]
    assert pauses[-1] > 4 * pauses[1] and pauses[-1] > 1


@pytest.mark.parametrize("quirks", [Quirks.by_the_page()], ids=["by_the_page"])
async def test_the_delay_after_logins_without_a_session_grows(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    timings = replace(TIMINGS, first_retries=(), retry=0.02, request_timeout=0.1, max_retry=60.0)
    logged_in: list[float] = []
    async with running(http, account, recorder, timings):
        simulator.faults.silent = True
        await simulator.disconnect_all()
        for _ in range(8):
            simulator.world.revoke_tokens("nestmtx")
            logins = simulator.logins
            async with asyncio.timeout(PATIENCE):
                while simulator.logins == logins:
                    await asyncio.sleep(0.01)
            logged_in.append(asyncio.get_running_loop().time())
            # The token is valid when connecting, but no longer when the lists are requested.
            await asyncio.sleep(timings.request_timeout / 2)

    pauses = [after - before for before, after in pairwise(logged_in)]
    assert pauses[-1] > 4 * pauses[1] and pauses[-1] > 1


async def test_a_request_without_a_connection_fails(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder
) -> None:
    client = NestMTXClient(http, account, recorder, TIMINGS)

    with pytest.raises(ConnectionLost):
        await client.request("list", "health")


async def test_a_session_stops_quickly_while_the_server_does_not_answer(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    async with running(http, account, recorder) as client:
        simulator.faults.silent = True
        started = asyncio.get_running_loop().time()
        await client.stop()

    assert asyncio.get_running_loop().time() - started < 1
