"""Who watches, by events that come late, twice or in the wrong order."""

from custom_components.nestmtx.client.state.readers import Readers

LAG = 15.0


def test_a_reader_who_comes_is_a_viewer() -> None:
    assert Readers().came("a", own=False).viewers == 1


def test_a_reader_who_comes_twice_is_one_viewer() -> None:
    assert Readers().came("a", own=False).came("a", own=False).viewers == 1


def test_a_reader_who_went_is_none() -> None:
    assert Readers().came("a", own=False).went("a").viewers == 0


def test_going_before_coming_leaves_nobody() -> None:
    assert Readers().went("a").came("a", own=False).viewers == 0


def test_going_twice_counts_once() -> None:
    readers = Readers(unnamed=2)

    assert readers.went("a").went("a").viewers == 1


def test_a_reader_that_only_a_list_knew_of_may_go() -> None:
    assert Readers().counted(2, 100.0, LAG).went("a").viewers == 1


def test_nobody_goes_where_nobody_is() -> None:
    assert Readers().went("a").viewers == 0


def test_a_settled_count_wins_over_the_events() -> None:
    readers = Readers().came("a", own=False).came("b", own=False)

    assert readers.counted(1, 100.0, LAG).viewers == 1
    assert readers.counted(3, 100.0, LAG).viewers == 3


def test_whoever_goes_after_a_count_without_him_is_not_counted_off_twice() -> None:
    readers = Readers().came("a", own=False).came("b", own=False)

    for asked_at in (100.0, 100.1):
        readers = readers.counted(1, asked_at, LAG)
    assert readers.viewers == 1

    assert readers.went("a").viewers == 1
    assert readers.went("a").went("b").viewers == 0
    assert readers.came("c", own=False).viewers == 2


def test_whose_going_was_never_told_is_not_waited_for_any_longer_than_the_lag() -> None:
    readers = Readers().came("a", own=False).came("b", own=False)

    readers = readers.counted(1, 100.0, LAG).counted(1, 100.0 + LAG, LAG)

    assert readers.viewers == 1
    assert readers.went("b").viewers == 0


def test_the_reader_without_an_id_may_come_again_before_his_going_is_told() -> None:
    readers = Readers().came("", own=False).counted(0, 100.0, LAG)
    assert readers.viewers == 0

    assert readers.came("", own=False).viewers == 1


def test_our_own_readers_are_no_viewers() -> None:
    readers = Readers().came("a", own=True).came("b", own=False)

    assert readers.viewers == 1
    assert readers.counted(2, 100.0, LAG).viewers == 1
    assert readers.went("a").viewers == 1


def test_the_end_of_the_stream_is_the_end_of_its_readers() -> None:
    readers = Readers(unnamed=1).came("a", own=False).all_went()

    assert readers.viewers == 0
    assert readers.went("a").viewers == 0


def test_the_reader_without_an_id_comes_and_goes_again_and_again() -> None:
    readers = Readers()
    for _ in range(2):
        readers = readers.came("", own=False)
        assert readers.viewers == 1
        readers = readers.went("")
        assert readers.viewers == 0
    assert readers.came("", own=False).all_went().came("", own=False).viewers == 1
