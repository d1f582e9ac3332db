"""The client's times."""

import pytest

from custom_components.nestmtx.client import (
    Timings,
)


def test_the_default_times_are_as_designed() -> None:
    timings = Timings()

    assert (timings.connect_timeout, timings.request_timeout) == (10, 10)
    assert timings.job_timeout == 300
    assert (timings.lag, timings.resync, timings.grace) == (15, 60, 5)


@pytest.mark.parametrize(
    ("attempt", "down_for", "delay"),
    [(0, 0, 0.5), (1, 0.5, 1), (2, 2, 2), (60, 119, 2), (61, 120, 10), (500, 5000, 10)],
)
def test_retries_are_quick_at_first_and_rare_after_two_minutes(
    attempt: int, down_for: float, delay: float
) -> None:
    assert Timings().retry_delay(attempt, down_for, 0) == delay


def test_retries_are_spread_over_a_fifth_of_their_delay() -> None:
    assert Timings().retry_delay(5, 10, 1) == pytest.approx(1.6)
