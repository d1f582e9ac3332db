"""Figures with their references and goals, and their table."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
import operator
from statistics import median
from typing import Any

from .meter import Pair

_COLUMNS = "{:<58}{:>14}{:>26}{:>8}{:>9}  {}"
_PASSES: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    "<": operator.lt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Goal:
    """The goal of a figure, or of its ratio if it has one."""

    sign: str
    limit: float

    def __str__(self) -> str:
        """Return the goal for the table."""
        return f"{self.sign} {self.limit:g}"

    def is_met_by(self, value: float) -> bool:
        """Return whether a value meets the goal."""
        return _PASSES[self.sign](value, self.limit)


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table."""

    what: str
    ours: float
    unit: str
    reference: float | None = None
    """The reference value, in the same unit."""
    against: str = ""
    """The subject of the reference."""
    ratio: float | None = None
    """The median of the rounds' ratios, not the ratio of the medians."""
    goal: Goal | None = None

    @classmethod
    def compared(
        cls, what: str, pair: Pair, unit: str, against: str, goal: Goal | None = None
    ) -> Figure:
        """Return a line of medians."""
        ours, reference = median(pair.ours), median(pair.reference)
        return cls(what, ours, unit, reference, against, pair.ratio, goal)

    @property
    def verdict(self) -> str:
        """Whether the goal is met, if there is one."""
        if self.goal is None:
            return "info"
        value = self.ours if self.ratio is None else self.ratio
        return "met" if self.goal.is_met_by(value) else "missed"

    def line(self) -> str:
        """Return the line of the table."""
        reference = ""
        if self.reference is not None:
            reference = f"{self.against} {_number(self.reference)} {self.unit}"
        return _COLUMNS.format(
            self.what,
            f"{_number(self.ours)} {self.unit}",
            reference,
            "" if self.ratio is None else f"{self.ratio:.2f}",
            str(self.goal or ""),
            self.verdict,
        )

    def as_json(self) -> dict[str, Any]:
        """Return all values for a file."""
        goal = None if self.goal is None else str(self.goal)
        return asdict(self) | {"goal": goal, "verdict": self.verdict}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line of the table that was not measured."""

    what: str
    why: str

    def line(self) -> str:
        """Return the line of the table."""
        return f"{self.what:<52}left out: {self.why}"

    def as_json(self) -> dict[str, Any]:
        """Return all values for a file."""
        return asdict(self) | {"verdict": "left out"}


type Line = Figure | LeftOut


def head() -> str:
    """The names of the columns."""
    return _COLUMNS.format("what", "ours", "reference", "ratio", "goal", "verdict")


def _number(value: float) -> str:
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
