"""Feeds are polled only while they have subscribers."""

from typing import Any

import pytest

from custom_components.nestmtx.client import Feed, Health, RequestError, Server, Timings
from custom_components.nestmtx.client.state.feeds import Feeds

NOW = 100.0


class Requester:
    """Answers each request with the given answer, and counts requests."""

    def __init__(self, answer: Any) -> None:
        """Initialize without requests."""
        self.requests = 0
        self._answer = answer

    async def request(self, *_: str, **__: Any) -> Any:
        """Return the answer, or raise it if it is an exception."""
        self.requests += 1
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


@pytest.fixture
def feeds() -> Feeds:
    """Feeds without subscribers."""
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


async def test_a_feed_without_subscribers_is_not_requested(feeds: Feeds) -> None:
    requester = Requester({"healthy": "healthy"})

    assert await feeds.poll(requester, Feed.HEALTH, NOW) is None
    assert requester.requests == 0


async def test_an_error_of_the_server_is_an_unknown_value(feeds: Feeds) -> None:
    feeds.add(Feed.HEALTH, NOW)

    assert await feeds.poll(Requester(RequestError("broken")), Feed.HEALTH, NOW) is None


def test_an_answer_after_the_last_subscriber_left_is_dropped(feeds: Feeds) -> None:
    feeds.add(Feed.HEALTH, NOW)
    feeds.remove(Feed.HEALTH)

    assert feeds.with_answer(Server(), Feed.HEALTH, Health.HEALTHY).health is None
