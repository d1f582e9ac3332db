"""A plain client for tests of the simulator itself, which records all messages."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, Self

import socketio

from .devices import Json
from .server import Simulator

PATIENCE: Final = 20.0
"""Timeout in seconds for things that happen soon, on a busy machine."""

type Frames = list[tuple[str, list[Any]]]
"""Event names and their arguments."""


@asynccontextmanager
async def running(simulator: Simulator) -> AsyncIterator[Simulator]:
    """Run a simulator on free ports within the context."""
    await simulator.start()
    try:
        yield simulator
    finally:
        await simulator.stop()


def token_of(simulator: Simulator) -> str:
    """Return a token of the first user."""
    return simulator.world.issue_token(simulator.world.users[1])


class Probe:
    """A socket and its messages; as a context manager, it is closed at the end."""

    def __init__(self) -> None:
        self.frames: Frames = []
        self.refusal: Any = None
        self.sio = socketio.AsyncClient(reconnection=False, handle_sigint=False)
        self.sio.on("*", lambda event, *args: self.frames.append((event, list(args))))
        self.sio.on("connect_error", self._refused)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.sio.disconnect()
        # Tasks left by the library end in the next iteration of the loop.
        await asyncio.sleep(0)

    def _refused(self, reason: Any) -> None:
        self.refusal = reason

    async def connect(self, simulator: Simulator, **options: Any) -> Self:
        """Connect, with the options of python-socketio, and `query`: a token in the URL."""
        suffix = f"?token={options.pop('query')}" if "query" in options else ""
        await self.sio.connect(simulator.url + suffix, transports=["websocket"], **options)
        return self

    async def exchange(self, request: Any) -> Frames:
        """Send a recorded request; return the messages received, except log lines."""
        self.frames.clear()
        await self.sio.emit("request", request)
        await until(lambda: self.without_logs)
        return self.without_logs

    @property
    def without_logs(self) -> Frames:
        """Return events and answers."""
        return [frame for frame in self.frames if frame[0] != "log"]

    @property
    def logs(self) -> list[Json]:
        """Return log lines."""
        return [args[0] for event, args in self.frames if event == "log"]

    def events(self, prefix: str = "camera:") -> list[str]:
        """Return the topics of a domain's events, each event once."""
        names = [event for event, _ in self.frames]
        return [name for name in names if name.startswith(prefix) and not name.endswith("*")]


async def until(reached: Callable[[], Any]) -> None:
    """Wait until a condition is true. Raises TimeoutError after PATIENCE."""
    async with asyncio.timeout(PATIENCE):
        while not reached():
            await asyncio.sleep(0.005)
