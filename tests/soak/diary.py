"""What was done to the server, to tell when something is wrong."""

from collections import Counter, deque
from dataclasses import dataclass, field
import time


@dataclass
class Diary:
    """Counts everything by its kind, and remembers the last of it."""

    changes: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    began: float = field(default_factory=time.monotonic)
    _recent: deque[str] = field(default_factory=lambda: deque(maxlen=40))

    @property
    def seconds(self) -> float:
        """How long ago the diary was begun."""
        return time.monotonic() - self.began

    @property
    def recent(self) -> tuple[str, ...]:
        """The last changes and faults, the newest at the end."""
        return tuple(self._recent)

    def change(self, kind: str, detail: object = "") -> None:
        """A change of the truth, or an event without one, begins."""
        self.changes[kind] += 1
        self._note(kind, detail)

    def fault(self, kind: str, detail: object = "") -> None:
        """A fault begins."""
        self.faults[kind] += 1
        self._note(f"FAULT {kind}", detail)

    def over(self, kind: str) -> None:
        """A fault is over."""
        self._note(f"FAULT {kind}", "is over")

    def quiet(self) -> None:
        """Changes and faults have ended."""
        self._note("quiet", "")

    def _note(self, kind: str, detail: object) -> None:
        self._recent.append(f"{self.seconds:8.2f} s  {kind} {detail}".rstrip())
