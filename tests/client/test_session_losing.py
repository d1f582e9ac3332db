"""A session loses the server, and comes back."""

import asyncio
from dataclasses import replace

import aiohttp
import pytest

from custom_components.nestmtx.client import (
    Account,
    ConnectionLost,
    InvalidAuth,
    NestMTXClient,
    SessionState,
)
from tests.conftest import TIMINGS
from tests.simulator import Simulator
from tests.simulator.probe import PATIENCE

from .running import Recorder, running


async def test_a_session_comes_back_after_a_restart_with_the_right_state(
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


async def test_a_session_comes_back_after_the_server_hung_up(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    async with running(http, account, recorder):
        await simulator.disconnect_all()
        await recorder.until(lambda: not recorder.ready)

        await recorder.until(lambda: recorder.ready)


async def test_a_server_that_does_not_answer_any_more_is_left_and_joined_again(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    timings = replace(TIMINGS, lag=0.1, request_timeout=0.2)
    async with running(http, account, recorder, timings):
        simulator.faults.silent = True
        await recorder.until(lambda: not recorder.ready)

        simulator.faults.silent = False
        await recorder.until(lambda: recorder.ready)


async def test_a_token_that_ends_meanwhile_is_replaced_by_a_login(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    async with running(http, account, recorder):
        simulator.world.revoke_tokens("nestmtx")
        await simulator.disconnect_all()
        await recorder.until(lambda: not recorder.ready)

        await recorder.until(lambda: recorder.ready)

    assert simulator.logins == 2
    assert len(recorder.tokens) == 2


async def test_a_password_that_does_not_work_any_more_ends_the_session(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    client = NestMTXClient(http, account, recorder, TIMINGS)
    await client.start()
    user = next(user for user in simulator.world.users.values() if user.username == "nestmtx")
    user.password = "changed"
    simulator.world.revoke_tokens("nestmtx")
    await simulator.disconnect_all()

    async with asyncio.timeout(PATIENCE):
        with pytest.raises(InvalidAuth):
            await client.run()

    assert recorder.session_states[-1] is SessionState.STOPPED


async def test_there_are_no_requests_without_a_connection(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder
) -> None:
    client = NestMTXClient(http, account, recorder, TIMINGS)

    with pytest.raises(ConnectionLost):
        await client.request("list", "health")


async def test_stopping_is_quick_while_the_server_does_not_answer(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    async with running(http, account, recorder) as client:
        simulator.faults.silent = True
        started = asyncio.get_running_loop().time()
        await client.stop()

    assert asyncio.get_running_loop().time() - started < 1
