"""Shown and actual viewers agree for any sequence of readers, lost events, and lists.

A model of a camera is read by viewers, by views and holds of this client, and by holds of another
one. Its `ready` and `read` events get lost, all events arrive in any order, and its rows lag. A
client follows with the pure functions, as `StateSync` does, in simulated time.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
import heapq
from itertools import count
from typing import Any

from hypothesis import example, given, settings, strategies as st

from custom_components.nestmtx.client import Event, ServerState
from custom_components.nestmtx.client.state.events import apply_event, settle_at, with_readers
from custom_components.nestmtx.client.state.lists import apply_camera
from custom_components.nestmtx.client.state.own_readers import OwnReaders

from .states import FRONT, listed

CAMERA, NONCE = 1, "n0nce"
LAG, RESYNC, ROW_LAG = 15.0, 60.0, 12.8
DELAY, JITTER = 1.6, 3.0
RESTART = 9.0
"""Minimum seconds from the end of a stream to the first reader of the next one."""
READY_LOST, READ_LOST = 15, 25
"""Percent."""
QUERIES = {"stranger": "", "view": "", "hold": f"ha={NONCE}", "foreign": "ha%3Dother"}


@dataclass(frozen=True)
class Step:
    """The next action; skipped if it is not possible."""

    wait: float
    kind: str
    """The kind of reader that comes, or that goes if there is one of this kind."""
    goes: bool
    lost: int
    """Its event is lost if this is below the percentage."""
    jitter: float
    answer_after: float
    """For a view: seconds from the offer to the answer."""
    row_lag: float
    resync: bool


STEPS = st.builds(
    Step,
    wait=st.sampled_from((0.02, 0.5, 3.0, 10.0, 14.0, 30.0)),
    kind=st.sampled_from((*QUERIES, "stream")),
    goes=st.booleans(),
    lost=st.integers(0, 99),
    jitter=st.floats(0, JITTER),
    answer_after=st.sampled_from((0.1, 8.0)),
    row_lag=st.floats(0, ROW_LAG),
    resync=st.booleans(),
)


@dataclass
class History:
    """The actual camera, and this client's state of it."""

    state: ServerState = field(default_factory=lambda: listed(ServerState(nonce=NONCE), FRONT))
    now: float = 0.0
    there: dict[str, str] = field(default_factory=dict)
    """The kind of each reader, by id."""
    unheard: set[str] = field(default_factory=set)
    """Readers with a lost `read` event."""
    past: list[tuple[float, int]] = field(default_factory=lambda: [(-1e9, 0)])
    """Times and numbers of readers."""
    watched: list[tuple[float, int]] = field(default_factory=list)
    """Times and numbers of viewers shown."""
    queue: list[tuple[float, int, Any]] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)
    row_lag: float = ROW_LAG
    holds: dict[str, ExitStack] = field(default_factory=dict)
    waiting: bool = False

    def __post_init__(self) -> None:
        """Schedule the first list."""
        self.own = OwnReaders(LAG, lambda: self.now, lambda _: self.change(lambda each: each))
        self.plan(0.0, self.resync)

    def plan(self, delay: float, do: Any) -> None:
        """Schedule an action."""
        heapq.heappush(self.queue, (self.now + delay, next(self.numbers), do))

    def run_until(self, end: float) -> None:
        """Run the actions due until a time."""
        while self.queue and self.queue[0][0] <= end:
            self.now, _, do = heapq.heappop(self.queue)
            do()
            self.watched.append((self.now, self.shown))
        self.now = end

    @property
    def shown(self) -> int:
        """The number of viewers shown."""
        return self.state.cameras[CAMERA].viewers

    @property
    def expected(self) -> int:
        """The number of viewers that can be known: the tag of an unheard reader cannot."""
        return sum(
            kind in {"stranger", "view"} or (kind == "foreign" and who in self.unheard)
            for who, kind in self.there.items()
        )

    # The client

    def change(self, change: Any) -> None:
        """Apply the client's own change of the readers."""
        self.state = with_readers(self.state, CAMERA, change, self.now)
        self.settle_later()

    def hear(self, event: Event) -> None:
        """Apply an event."""
        self.state = apply_event(self.state, event, self.now)
        self.settle_later()

    def resync(self) -> None:
        """Read the camera, as the periodic resync does."""
        self.read_row()
        self.plan(RESYNC, self.resync)

    def read_row(self) -> None:
        """Read the camera; its row lags."""
        readers = [number for since, number in self.past if since <= self.now - self.row_lag][-1]
        row = replace(FRONT, viewers=readers)
        self.state = apply_camera(self.state, row, self.now, LAG, self.own.counts(self.now))
        self.settle_later()

    def settle_later(self) -> None:
        """Schedule reading the camera after the lag."""
        due = settle_at(self.state, CAMERA, LAG)
        if due is not None and not self.waiting:
            self.waiting = True
            self.plan(max(0.0, due - self.now), self.settle)

    def settle(self) -> None:
        """Read the camera, unless there were later events."""
        self.waiting = False
        due = settle_at(self.state, CAMERA, LAG)
        if due is not None and due <= self.now:
            self.read_row()
        else:
            self.settle_later()

    # The server, and the readers

    def come(self, kind: str, step: Step) -> str:
        """Add a reader."""
        who = f"{kind}-{next(self.numbers)}"
        self._set(self.there | {who: kind})
        event = self._event("read", who, kind)
        if kind == "hold":
            self.holds[who] = ExitStack()
            self.holds[who].enter_context(self.own.reading(CAMERA))()
        answered = step.answer_after if kind == "view" else 0.0
        if kind == "view":
            offered_at = self.now
            self.plan(answered, lambda: self._answer(who, offered_at))
        if step.lost < READ_LOST:
            self.unheard.add(who)
        else:
            self.plan(answered + DELAY + step.jitter, partial(self.hear, event))
        return who

    def go(self, who: str, step: Step) -> None:
        """Remove a reader."""
        kind = self.there[who]
        self._set({each: kind for each, kind in self.there.items() if each != who})
        if kind == "hold":
            self.holds.pop(who).close()
        if kind == "view":
            self.change(lambda readers: readers.went(who))
        self.plan(DELAY + step.jitter, partial(self.hear, self._event("unread", who, kind)))

    def end_stream(self, step: Step) -> None:
        """End the stream, and start it again."""
        for who in tuple(self.there):
            self.go(who, step)
        self.plan(DELAY + step.jitter, partial(self.hear, Event("camera", "notready", CAMERA)))
        self.run_until(self.now + RESTART)
        if step.lost >= READY_LOST:
            self.plan(DELAY + step.jitter, partial(self.hear, Event("camera", "ready", CAMERA)))

    def _answer(self, who: str, offered_at: float) -> None:
        if who in self.there:
            self.change(lambda readers: readers.view_came(who, offered_at))

    def _set(self, there: dict[str, str]) -> None:
        self.there = there
        self.past.append((self.now, len(there)))

    def _event(self, event: str, who: str, kind: str) -> Event:
        return Event("camera", event, CAMERA, {"readerId": who, "query": QUERIES[kind]})


def _lived(steps: list[Step]) -> History:
    """Run a history, followed by a quiet period until lists have settled."""
    history = History()
    for step in steps:
        history.row_lag = step.row_lag
        history.run_until(history.now + step.wait)
        mine = [who for who, kind in history.there.items() if kind == step.kind]
        if step.kind == "stream":
            history.end_stream(step)
        elif step.goes and mine:
            history.go(mine[0], step)
        else:
            history.come(step.kind, step)
        if step.resync:
            history.read_row()
    history.run_until(history.now + DELAY + JITTER + 8.0 + LAG + 1.0)
    history.read_row()
    return history


@settings(max_examples=400, deadline=None)
@given(st.lists(STEPS, max_size=40))
def test_lists_settle_the_viewers_after_any_history(steps: list[Step]) -> None:
    history = _lived(steps)

    assert history.shown == history.expected


@settings(max_examples=400, deadline=None)
@given(STEPS, st.lists(st.floats(0, 40), max_size=8), st.sampled_from((0.5, 4.0, 20.0, 90.0)))
@example(Step(0, "view", False, 0, 0, 8.0, 0, True), [5.0], 4.0)
def test_one_view_is_one_viewer_from_the_answer_to_the_end(
    step: Step, lists_at: list[float], seconds: float
) -> None:
    history = History(row_lag=step.row_lag)
    for after in lists_at:
        history.plan(after, history.read_row)
    view = history.come("view", step)

    history.run_until(step.answer_after)
    closed_at = step.answer_after + seconds
    history.run_until(closed_at)
    assert history.shown == 1
    history.go(view, step)
    assert history.shown == 0
    history.run_until(closed_at + 2 * RESYNC)

    before = {shown for at, shown in history.watched if at < step.answer_after}
    during = {shown for at, shown in history.watched if step.answer_after < at < closed_at}
    assert before <= {0, 1}
    assert during <= {1}
    assert {shown for at, shown in history.watched if at > closed_at} == {0}


@settings(max_examples=200, deadline=None)
@given(st.lists(STEPS.filter(lambda step: step.kind in {"hold", "stream"}), max_size=20))
def test_own_holds_are_never_shown_as_viewers(steps: list[Step]) -> None:
    history = _lived(steps)

    assert {shown for _, shown in history.watched} == {0}
