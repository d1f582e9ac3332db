"""A running session, and a listener that records its calls."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp

from custom_components.nestmtx.client import (
    Account,
    Diff,
    Event,
    LogLine,
    NestMTXClient,
    ServerState,
    SessionState,
    Timings,
)
from tests.conftest import TIMINGS
from tests.simulator.probe import PATIENCE


@dataclass
class Recorder:
    """A listener that records its calls."""

    state: ServerState = field(default_factory=ServerState)
    session_states: list[SessionState] = field(default_factory=list)
    diffs: list[Diff] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    lines: list[LogLine] = field(default_factory=list)
    resyncs: int = 0
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    def on_session(self, session_state: SessionState) -> None:
        """Record the session's state."""
        self.session_states.append(session_state)
        self.heard.set()

    def on_state(self, state: ServerState, diff: Diff) -> None:
        """Record the server's state, and its differences."""
        self.state = state
        self.diffs.append(diff)
        self.heard.set()

    def on_event(self, event: Event) -> None:
        """Record the event."""
        self.events.append(event)
        self.heard.set()

    def on_log(self, line: LogLine) -> None:
        """Record the line of the log."""
        self.lines.append(line)
        self.heard.set()

    def on_resync(self) -> None:
        """Count the complete lists."""
        self.resyncs += 1
        self.heard.set()

    def on_login_refused(self) -> None:
        """Record that a login was refused."""
        self.logins.append("refused")
        self.heard.set()

    def on_login_accepted(self) -> None:
        """Record that a login works again."""
        self.logins.append("accepted")
        self.heard.set()

    def on_token(self, token: str) -> None:
        """Record the token."""
        self.tokens.append(token)

    async def until(self, condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
        """Wait until a condition on the recorded calls holds."""
        async with asyncio.timeout(seconds):
            while not condition():
                self.heard.clear()
                await self.heard.wait()

    @property
    def ready(self) -> bool:
        """Whether the session is ready."""
        return bool(self.session_states) and self.session_states[-1] is SessionState.READY


@asynccontextmanager
async def running(
    http: aiohttp.ClientSession,
    account: Account,
    recorder: Recorder,
    timings: Timings = TIMINGS,
) -> AsyncGenerator[NestMTXClient]:
    """Run a session in the background."""
    client = NestMTXClient(http, account, recorder, timings)
    await client.start()
    task = asyncio.create_task(client.run())
    try:
        yield client
    finally:
        task.cancel()
        await asyncio.wait([task])
        await client.stop()
