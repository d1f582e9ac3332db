"""The health of a process: its memory, logged errors, and left-over tasks."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
import gc
import logging
import tracemalloc
from typing import override

_SHOWN = 10
_OF_THE_MACHINE = {"homeassistant.components.camera.img_util"}
"""Loggers that report a library missing on this machine, which isn't needed."""


class Complaints(logging.Handler):
    """Keeps all logged errors."""

    def __init__(self) -> None:
        """Start without errors."""
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    @override
    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line, with its exception."""
        if record.name in _OF_THE_MACHINE:
            return
        self.lines.append(f"{record.name}: {self.format(record)}")

    @contextmanager
    def heard(self) -> Generator[None]:
        """Listen to all loggers."""
        logging.getLogger().addHandler(self)
        try:
            yield
        finally:
            logging.getLogger().removeHandler(self)


class Memory:
    """Python's allocated memory in MiB, after the warm-up and later; empty without tracemalloc."""

    def __init__(self) -> None:
        """Start without measurements."""
        self.first: float | None = None
        self.last: float | None = None
        self._first_snapshot: tracemalloc.Snapshot | None = None

    def measure(self) -> None:
        """Take a measurement; the others are compared with the first one."""
        if not tracemalloc.is_tracing():
            return
        gc.collect()
        self.last = tracemalloc.get_traced_memory()[0] / 2**20
        if self.first is None:
            self._first_snapshot = tracemalloc.take_snapshot()
            gc.collect()
            self.first = self.last

    @property
    def growth(self) -> float:
        """The growth in MiB."""
        return 0.0 if self.first is None or self.last is None else self.last - self.first

    def where(self) -> list[str]:
        """Return the lines of code with most of the memory allocated since."""
        if self._first_snapshot is None:
            return []
        now = tracemalloc.take_snapshot()
        return [str(each) for each in now.compare_to(self._first_snapshot, "lineno")[:_SHOWN]]


def left_behind() -> list[str]:
    """Return the tasks that still run, except the current one."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    return [str(task) for task in tasks]
