"""The changes and faults of a soak, to report on a difference."""

from collections import Counter, deque
from dataclasses import dataclass, field
import time


@dataclass
class Diary:
    """Counts changes and faults by kind, and keeps the last ones."""

    changes: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    began: float = field(default_factory=time.monotonic)
    _recent: deque[str] = field(default_factory=lambda: deque(maxlen=40))

    @property
    def seconds(self) -> float:
        """The seconds since the diary was started."""
        return time.monotonic() - self.began

    @property
    def recent(self) -> tuple[str, ...]:
        """The last changes and faults, newest last."""
        return tuple(self._recent)

    def change(self, kind: str, detail: object = "") -> None:
        """Note the start of a change of the truth, or of an event without one."""
        self.changes[kind] += 1
        self._note(kind, detail)

    def fault(self, kind: str, detail: object = "") -> None:
        """Note the start of a fault."""
        self.faults[kind] += 1
        self._note(f"FAULT {kind}", detail)

    def over(self, kind: str) -> None:
        """Note the end of a fault."""
        self._note(f"FAULT {kind}", "is over")

    def quiet(self) -> None:
        """Note the end of changes and faults."""
        self._note("quiet", "")

    def _note(self, kind: str, detail: object) -> None:
        self._recent.append(f"{self.seconds:8.2f} s  {kind} {detail}".rstrip())
