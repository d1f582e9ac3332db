"""Start, watch and end one child process, with all processes that it has started."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
import os
from pathlib import Path
import signal
from typing import Literal

from .failure import Failure
from .options import ROOT

LAST_LINES = 20
# Seconds: Home Assistant takes two to write its database and close connections.
STOP_TIMEOUT = 5.0


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command to run from the repository's folder."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    # The exit code by which the program requests a restart.
    restart_code: int | None = None


@asynccontextmanager
async def running(command: Command, log: Path) -> AsyncIterator[None]:
    """Run a command during the context.

    If the process ends on its own, the context is cancelled and raises Failure.
    """
    child = Child(command, log, await start(command, log, "wb"))
    try:
        async with asyncio.TaskGroup() as group:
            watcher = group.create_task(child.watch())
            yield
            watcher.cancel()
    finally:
        await child.stop()


class Child:
    """A running process, in a process group of its own."""

    def __init__(self, command: Command, log: Path, process: asyncio.subprocess.Process) -> None:
        """Take ownership of a started process."""
        self._command = command
        self._log = log
        self._process = process

    async def watch(self) -> None:
        """Wait for the process to end. Raises Failure if it was not stopped."""
        while (code := await self._process.wait()) == self._command.restart_code:
            self._process = await start(self._command, self._log, "ab")
        raise Failure(
            f"{self._command.name} ended by itself (exit code {code}). The end of {self._log}:\n"
            + last_lines(self._log.read_text(errors="replace"))
        )

    async def stop(self) -> None:
        """End the process, then the rest of its process group."""
        try:
            if self._process.returncode is None:
                self._signal_group(signal.SIGTERM)
                with suppress(TimeoutError):
                    async with asyncio.timeout(STOP_TIMEOUT):
                        await self._process.wait()
        finally:
            self._signal_group(signal.SIGKILL)
        await self._process.wait()

    def _signal_group(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)


async def start(
    command: Command, log: Path, mode: Literal["wb", "ab"]
) -> asyncio.subprocess.Process:
    """Start a process that writes or appends to a log."""
    with log.open(mode) as output:
        return await asyncio.create_subprocess_exec(
            *command.arguments,
            cwd=ROOT,
            env={**os.environ, **command.environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
            # Ctrl-C in the terminal must reach only this program, which then ends its children.
            start_new_session=True,
        )


def last_lines(text: str) -> str:
    """Return the end of a log."""
    return "\n".join(text.splitlines()[-LAST_LINES:])
