"""The state against the actual, for any history that a server may have.

A server of plain values lives through a history; its events come late, in the wrong order, twice
or not at all, and its rows lag behind. A client follows it with the pure functions, as a session
does. All of it happens in a time of its own.
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
    """What is true of a camera."""

    requested: bool = False
    ready: bool = False
    readers: frozenset[str] = frozenset()

    @property
    def status(self) -> CameraStatus:
        """The server's word for it."""
        if self.ready:
            return CameraStatus.RUNNING
        return CameraStatus.STARTING if self.requested else CameraStatus.DEAD


@dataclass(frozen=True)
class Step:
    """The next thing that happens to a camera, as far as it can happen."""

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
    """The actual of each camera, with all of its past."""

    unheard: set[int] = field(default_factory=set)
    """Cameras of whose readers an event was lost: what remains does not tell who is there."""
    past: dict[int, list[tuple[float, ActualCamera]]] = field(
        default_factory=lambda: {camera: [(-1e9, ActualCamera())] for camera in CAMERAS}
    )
    numbers: Iterator[int] = field(default_factory=count)

    def now(self, camera: int) -> ActualCamera:
        """What is true now."""
        return self.past[camera][-1][1]

    def at(self, camera: int, time: float) -> ActualCamera:
        """What was true at a time."""
        return [actual for since, actual in self.past[camera] if since <= time][-1]

    def since(self, camera: int, time: float) -> list[ActualCamera]:
        """All that was true at some time since then."""
        return [self.at(camera, time), *(actual for t, actual in self.past[camera] if t > time)]

    def step(self, camera: int, choice: int, time: float) -> list[Event]:
        """Let the next thing happen, and return its events."""
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
        """A camera's row, as it was at a time."""
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
    """When the newest thing happened to each camera that an event has told."""
    row_lags: list[float] = field(default_factory=list)
    answers_after: list[float] = field(default_factory=list)

    def plan(self, time: float, what: str, about: Any = None) -> None:
        """Put something down for later."""
        heapq.heappush(self.queue, (time, next(self.numbers), what, about))

    def run_until(self, end: float) -> None:
        """Do what is due until a time, and look at what is shown after each step."""
        while self.queue and self.queue[0][0] <= end:
            time, _, what, about = heapq.heappop(self.queue)
            getattr(self, f"_on_{what}")(time, about)
            self._look(time)

    def _on_event(self, time: float, told: tuple[Event, float]) -> None:
        event, happened_at = told
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
        """What is shown was true at some time since the last list less the server's lag."""
        for camera in self.state.cameras.values():
            since = self.asked_at[camera.id] - LAG - EVENT_DELAY - EVENT_JITTER
            truths = self.server.since(camera.id, since)
            assert camera.ready in {actual.ready for actual in truths}, time
            assert camera.requested in {actual.requested for actual in truths}, time
            if camera.id not in self.server.unheard and not self._is_overtaken(camera.id):
                assert camera.watched in {bool(actual.readers) for actual in truths}, time
            assert camera.status in {None, *(actual.status for actual in truths)}, time

    def _is_overtaken(self, camera: int) -> bool:
        """Whether one event on readers has overtaken another, which is still to come.

        Of two viewers, the first may then be known to have gone before the second is known to have
        come: nobody can tell for the fraction of a second until the other event is there.
        """
        return any(
            what == "event"
            and about[0].entity == camera
            and about[0].type in READER_EVENTS
            and about[1] < self.heard.get(camera, 0.0)
            for _, _, what, about in self.queue
        )


def _live(steps: list[Step]) -> tuple[Server, Client]:
    """Let a history happen, and quiet after it for the lag and one resync."""
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
def test_what_is_shown_was_true_and_becomes_the_truth_once_the_server_is_quiet(
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
