"""One child process: started, watched and ended here, with everything that it started."""

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
# Home Assistant writes its database and closes connections, which takes it two seconds.
STOP_TIMEOUT = 5.0


@dataclass(frozen=True, kw_only=True)
class Command:
    """What to run, from the repository's folder."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    # The exit code with which the program asks to be started again.
    restart_code: int | None = None


@asynccontextmanager
async def running(command: Command, log: Path) -> AsyncIterator[None]:
    """Run a command for as long as the context lasts.

    The context is cancelled, and fails, when the process ends by itself.
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
        """Own a process that was started."""
        self._command = command
        self._log = log
        self._process = process

    async def watch(self) -> None:
        """Wait, and fail when the process ends although nobody asked it to."""
        while (code := await self._process.wait()) == self._command.restart_code:
            self._process = await start(self._command, self._log, "ab")
        raise Failure(
            f"{self._command.name} ended by itself (exit code {code}). The end of {self._log}:\n"
            + last_lines(self._log.read_text(errors="replace"))
        )

    async def stop(self) -> None:
        """End the process, then whatever is left of its group."""
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
    """Start a process that writes a log, or goes on with one."""
    with log.open(mode) as output:
        return await asyncio.create_subprocess_exec(
            *command.arguments,
            cwd=ROOT,
            env={**os.environ, **command.environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
            # The terminal's Ctrl-C must reach this program only, which then ends its children.
            start_new_session=True,
        )


def last_lines(text: str) -> str:
    """Take the end of a log."""
    return "\n".join(text.splitlines()[-LAST_LINES:])
