"""Who watches, by events that come late, twice or in the wrong order."""

import pytest

from custom_components.nestmtx.client.state.readers import Readers

LAG = 15.0


def test_a_reader_who_comes_is_a_viewer() -> None:
    assert Readers().came("a").viewers == 1


def test_a_reader_who_comes_twice_is_one_viewer() -> None:
    assert Readers().came("a").came("a").viewers == 1


def test_a_reader_who_went_is_none() -> None:
    assert Readers().came("a").went("a").viewers == 0


def test_going_before_coming_leaves_nobody() -> None:
    assert Readers().went("a").came("a").viewers == 0


def test_going_twice_counts_once() -> None:
    readers = Readers(unnamed=2)

    assert readers.went("a").went("a").viewers == 1


def test_a_reader_that_only_a_list_knew_of_may_go() -> None:
    assert Readers().counted(2, 100.0, LAG).went("a").viewers == 1


def test_nobody_goes_where_nobody_is() -> None:
    assert Readers().went("a").viewers == 0


def test_a_settled_count_wins_over_the_events() -> None:
    readers = Readers().came("a").came("b")

    assert readers.counted(1, 100.0, LAG).viewers == 1
    assert readers.counted(3, 100.0, LAG).viewers == 3


def test_whoever_goes_after_a_count_without_him_is_not_counted_off_twice() -> None:
    readers = Readers().came("a").came("b")

    for asked_at in (100.0, 100.1):
        readers = readers.counted(1, asked_at, LAG)
    assert readers.viewers == 1

    assert readers.went("a").viewers == 1
    assert readers.went("a").went("b").viewers == 0
    assert readers.came("c").viewers == 2


def test_whose_going_was_never_told_is_not_waited_for_any_longer_than_the_lag() -> None:
    readers = Readers().came("a").came("b")

    readers = readers.counted(1, 100.0, LAG).counted(1, 100.0 + LAG, LAG)

    assert readers.viewers == 1
    assert readers.went("b").viewers == 0


def test_the_reader_without_an_id_may_come_again_before_his_going_is_told() -> None:
    readers = Readers().came("").counted(0, 100.0, LAG)
    assert readers.viewers == 0

    assert readers.came("").viewers == 1


def test_our_own_readers_are_no_viewers() -> None:
    assert Readers().came("b").counted(2, 100.0, LAG, own=1).viewers == 1


def test_another_clients_reader_is_no_viewer_by_events_and_lists() -> None:
    readers = Readers().came("a", foreign=True).came("b")
    assert readers.viewers == 1

    readers = readers.counted(2, 100.0, LAG)
    assert readers.viewers == 1

    assert readers.went("a").viewers == 1
    assert readers.went("a").counted(1, 120.0, LAG).viewers == 1


def test_another_clients_reader_whose_going_was_lost_hides_no_viewer_that_comes_later() -> None:
    readers = Readers().came("a", foreign=True).counted(0, 100.0, LAG)

    assert readers.counted(1, 200.0, LAG).viewers == 1
    assert readers.came("a", foreign=True).counted(1, 200.0, LAG).viewers == 1


def test_a_view_of_ours_is_a_viewer_before_any_event_and_once_with_it() -> None:
    readers = Readers().view_came("v", 10.0)
    assert readers.viewers == 1

    assert readers.came("v").viewers == 1
    assert readers.view_came("v", 10.0).viewers == 1
    assert Readers().came("v").view_came("v", 10.0).viewers == 1


def test_a_view_of_ours_is_known_to_read_by_its_event_only() -> None:
    readers = Readers().view_came("v", 10.0)
    assert readers.present == frozenset()

    assert readers.came("v").present == {"v"}


@pytest.mark.parametrize(("asked_at", "expected"), [(5.0, 2), (11.0, 1)])
def test_a_view_of_ours_that_a_list_has_counted_since_its_offer_is_not_counted_again(
    asked_at: float, expected: int
) -> None:
    readers = Readers().counted(1, asked_at, LAG)

    assert readers.view_came("v", 10.0).viewers == expected


def test_a_view_of_ours_that_came_by_an_event_first_takes_nobody_elses_place() -> None:
    readers = Readers().came("v").counted(2, 100.0, LAG)

    assert readers.view_came("v", 50.0).viewers == 2


def test_what_is_told_of_a_view_of_ours_after_its_end_counts_nothing() -> None:
    readers = Readers().view_came("v", 10.0).went("v")

    assert readers.came("v").viewers == 0
    assert readers.view_came("v", 10.0).viewers == 0
    assert readers.counted(1, 100.0, LAG).went("v").viewers == 1


def test_a_view_of_ours_is_known_still_when_it_is_not_known_any_more_who_else_is_there() -> None:
    readers = Readers().came("a").came("b").came("v").view_came("v", 10.0)

    readers = readers.counted(2, 100.0, LAG).counted(2, 100.0 + LAG, LAG)

    assert (readers.viewers, readers.present, readers.unnamed) == (2, {"v"}, 1)
    assert readers.went("v").viewers == 1


def test_a_view_of_ours_that_no_list_has_is_not_shown_and_not_counted_off_twice() -> None:
    readers = Readers().view_came("v", 10.0)
    for asked_at in (100.0, 100.0 + LAG, 100.0 + 2 * LAG):
        readers = readers.counted(0, asked_at, LAG)
    assert readers.viewers == 0

    readers = readers.came("a")
    assert readers.viewers == 1
    assert readers.went("v").viewers == 1


def test_the_end_of_the_stream_is_the_end_of_all_readers_that_are_known() -> None:
    readers = Readers().came("a").came("f", foreign=True).view_came("v", 10.0).all_went()

    assert readers.viewers == 0
    assert set(readers.left) == {"a", "f", "v"}


def test_the_end_of_the_stream_is_the_end_of_its_readers() -> None:
    readers = Readers(unnamed=1).came("a").all_went()

    assert readers.viewers == 0
    assert readers.went("a").viewers == 0


def test_the_reader_without_an_id_comes_and_goes_again_and_again() -> None:
    readers = Readers()
    for _ in range(2):
        readers = readers.came("")
        assert readers.viewers == 1
        readers = readers.went("")
        assert readers.viewers == 0
    assert readers.came("").all_went().came("").viewers == 1
