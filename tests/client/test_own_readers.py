"""The client's own readers are not viewers, even without events."""

from dataclasses import replace

from custom_components.nestmtx.client import ServerState
from custom_components.nestmtx.client.connection.fetch import Listing
from custom_components.nestmtx.client.state.events import apply_event
from custom_components.nestmtx.client.state.lists import apply_camera, apply_lists
from custom_components.nestmtx.client.state.own_readers import OwnReaders

from .states import BACK, FRONT, HOME, LAG, camera_event, read_event


class Clock:
    """A manual clock."""

    now = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def test_a_reader_counts_while_lists_may_include_it() -> None:
    clock = Clock()
    readers = OwnReaders(LAG, clock, lambda _: None)

    with readers.reading(1) as begin:
        begin()
        assert readers.counts(LAG - 1) == {}
        assert readers.counts(LAG) == {1: 1}
        clock.now = 100.0

    assert readers.counts(100.0 + LAG - 1) == {1: 1}
    assert readers.counts(100.0 + LAG) == {}


def test_a_reader_that_waits_for_a_stream_is_not_in_lists() -> None:
    clock, changed = Clock(), list[int]()
    readers = OwnReaders(LAG, clock, changed.append)

    with readers.reading(1):
        assert readers.counts(LAG) == {}

    assert not changed


def test_lists_are_not_trusted_when_a_reader_starts_or_ends() -> None:
    changed: list[int] = []
    readers = OwnReaders(LAG, Clock(), changed.append)

    with readers.reading(1) as begin:
        begin()
        assert changed == [1]

    assert changed == [1, 1]


def test_a_reader_that_ended_long_ago_is_forgotten() -> None:
    clock = Clock()
    readers = OwnReaders(LAG, clock, lambda _: None)
    for _ in range(100):
        with readers.reading(1) as begin:
            begin()
            clock.now += 100.0

    readers.counts(clock.now)

    assert len(readers._readers) == 1


def test_an_own_reader_with_a_lost_read_event_is_not_a_viewer(state: ServerState) -> None:
    row = replace(FRONT, ready=True, viewers=1)

    lists = Listing((row, BACK), 100.0), Listing((HOME,), 100.0)
    after = apply_lists(state, *lists, LAG, {1: 1})

    assert not after.cameras[1].watched
    assert not apply_camera(state, row, 100.0, LAG, {1: 1}).cameras[1].watched


def test_an_own_reader_with_a_lost_unread_event_hides_no_viewer(state: ServerState) -> None:
    state = apply_event(state, camera_event("ready"), 1.0)
    state = apply_event(state, read_event("ours", query="ha=n0nce"), 1.0)

    after = apply_camera(state, replace(FRONT, ready=True, viewers=1), 100.0, LAG, {})

    assert after.cameras[1].viewers == 1
