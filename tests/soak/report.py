"""The report of a soak."""

from collections import Counter
from dataclasses import dataclass, field

from tests.expected import Difference

from .diary import Diary
from .health import Complaints, Memory

MEMORY_BOUND = 1.0
"""MiB that may be added after the warm-up: lists and caches of limited size that are still filled,
such as the last readers of each camera."""


@dataclass
class Report:
    """The findings of one soak."""

    seed: int
    diary: Diary = field(default_factory=Diary)
    memory: Memory = field(default_factory=Memory)
    quiet_points: int = 0
    comparisons: int = 0
    differences: list[Difference] = field(default_factory=list)
    complaints: Complaints = field(default_factory=Complaints)
    left_behind: list[str] = field(default_factory=list)
    """Tasks that still ran after the end."""

    @property
    def is_flat(self) -> bool:
        """Whether the memory has not grown, or was not measured."""
        return self.memory.growth <= MEMORY_BOUND

    @property
    def passed(self) -> bool:
        """Whether there are no findings."""
        wrong = self.differences or self.complaints.lines or self.left_behind
        return self.is_flat and self.quiet_points > 0 and not wrong

    def lines(self) -> list[str]:
        """Return the summary."""
        diary = self.diary
        return [
            f"seed {self.seed}, {diary.seconds:.0f} s, {self.quiet_points} quiet points",
            f"{diary.changes.total()} changes: {_counted(diary.changes)}",
            f"{diary.faults.total()} faults: {_counted(diary.faults)}",
            f"{self.comparisons} comparisons, {len(self.differences)} differences",
            f"{len(self.complaints.lines)} errors logged",
            f"{len(self.left_behind)} tasks left behind",
            *(f"logged: {line}" for line in self.complaints.lines),
            *(f"left behind: {line}" for line in self.left_behind),
            *self._memory_lines(),
            "passed" if self.passed else f"FAILED; again with --seed {self.seed}",
        ]

    def _memory_lines(self) -> list[str]:
        memory = self.memory
        if memory.first is None or memory.last is None:
            return []
        verdict = "flat" if self.is_flat else "NOT FLAT"
        line = (
            f"memory {memory.first:.2f} MiB when warm, {memory.last:.2f} MiB at the end: "
            f"{memory.growth:+.2f} MiB, {MEMORY_BOUND:g} MiB allowed: {verdict}"
        )
        return [line, *([] if self.is_flat else memory.where())]


def _counted(counter: Counter[str]) -> str:
    return ", ".join(f"{kind} {count}" for kind, count in counter.most_common())
