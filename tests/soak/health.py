"""Whether a process keeps well: the memory it holds, the errors it logs, the tasks it leaves."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
import gc
import logging
import tracemalloc
from typing import override

_SHOWN = 10
_OF_THE_MACHINE = {"homeassistant.components.camera.img_util"}
"""Who complains of a library that this machine does not have, and gets along without it."""


class Complaints(logging.Handler):
    """Keeps what is logged as an error, by whomever."""

    def __init__(self) -> None:
        """Nothing was complained of yet."""
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    @override
    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line, with the exception that led to it."""
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
    """What Python has allocated, in MiB, once warm and later on; nothing where nobody traces."""

    def __init__(self) -> None:
        """Nothing was measured yet."""
        self.first: float | None = None
        self.last: float | None = None
        self._first_snapshot: tracemalloc.Snapshot | None = None

    def measure(self) -> None:
        """Take a measurement; the first one is what the others are compared with."""
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
        """By how many MiB it has grown."""
        return 0.0 if self.first is None or self.last is None else self.last - self.first

    def where(self) -> list[str]:
        """Return the lines of code that hold most of what has come since."""
        if self._first_snapshot is None:
            return []
        now = tracemalloc.take_snapshot()
        return [str(each) for each in now.compare_to(self._first_snapshot, "lineno")[:_SHOWN]]


def left_behind() -> list[str]:
    """Return the tasks that still run beside the current one."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    return [str(task) for task in tasks]
