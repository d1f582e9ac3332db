"""Feeds are polled for as long as somebody subscribes, and for no longer."""

from typing import Any

import pytest

from custom_components.nestmtx.client import Feed, Health, RequestError, Server, Timings
from custom_components.nestmtx.client.state.feeds import Feeds

NOW = 100.0


class Requester:
    """Answers each request with what it is given, and counts them."""

    def __init__(self, answer: Any) -> None:
        """Nothing was requested yet."""
        self.requests = 0
        self._answer = answer

    async def request(self, *_: str, **__: Any) -> Any:
        """Answer, or raise."""
        self.requests += 1
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


@pytest.fixture
def feeds() -> Feeds:
    """Nobody subscribes."""
    return Feeds(Timings(resync=60.0))


def test_a_feed_is_due_at_once_for_its_first_subscriber_only(feeds: Feeds) -> None:
    assert [feeds.add(Feed.HEALTH, NOW), feeds.add(Feed.HEALTH, NOW)] == [True, False]
    assert feeds.due(NOW) == (Feed.HEALTH,)


def test_a_feed_ends_with_its_last_subscriber_only(feeds: Feeds) -> None:
    feeds.add(Feed.HEALTH, NOW)
    feeds.add(Feed.HEALTH, NOW)

    assert [feeds.remove(Feed.HEALTH), feeds.remove(Feed.HEALTH)] == [False, True]
    assert feeds.due(NOW) == ()


def test_the_log_is_never_polled(feeds: Feeds) -> None:
    assert feeds.add(Feed.LOG, NOW) is False

    assert feeds.has_subscribers(Feed.LOG)
    assert feeds.next_due() == float("inf")


async def test_a_feed_is_polled_again_after_its_interval(feeds: Feeds) -> None:
    feeds.add(Feed.HEALTH, NOW)

    health = await feeds.poll(Requester({"healthy": "healthy"}), Feed.HEALTH, NOW)

    assert health is Health.HEALTHY
    assert feeds.next_due() == NOW + 60.0


async def test_nothing_is_requested_of_a_feed_that_nobody_subscribes_to(feeds: Feeds) -> None:
    requester = Requester({"healthy": "healthy"})

    assert await feeds.poll(requester, Feed.HEALTH, NOW) is None
    assert requester.requests == 0


async def test_an_error_that_the_server_answers_is_an_unknown_value(feeds: Feeds) -> None:
    feeds.add(Feed.HEALTH, NOW)

    assert await feeds.poll(Requester(RequestError("broken")), Feed.HEALTH, NOW) is None


def test_an_answer_that_comes_after_the_last_subscriber_left_is_dropped(feeds: Feeds) -> None:
    feeds.add(Feed.HEALTH, NOW)
    feeds.remove(Feed.HEALTH)

    assert feeds.with_answer(Server(), Feed.HEALTH, Health.HEALTHY).health is None
