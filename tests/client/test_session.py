"""A session connects, and starts with the server's state."""

import asyncio
from dataclasses import replace

import aiohttp
import pytest

from custom_components.nestmtx.client import (
    Account,
    CannotConnect,
    InvalidAnswer,
    InvalidAuth,
    NestMTXClient,
    RequestError,
    ServerAddress,
    SessionState,
    verify_account,
)
from tests.conftest import TIMINGS
from tests.simulator import Quirks, Simulator, Times

from .running import Recorder, running


async def test_a_session_starts_with_the_state_of_the_server(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    async with running(http, account, recorder):
        assert set(recorder.state.cameras) == set(simulator.world.cameras)
        assert set(recorder.state.credentials) == set(simulator.world.credentials)
        assert recorder.state.server.version.release == "v1.1.1"
        assert len(recorder.diffs) == 1

    assert recorder.session_states == [
        SessionState.CONNECTING,
        SessionState.VERIFYING,
        SessionState.READY,
        SessionState.STOPPED,
    ]


async def test_the_token_of_a_login_is_reported(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    async with running(http, account, recorder):
        assert len(recorder.tokens) == 1

    assert simulator.logins == 1


async def test_a_token_that_works_is_used_without_a_login(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    token = (await verify_account(http, account, TIMINGS)).token

    async with running(http, replace(account, token=token), recorder):
        assert recorder.ready

    assert simulator.logins == 1
    assert recorder.tokens == []


async def test_a_token_that_stopped_working_is_replaced_by_a_login(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    async with running(http, replace(account, token="oat_old"), recorder):
        assert recorder.ready

    assert simulator.logins == 1
    assert len(recorder.tokens) == 1


async def test_a_wrong_password_is_invalid_auth(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder
) -> None:
    client = NestMTXClient(http, replace(account, password="wrong"), recorder, TIMINGS)

    with pytest.raises(InvalidAuth):
        await client.start()


async def test_fresh_tokens_that_do_not_work_are_invalid_auth_after_two_logins(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    simulator.faults.unauthorized = True
    client = NestMTXClient(http, account, recorder, TIMINGS)

    with pytest.raises(InvalidAuth):
        await client.start()

    assert simulator.logins == 2
    assert recorder.tokens == []


async def test_a_token_that_expires_before_its_use_is_replaced(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    simulator.faults.delay = 0.1
    client = NestMTXClient(http, account, recorder, TIMINGS)
    start = asyncio.create_task(client.start())
    await recorder.until(lambda: recorder.session_states[-1:] == ["connecting"])

    simulator.world.revoke_tokens("nestmtx")
    await start

    assert simulator.logins == 2
    assert recorder.ready
    await client.stop()


async def test_a_login_is_not_repeated_when_something_else_fails(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    simulator.faults.answers["credentials", "list"] = {"error": {"message": "SQLITE_BUSY"}}
    client = NestMTXClient(http, account, recorder, TIMINGS)

    for _ in range(3):
        with pytest.raises(RequestError):
            await client.start()

    assert simulator.logins == len(recorder.tokens) == 1
    assert simulator.connections == 0


async def test_an_answer_that_is_not_a_list_fails_the_start(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    simulator.faults.answers["cameras", "list"] = "nonsense"
    client = NestMTXClient(http, account, recorder, TIMINGS)

    with pytest.raises(InvalidAnswer):
        await client.start()

    assert recorder.session_states[-1] is SessionState.STOPPED


async def test_a_session_may_be_started_again_after_it_failed(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    await simulator.kill()
    client = NestMTXClient(http, account, recorder, TIMINGS)
    with pytest.raises(CannotConnect):
        await client.start()
    await simulator.start()

    await client.start()

    assert recorder.ready
    await client.stop()


async def test_a_server_without_a_version_is_accepted(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    simulator.faults.answers["version", "list"] = {"error": {"message": "spawn ffmpeg ENOENT"}}

    async with running(http, account, recorder):
        assert recorder.ready
        assert recorder.state.server.version.release is None


async def test_a_late_version_does_not_prevent_the_session_from_starting(
    http: aiohttp.ClientSession, recorder: Recorder
) -> None:
    simulator = Simulator(times=replace(Times.fast(), version=10.0))
    await simulator.start()
    account = Account(ServerAddress(simulator.host, simulator.port), "nestmtx", "nestmtx")

    async with running(http, account, recorder, replace(TIMINGS, request_timeout=0.3)):
        assert recorder.ready

    await simulator.stop()


async def test_a_server_as_documented_is_supported(
    http: aiohttp.ClientSession, recorder: Recorder
) -> None:
    simulator = Simulator(quirks=Quirks.by_the_page(), times=Times.fast())
    await simulator.start()
    account = Account(ServerAddress(simulator.host, simulator.port), "nestmtx", "nestmtx", "junk")

    async with running(http, account, recorder):
        await simulator.set_ready(1, True)
        await recorder.until(lambda: recorder.state.cameras[1].ready)

    assert len(recorder.tokens) == 1
    await simulator.stop()


async def test_the_account_does_not_show_its_secrets(account: Account) -> None:
    text = repr(replace(account, username="ha", password="s3cret", token="oat_x"))

    assert "s3cret" not in text
    assert "oat_x" not in text


async def test_verifying_an_account_sends_an_authenticated_request(
    http: aiohttp.ClientSession, account: Account, simulator: Simulator
) -> None:
    simulator.faults.unauthorized = True

    with pytest.raises(InvalidAuth):
        await verify_account(http, account, TIMINGS)
