"""The shown and the actual state agree for any history of a server.

A model of a server runs through a history; its events arrive late, out of order, twice or not at
all, and its rows lag. A client follows it with the pure functions, as a session does. All of it
happens in simulated time.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
import heapq
from itertools import count
from typing import Any

from hypothesis import given, settings, strategies as st

from custom_components.nestmtx.client import Camera, CameraStatus, Event
from custom_components.nestmtx.client.connection.fetch import Listing
from custom_components.nestmtx.client.state.diff import diff, diff_for_event
from custom_components.nestmtx.client.state.events import READER_EVENTS, apply_event, settle_at
from custom_components.nestmtx.client.state.lists import apply_camera, apply_lists
from custom_components.nestmtx.client.state.state import ServerState

LAG, RESYNC = 15.0, 60.0
ROW_LAG = 12.8
EVENT_DELAY, EVENT_JITTER = 1.6, 0.3
CAMERAS = (1, 2)


@dataclass(frozen=True)
class ActualCamera:
    """The actual state of a camera."""

    requested: bool = False
    ready: bool = False
    readers: frozenset[str] = frozenset()

    @property
    def status(self) -> CameraStatus:
        """The server's status of it."""
        if self.ready:
            return CameraStatus.RUNNING
        return CameraStatus.STARTING if self.requested else CameraStatus.DEAD


@dataclass(frozen=True)
class Step:
    """The next action on a camera; skipped if it is not possible."""

    wait: float
    camera: int
    choice: int
    copies: int
    jitter: float
    row_lag: float
    answer_after: float


STEPS = st.builds(
    Step,
    wait=st.sampled_from((0.02, 0.1, 0.5, 3.0, 10.0, 14.0, 30.0)),
    camera=st.sampled_from(CAMERAS),
    choice=st.integers(0, 3),
    copies=st.sampled_from((1, 1, 1, 0, 2)),
    jitter=st.floats(0, EVENT_JITTER),
    row_lag=st.floats(0, ROW_LAG),
    answer_after=st.sampled_from((0.0, 0.3)),
)


@dataclass
class Server:
    """The actual state of each camera, with its history."""

    unheard: set[int] = field(default_factory=set)
    """Cameras with a lost reader event: the other events don't identify the readers."""
    past: dict[int, list[tuple[float, ActualCamera]]] = field(
        default_factory=lambda: {camera: [(-1e9, ActualCamera())] for camera in CAMERAS}
    )
    numbers: Iterator[int] = field(default_factory=count)

    def now(self, camera: int) -> ActualCamera:
        """Return the current state of a camera."""
        return self.past[camera][-1][1]

    def at(self, camera: int, time: float) -> ActualCamera:
        """Return the state of a camera at a time."""
        return [actual for since, actual in self.past[camera] if since <= time][-1]

    def since(self, camera: int, time: float) -> list[ActualCamera]:
        """Return all states of a camera since a time."""
        return [self.at(camera, time), *(actual for t, actual in self.past[camera] if t > time)]

    def step(self, camera: int, choice: int, time: float) -> list[Event]:
        """Perform the next action, and return its events."""
        actual = self.now(camera)
        reader = f"reader-{next(self.numbers)}"
        moves: list[tuple[ActualCamera, list[tuple[str, str]]]] = []
        if not actual.requested and not actual.ready:
            moves = [(replace(actual, requested=True), [("demand", "")])]
        elif not actual.ready:
            moves = [
                (replace(actual, ready=True), [("ready", "")]),
                (replace(actual, requested=False), [("undemand", "")]),
            ]
        elif not actual.requested:
            moves = [(ActualCamera(), [("notready", "")])]
        else:
            coming = replace(actual, readers=actual.readers | {reader})
            gone = [("unread", each) for each in sorted(actual.readers)]
            moves = [
                (coming, [("read", reader)]),
                (ActualCamera(requested=True), [*gone, ("notready", "")]),
            ]
            if actual.readers:
                leaving = min(actual.readers)
                left = replace(actual, readers=actual.readers - {leaving})
                moves.append((left, [("unread", leaving)]))
            else:
                moves.append((replace(actual, requested=False), [("undemand", "")]))
        after, events = moves[choice % len(moves)]
        self.past[camera].append((time, after))
        return [
            Event("camera", kind, camera, {"readerId": who} if who else {}) for kind, who in events
        ]

    def row(self, camera: int, time: float) -> Camera:
        """Return a camera's row at a time."""
        actual = self.at(camera, time)
        return Camera(
            camera,
            f"sum-{camera}",
            is_enabled=True,
            requested=actual.requested,
            ready=actual.ready,
            viewers=len(actual.readers),
            status=actual.status,
        )


@dataclass
class Client:
    """Follows the server as a session does."""

    server: Server
    state: ServerState = field(default_factory=ServerState)
    asked_at: dict[int, float] = field(default_factory=dict)
    queue: list[tuple[float, int, str, Any]] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)
    waiting: set[int] = field(default_factory=set)
    heard: dict[int, float] = field(default_factory=dict)
    """Time of the newest change of each camera that an event has reported."""
    row_lags: list[float] = field(default_factory=list)
    answers_after: list[float] = field(default_factory=list)

    def plan(self, time: float, what: str, about: Any = None) -> None:
        """Schedule an action."""
        heapq.heappush(self.queue, (time, next(self.numbers), what, about))

    def run_until(self, end: float) -> None:
        """Run the actions due until a time, and check the shown state after each."""
        while self.queue and self.queue[0][0] <= end:
            time, _, what, about = heapq.heappop(self.queue)
            getattr(self, f"_on_{what}")(time, about)
            self._look(time)

    def _on_event(self, time: float, arrival: tuple[Event, float]) -> None:
        event, happened_at = arrival
        camera = event.entity or 0
        self.heard[camera] = max(self.heard.get(camera, 0.0), happened_at)
        former, self.state = self.state, apply_event(self.state, event, time)
        assert diff_for_event(event, former, self.state) == diff(former, self.state)
        self._settle_later(event.entity or 0)

    def _on_resync(self, time: float, _: Any) -> None:
        rows = tuple(self.server.row(camera, time - self._row_lag) for camera in CAMERAS)
        self.plan(time + self._answer_after, "list", (rows, time))
        self.plan(time + RESYNC, "resync")

    def _on_list(self, _: float, answer: tuple[tuple[Camera, ...], float]) -> None:
        rows, asked_at = answer
        self.state = apply_lists(self.state, Listing(rows, asked_at), Listing((), asked_at), LAG)
        self.asked_at = dict.fromkeys(CAMERAS, asked_at)

    def _on_settle(self, time: float, camera: int) -> None:
        self.waiting.discard(camera)
        due = settle_at(self.state, camera, LAG)
        if due is not None and due <= time:
            row = self.server.row(camera, time - self._row_lag)
            self.plan(time + self._answer_after, "read", (row, time))
        else:
            self._settle_later(camera)

    def _on_read(self, _: float, answer: tuple[Camera, float]) -> None:
        row, asked_at = answer
        self.state = apply_camera(self.state, row, asked_at, LAG)
        self.asked_at[row.id] = asked_at
        self._settle_later(row.id)

    def _settle_later(self, camera: int) -> None:
        due = settle_at(self.state, camera, LAG)
        if due is not None and camera not in self.waiting:
            self.waiting.add(camera)
            self.plan(due, "settle", camera)

    @property
    def _row_lag(self) -> float:
        return self.row_lags.pop() if self.row_lags else ROW_LAG

    @property
    def _answer_after(self) -> float:
        return self.answers_after.pop() if self.answers_after else 0.0

    def _look(self, time: float) -> None:
        """Check that the shown state was true at some time since the last list minus the lag."""
        for camera in self.state.cameras.values():
            since = self.asked_at[camera.id] - LAG - EVENT_DELAY - EVENT_JITTER
            truths = self.server.since(camera.id, since)
            assert camera.ready in {actual.ready for actual in truths}, time
            assert camera.requested in {actual.requested for actual in truths}, time
            if camera.id not in self.server.unheard and not self._is_overtaken(camera.id):
                assert camera.watched in {bool(actual.readers) for actual in truths}, time
            assert camera.status in {None, *(actual.status for actual in truths)}, time

    def _is_overtaken(self, camera: int) -> bool:
        """Return whether one reader event has overtaken another, which is still to come.

        The departure of one viewer may then be known before the arrival of another, which
        cannot be distinguished for the fraction of a second until the other event arrives.
        """
        return any(
            what == "event"
            and about[0].entity == camera
            and about[0].type in READER_EVENTS
            and about[1] < self.heard.get(camera, 0.0)
            for _, _, what, about in self.queue
        )


def _live(steps: list[Step]) -> tuple[Server, Client]:
    """Run a history, followed by a quiet period of the lag and one resync."""
    server = Server()
    client = Client(
        server,
        row_lags=[step.row_lag for step in steps],
        answers_after=[step.answer_after for step in steps],
    )
    client.plan(0.0, "resync")
    time = 0.0
    for step in steps:
        time += step.wait
        client.run_until(time)
        for event in server.step(step.camera, step.choice, time):
            if not step.copies and event.type in READER_EVENTS:
                server.unheard.add(step.camera)
            for _ in range(step.copies):
                client.plan(time + EVENT_DELAY + step.jitter, "event", (event, time))
    client.run_until(time + EVENT_DELAY + EVENT_JITTER + LAG + RESYNC + 1)
    return server, client


@settings(max_examples=400, deadline=None)
@given(st.lists(STEPS, max_size=40))
def test_the_shown_state_was_true_and_becomes_current_once_the_server_is_quiet(
    steps: list[Step],
) -> None:
    server, client = _live(steps)

    for camera in CAMERAS:
        shown, actual = client.state.cameras[camera], server.now(camera)
        assert (shown.requested, shown.ready, shown.viewers, shown.status) == (
            actual.requested,
            actual.ready,
            len(actual.readers),
            actual.status,
        )


@settings(deadline=None)
@given(st.lists(STEPS, max_size=20), st.sampled_from(["exploded", "", "init"]))
def test_events_of_unknown_names_or_of_no_camera_change_nothing(
    steps: list[Step], name: str
) -> None:
    _, client = _live(steps)

    for event in (Event("camera", name, 1), Event("camera", "ready"), Event(name, "ready", 1)):
        assert apply_event(client.state, event, 1e6) is client.state
