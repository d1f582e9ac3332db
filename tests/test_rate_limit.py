"""The rate limit."""

from custom_components.nestmtx.rate_limit import RateLimit


def _passing(rate: RateLimit, times: list[float]) -> tuple[list[bool], RateLimit]:
    passing = []
    for now in times:
        rate = rate.hit(now)
        passing.append(rate.passes)
    return passing, rate


def test_a_limited_number_passes_each_minute() -> None:
    passing, _ = _passing(RateLimit(2), [0.0, 1.0, 2.0, 59.0, 60.0, 61.0, 62.0])

    assert passing == [True, True, False, False, True, True, False]


def test_hits_left_out_are_counted_until_the_minute_is_over() -> None:
    _, rate = _passing(RateLimit(1), [0.0, 1.0, 2.0, 59.9])

    assert rate.left_out == 3
    assert rate.hit(60.0).left_out == 0


def test_a_minute_begins_with_the_first_hit() -> None:
    assert RateLimit(1).hit(1000.0).ends_at == 1060.0
