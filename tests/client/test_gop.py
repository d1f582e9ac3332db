"""The frames since a key frame are kept within limits."""

from unittest.mock import patch

import pytest

from custom_components.nestmtx.client.media import gop
from custom_components.nestmtx.client.media.gop import Budget, GroupOfPictures
from custom_components.nestmtx.client.media.h264 import AccessUnit


def _unit(size: int = 10, *, key: bool = False) -> AccessUnit:
    return AccessUnit(bytes(size), is_key_frame=key, time=0.0)


def _group(budget: Budget, *sizes: int) -> GroupOfPictures:
    """Return a group with units of the given sizes."""
    group = GroupOfPictures(budget)
    for number, size in enumerate(sizes):
        group.add(_unit(size, key=number == 0), float(number))
    return group


def test_a_group_begins_with_a_key_frame() -> None:
    group = GroupOfPictures(Budget())

    group.add(_unit(), 1.0)
    assert group.units == []

    group.add(_unit(key=True), 2.0)
    group.add(_unit(), 3.0)
    assert len(group.units) == 2
    assert group.received_at == 3.0


def test_a_picture_is_made_when_the_key_frame_is_refined_and_at_intervals_after_that() -> None:
    group = GroupOfPictures(Budget())
    ripe = []

    for number in range(250):
        group.add(_unit(key=number == 0), 0.0)
        if group.is_ripe:
            ripe.append(number)

    assert ripe == list(gop.RIPE)


def test_fewer_frames_are_enough_if_they_are_large() -> None:
    group = GroupOfPictures(Budget())
    ripe = []

    for number in range(30):
        group.add(_unit(20_000, key=number == 0), 0.0)
        if group.is_ripe:
            ripe.append(number)

    assert ripe == [10, 20]


@pytest.mark.parametrize(("limit", "most"), [("MAX_UNITS", 3), ("MAX_SIZE", 30)])
def test_a_group_above_the_limit_is_dropped_until_the_next_key_frame(limit: str, most: int) -> None:
    budget = Budget()
    with patch.object(gop, limit, most):
        group = _group(budget, 10, 10, 10)
        assert len(group.units) == 3

        group.add(_unit(), 4.0)
        group.add(_unit(), 5.0)

    assert group.units == []
    assert budget.left == Budget().left


def test_all_groups_together_stay_within_their_budget() -> None:
    budget = Budget(100)
    one, other = _group(budget, 50, 10), _group(budget, 30)

    other.add(_unit(20), 2.0)

    assert (one.size, other.size, budget.left) == (60, 0, 40)


def test_a_cleared_group_returns_its_bytes_to_the_budget() -> None:
    budget = Budget(100)
    group = _group(budget, 50, 50)

    group.clear()
    group.clear()

    assert budget.left == 100
    assert _group(budget, 90).size == 90
