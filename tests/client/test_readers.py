"""Viewers by events that are late, duplicated or out of order."""

import pytest

from custom_components.nestmtx.client.state.readers import Readers

LAG = 15.0


def test_a_new_reader_is_a_viewer() -> None:
    assert Readers().came("a").viewers == 1


def test_a_duplicated_read_event_counts_once() -> None:
    assert Readers().came("a").came("a").viewers == 1


def test_a_departed_reader_is_not_a_viewer() -> None:
    assert Readers().came("a").went("a").viewers == 0


def test_an_unread_event_before_its_read_event_leaves_no_viewer() -> None:
    assert Readers().went("a").came("a").viewers == 0


def test_a_duplicated_unread_event_counts_once() -> None:
    readers = Readers(unnamed=2)

    assert readers.went("a").went("a").viewers == 1


def test_a_reader_known_only_from_a_list_may_leave() -> None:
    assert Readers().counted(2, 100.0, LAG).went("a").viewers == 1


def test_the_number_of_viewers_is_never_negative() -> None:
    assert Readers().went("a").viewers == 0


def test_a_settled_count_overrides_events() -> None:
    readers = Readers().came("a").came("b")

    assert readers.counted(1, 100.0, LAG).viewers == 1
    assert readers.counted(3, 100.0, LAG).viewers == 3


def test_a_reader_that_leaves_after_a_count_without_it_is_not_subtracted_twice() -> None:
    readers = Readers().came("a").came("b")

    for asked_at in (100.0, 100.1):
        readers = readers.counted(1, asked_at, LAG)
    assert readers.viewers == 1

    assert readers.went("a").viewers == 1
    assert readers.went("a").went("b").viewers == 0
    assert readers.came("c").viewers == 2


def test_a_lost_unread_event_is_waited_for_no_longer_than_the_lag() -> None:
    readers = Readers().came("a").came("b")

    readers = readers.counted(1, 100.0, LAG).counted(1, 100.0 + LAG, LAG)

    assert readers.viewers == 1
    assert readers.went("b").viewers == 0


def test_the_reader_without_an_id_may_return_before_its_unread_event() -> None:
    readers = Readers().came("").counted(0, 100.0, LAG)
    assert readers.viewers == 0

    assert readers.came("").viewers == 1


def test_own_readers_are_not_viewers() -> None:
    assert Readers().came("b").counted(2, 100.0, LAG, own=1).viewers == 1


def test_another_clients_reader_is_not_a_viewer_by_events_and_lists() -> None:
    readers = Readers().came("a", foreign=True).came("b")
    assert readers.viewers == 1

    readers = readers.counted(2, 100.0, LAG)
    assert readers.viewers == 1

    assert readers.went("a").viewers == 1
    assert readers.went("a").counted(1, 120.0, LAG).viewers == 1


def test_another_clients_reader_with_a_lost_unread_event_hides_no_later_viewer() -> None:
    readers = Readers().came("a", foreign=True).counted(0, 100.0, LAG)

    assert readers.counted(1, 200.0, LAG).viewers == 1
    assert readers.came("a", foreign=True).counted(1, 200.0, LAG).viewers == 1


def test_an_own_view_counts_once_before_and_after_its_event() -> None:
    readers = Readers().view_came("v", 10.0)
    assert readers.viewers == 1

    assert readers.came("v").viewers == 1
    assert readers.view_came("v", 10.0).viewers == 1
    assert Readers().came("v").view_came("v", 10.0).viewers == 1


def test_an_own_view_is_present_only_by_its_event() -> None:
    readers = Readers().view_came("v", 10.0)
    assert readers.present == frozenset()

    assert readers.came("v").present == {"v"}


@pytest.mark.parametrize(("asked_at", "expected"), [(5.0, 2), (11.0, 1)])
def test_an_own_view_counted_by_a_list_since_its_offer_is_not_counted_again(
    asked_at: float, expected: int
) -> None:
    readers = Readers().counted(1, asked_at, LAG)

    assert readers.view_came("v", 10.0).viewers == expected


def test_an_own_view_with_an_earlier_event_replaces_no_other_viewer() -> None:
    readers = Readers().came("v").counted(2, 100.0, LAG)

    assert readers.view_came("v", 50.0).viewers == 2


def test_a_late_event_of_an_ended_own_view_is_ignored() -> None:
    readers = Readers().view_came("v", 10.0).went("v")

    assert readers.came("v").viewers == 0
    assert readers.view_came("v", 10.0).viewers == 0
    assert readers.counted(1, 100.0, LAG).went("v").viewers == 1


def test_own_views_stay_known_when_other_viewers_are_no_longer_known() -> None:
    readers = Readers().came("a").came("b").came("v").view_came("v", 10.0)

    readers = readers.counted(2, 100.0, LAG).counted(2, 100.0 + LAG, LAG)

    assert (readers.viewers, readers.present, readers.unnamed) == (2, {"v"}, 1)
    assert readers.went("v").viewers == 1


def test_an_own_view_missing_from_lists_is_not_shown_and_not_subtracted_twice() -> None:
    readers = Readers().view_came("v", 10.0)
    for asked_at in (100.0, 100.0 + LAG, 100.0 + 2 * LAG):
        readers = readers.counted(0, asked_at, LAG)
    assert readers.viewers == 0

    readers = readers.came("a")
    assert readers.viewers == 1
    assert readers.went("v").viewers == 1


def test_the_end_of_the_stream_removes_all_known_readers() -> None:
    readers = Readers().came("a").came("f", foreign=True).view_came("v", 10.0).all_went()

    assert readers.viewers == 0
    assert set(readers.left) == {"a", "f", "v"}


def test_the_end_of_the_stream_removes_its_readers() -> None:
    readers = Readers(unnamed=1).came("a").all_went()

    assert readers.viewers == 0
    assert readers.went("a").viewers == 0


def test_the_reader_without_an_id_connects_repeatedly() -> None:
    readers = Readers()
    for _ in range(2):
        readers = readers.came("")
        assert readers.viewers == 1
        readers = readers.went("")
        assert readers.viewers == 0
    assert readers.came("").all_went().came("").viewers == 1
