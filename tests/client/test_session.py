"""A session's life: connecting, following the server, losing it, and coming back."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import aiohttp
import pytest

from custom_components.nestmtx.client import (
    Account,
    Authorization,
    CannotConnect,
    Changes,
    ConnectionLost,
    Event,
    InvalidAnswer,
    InvalidAuth,
    LogLine,
    RequestError,
    ServerAddress,
    ServerState,
    Session,
    SessionState,
    Timings,
    verify_account,
)
from tests.conftest import TIMINGS
from tests.simulator import Quirks, Simulator, Times


@dataclass
class Recorder:
    """Listens to a session, and keeps what it hears."""

    state: ServerState = field(default_factory=ServerState)
    session_states: list[SessionState] = field(default_factory=list)
    changes: list[Changes] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    lines: list[LogLine] = field(default_factory=list)
    resyncs: int = 0
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    def on_session(self, session_state: SessionState) -> None:
        """Keep the session's state."""
        self.session_states.append(session_state)
        self.heard.set()

    def on_state(self, state: ServerState, changed: Changes) -> None:
        """Keep the server's state, and what changed."""
        self.state = state
        self.changes.append(changed)
        self.heard.set()

    def on_event(self, event: Event) -> None:
        """Keep the event."""
        self.events.append(event)
        self.heard.set()

    def on_log(self, line: LogLine) -> None:
        """Keep the line of the log."""
        self.lines.append(line)
        self.heard.set()

    def on_resync(self) -> None:
        """Count the complete lists."""
        self.resyncs += 1
        self.heard.set()

    def on_token(self, token: str) -> None:
        """Keep the token."""
        self.tokens.append(token)

    async def until(self, condition: Callable[[], bool], seconds: float = 3.0) -> None:
        """Wait until something holds that the session tells."""
        async with asyncio.timeout(seconds):
            while not condition():
                self.heard.clear()
                await self.heard.wait()

    @property
    def ready(self) -> bool:
        """Whether the session is ready."""
        return bool(self.session_states) and self.session_states[-1] is SessionState.READY


@pytest.fixture
async def http(socket_enabled: None) -> AsyncGenerator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def account(address: ServerAddress) -> Account:
    return Account(address, "nestmtx", "nestmtx")


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@asynccontextmanager
async def running(
    http: aiohttp.ClientSession,
    account: Account,
    recorder: Recorder,
    timings: Timings = TIMINGS,
) -> AsyncGenerator[Session]:
    """A session that is started and kept alive."""
    session = Session(http, account, recorder, timings)
    await session.start()
    task = asyncio.create_task(session.run())
    try:
        yield session
    finally:
        task.cancel()
        await asyncio.wait([task])
        await session.stop()


# Connecting


async def test_a_session_starts_with_the_state_of_the_server(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    async with running(http, account, recorder):
        assert set(recorder.state.cameras) == set(simulator.world.cameras)
        assert set(recorder.state.credentials) == set(simulator.world.credentials)
        assert recorder.state.server.version.release == "v1.1.1"
        assert len(recorder.changes) == 1

    assert recorder.session_states == [
        SessionState.CONNECTING,
        SessionState.VERIFYING,
        SessionState.READY,
        SessionState.STOPPED,
    ]


async def test_the_token_of_a_login_is_told(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    async with running(http, account, recorder):
        assert len(recorder.tokens) == 1

    assert simulator.logins == 1


async def test_a_token_that_works_is_used_without_a_login(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    token = await verify_account(http, account, TIMINGS)

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
    session = Session(http, replace(account, password="wrong"), recorder, TIMINGS)

    with pytest.raises(InvalidAuth):
        await session.start()


async def test_fresh_tokens_that_do_not_work_are_invalid_auth_after_two_logins(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    simulator.faults.unauthorized = True
    session = Session(http, account, recorder, TIMINGS)

    with pytest.raises(InvalidAuth):
        await session.start()

    assert simulator.logins == 2
    assert recorder.tokens == []


async def test_a_token_that_ends_before_it_is_used_is_replaced_by_another(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    simulator.faults.delay = 0.1
    session = Session(http, account, recorder, TIMINGS)
    start = asyncio.create_task(session.start())
    await recorder.until(lambda: recorder.session_states[-1:] == ["connecting"])

    simulator.world.revoke_tokens("nestmtx")
    await start

    assert simulator.logins == 2
    assert recorder.ready
    await session.stop()


async def test_a_login_is_not_repeated_when_something_else_fails(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    simulator.faults.answers["credentials", "list"] = {"error": {"message": "SQLITE_BUSY"}}
    session = Session(http, account, recorder, TIMINGS)

    for _ in range(3):
        with pytest.raises(RequestError):
            await session.start()

    assert simulator.logins == len(recorder.tokens) == 1
    assert simulator.connections == 0


async def test_an_answer_that_is_no_list_fails_the_start(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    simulator.faults.answers["cameras", "list"] = "nonsense"
    session = Session(http, account, recorder, TIMINGS)

    with pytest.raises(InvalidAnswer):
        await session.start()

    assert recorder.session_states[-1] is SessionState.STOPPED


async def test_a_session_may_be_started_again_after_it_failed(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    await simulator.kill()
    session = Session(http, account, recorder, TIMINGS)
    with pytest.raises(CannotConnect):
        await session.start()
    await simulator.start()

    await session.start()

    assert recorder.ready
    await session.stop()


async def test_a_server_without_a_version_is_a_server(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    simulator.faults.answers["version", "list"] = {"error": {"message": "spawn ffmpeg ENOENT"}}

    async with running(http, account, recorder):
        assert recorder.ready
        assert recorder.state.server.version.release is None


async def test_a_version_that_takes_too_long_does_not_keep_the_session_from_starting(
    http: aiohttp.ClientSession, recorder: Recorder
) -> None:
    simulator = Simulator(times=replace(Times.fast(), version=10.0))
    await simulator.start()
    account = Account(ServerAddress(simulator.host, simulator.port), "nestmtx", "nestmtx")

    async with running(http, account, recorder, replace(TIMINGS, request_timeout=0.3)):
        assert recorder.ready

    await simulator.stop()


async def test_a_server_by_its_page_is_understood(
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


# Following


async def test_events_reach_the_state(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    async with running(http, account, recorder):
        reader = await simulator.open_reader(1)
        await recorder.until(lambda: recorder.state.cameras[1].watched)
        assert recorder.state.cameras[1].ready

        await simulator.close_reader(1, reader)
        await recorder.until(lambda: not recorder.state.cameras[1].ready)
        assert not recorder.state.cameras[1].watched


async def test_each_event_is_told_once(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    async with running(http, account, recorder) as session:
        recorder.changes.clear()

        await simulator.fire("camera", "ready", entity=1)
        await session.request("list", "health")

        key = recorder.state.cameras[1].key
        assert recorder.changes == [Changes(cameras=frozenset({key}), streaming=True)]
        assert [(event.domain, event.type, event.entity) for event in recorder.events] == [
            ("camera", "ready", 1)
        ]


async def test_events_that_come_before_the_first_lists_are_told_after_them(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    simulator.faults.delay = 0.1
    session = Session(http, account, recorder, TIMINGS)
    start = asyncio.create_task(session.start())
    await recorder.until(lambda: recorder.session_states[-1:] == ["verifying"])

    await simulator.fire("camera", "extended", entity=1, details={"expiresAt": "2027-01-01"})
    assert recorder.events == []
    await start

    assert [event.type for event in recorder.events] == ["extended"]
    assert recorder.state.cameras
    await session.stop()


async def test_an_event_of_a_server_by_the_page_happened_when_it_came(
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


async def test_a_cameras_row_is_read_once_the_lag_is_over(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    timings = replace(TIMINGS, lag=0.3, resync=60.0)
    async with running(http, account, recorder, timings):
        await asyncio.sleep(0.35)
        simulator.requests.clear()

        # The truth does not change: the row corrects what the events made believe.
        for _ in range(3):
            await simulator.fire("camera", "ready", entity=1)
        await recorder.until(lambda: recorder.state.cameras[1].ready)
        await recorder.until(lambda: not recorder.state.cameras[1].ready)

    asked = [(request["command"], request["module"]) for request in simulator.requests]
    assert asked == [("read", "cameras")]


async def test_a_camera_whose_readers_come_all_the_time_is_settled_too(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    timings = replace(TIMINGS, lag=0.3, resync=60.0)
    async with running(http, account, recorder, timings):
        await asyncio.sleep(0.35)
        simulator.requests.clear()

        # The truth does not change: the row corrects what the event made believe.
        await simulator.fire("camera", "ready", entity=1)
        for number in range(12):
            details = {"readerId": f"reader-{number}"}
            await simulator.fire("camera", "read", entity=1, details=details)
            await asyncio.sleep(0.05)

        assert not recorder.state.cameras[1].ready
        assert recorder.state.cameras[1].watched
        assert len(simulator.requests) == 1


async def test_reading_a_camera_that_is_gone_harms_nothing(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    timings = replace(TIMINGS, lag=0.1, resync=60.0)
    async with running(http, account, recorder, timings):
        await simulator.fire("camera", "ready", entity=1)
        await recorder.until(lambda: recorder.state.cameras[1].ready)
        simulator.world.remove_camera(1)
        await asyncio.sleep(0.3)

        assert recorder.ready


async def test_what_no_event_tells_comes_with_the_next_resync(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    async with running(http, account, recorder):
        simulator.world.cameras[1].name = "Porch"
        camera = simulator.world.add_camera(name="Shed", room="Garden", path="shed")

        await recorder.until(lambda: camera.id in recorder.state.cameras)

        assert recorder.state.cameras[1].name == "Porch"
        assert recorder.changes[-1].objects


async def test_credentials_follow_their_events(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    async with running(http, account, recorder):
        await simulator.set_tokens(1, False, "unauthenticated")

        await recorder.until(
            lambda: recorder.state.credentials[1].authorization is Authorization.UNAUTHENTICATED
        )


async def test_the_first_lists_are_checked_once_the_lag_is_over(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    timings = replace(TIMINGS, lag=0.1, resync=60.0)
    async with running(http, account, recorder, timings):
        await recorder.until(lambda: recorder.resyncs == 2)


async def test_an_error_of_one_list_leaves_the_connection_as_it_is(
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


async def test_a_camera_keeps_its_identity_when_a_row_does_not_tell_it(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    async with running(http, account, recorder, replace(TIMINGS, lag=0.1, resync=0.1)):
        key = recorder.state.cameras[1].key
        listed = {"id": 1, "name": "Front"}
        simulator.faults.answers["cameras", "list"] = {"total": 1, "items": [listed]}
        await recorder.until(lambda: recorder.state.cameras[1].name == "Front")

        assert recorder.state.cameras[1].key == key


async def test_a_row_that_is_not_as_it_should_be_costs_that_row_with_one_warning(
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


async def test_more_cameras_than_a_page_holds_are_all_listed(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    for number in range(250):
        simulator.world.add_camera(name=f"Camera {number}", room="Hall", path=f"hall-{number}")

    async with running(http, account, recorder):
        assert set(recorder.state.cameras) == set(simulator.world.cameras)


# Losing and coming back


async def test_a_session_comes_back_after_a_restart_with_the_right_state(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    async with running(http, account, recorder):
        await simulator.set_ready(1, True)
        await recorder.until(lambda: recorder.state.cameras[1].ready)

        await simulator.kill()
        await recorder.until(lambda: not recorder.ready)
        simulator.world.cameras[2].name = "Renamed meanwhile"
        recorder.changes.clear()
        await simulator.start()
        await recorder.until(lambda: recorder.ready)

        assert recorder.state.cameras[2].name == "Renamed meanwhile"
        assert len(recorder.changes) == 1

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
    session = Session(http, account, recorder, TIMINGS)
    await session.start()
    user = next(user for user in simulator.world.users.values() if user.username == "nestmtx")
    user.password = "changed"
    simulator.world.revoke_tokens("nestmtx")
    await simulator.disconnect_all()

    async with asyncio.timeout(3):
        with pytest.raises(InvalidAuth):
            await session.run()

    assert recorder.session_states[-1] is SessionState.STOPPED


async def test_there_are_no_requests_without_a_connection(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder
) -> None:
    session = Session(http, account, recorder, TIMINGS)

    with pytest.raises(ConnectionLost):
        await session.request("list", "health")


async def test_stopping_is_quick_while_the_server_does_not_answer(
    http: aiohttp.ClientSession, account: Account, recorder: Recorder, simulator: Simulator
) -> None:
    async with running(http, account, recorder) as session:
        simulator.faults.silent = True
        started = asyncio.get_running_loop().time()
        await session.stop()

    assert asyncio.get_running_loop().time() - started < 1


# The account of a flow


async def test_verifying_an_account_asks_for_something_that_needs_it(
    http: aiohttp.ClientSession, account: Account, simulator: Simulator
) -> None:
    simulator.faults.unauthorized = True

    with pytest.raises(InvalidAuth):
        await verify_account(http, account, TIMINGS)


# Times


def test_the_default_times_are_as_designed() -> None:
    timings = Timings()

    assert (timings.connect_timeout, timings.request_timeout) == (10, 10)
    assert timings.job_timeout == 300
    assert (timings.lag, timings.resync, timings.grace) == (15, 60, 5)


@pytest.mark.parametrize(
    ("attempt", "down_for", "delay"),
    [(0, 0, 0.5), (1, 0.5, 1), (2, 2, 2), (60, 119, 2), (61, 120, 10), (500, 5000, 10)],
)
def test_retries_are_quick_at_first_and_rare_after_two_minutes(
    attempt: int, down_for: float, delay: float
) -> None:
    assert Timings().retry_delay(attempt, down_for, 0) == delay


def test_retries_are_spread_over_a_fifth_of_their_delay() -> None:
    assert Timings().retry_delay(5, 10, 1) == pytest.approx(1.6)
