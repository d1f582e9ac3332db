"""Data that is requested, or received, only while it has subscribers."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
import logging
from types import MappingProxyType
from typing import Any

from ..connection import fetch
from ..connection.fetch import Requester
from ..data.models import Server
from ..errors import InvalidAnswer, RequestError, RequestTimeout
from ..timings import Timings

_LOGGER = logging.getLogger(__name__)


class Feed(StrEnum):
    """A data source that is only used while it has subscribers."""

    HEALTH = "health"
    LOAD = "load"
    CRON_JOBS = "cron_jobs"
    LOG = "log"


@dataclass(frozen=True, slots=True)
class Poll:
    """How to request a feed that the server does not push."""

    field: str
    """The field of Server that it sets; the field is None without subscribers."""
    request: Callable[[Requester], Awaitable[Any]]
    interval: Callable[[Timings], float]


POLLS: Mapping[Feed, Poll] = MappingProxyType(
    {
        Feed.HEALTH: Poll("health", fetch.health, lambda timings: timings.resync),
        Feed.LOAD: Poll("load", fetch.load, lambda timings: timings.load),
        Feed.CRON_JOBS: Poll("cron_jobs", fetch.cron_jobs, lambda timings: timings.resync),
    }
)


class Feeds:
    """Counts the subscribers of each feed, and polls feeds with subscribers."""

    def __init__(self, timings: Timings) -> None:
        """Initialize without subscribers."""
        self._timings = timings
        self._subscribers: Counter[Feed] = Counter()
        self._poll_at: dict[Feed, float] = {}

    @property
    def polled(self) -> tuple[Feed, ...]:
        """The feeds that are polled."""
        return tuple(self._poll_at)

    def add(self, feed: Feed, now: float) -> bool:
        """Add a subscriber; return whether to poll the feed at once."""
        self._subscribers[feed] += 1
        if feed not in POLLS or feed in self._poll_at:
            return False
        self._poll_at[feed] = now
        return True

    def remove(self, feed: Feed) -> bool:
        """Remove a subscriber; return whether the feed is no longer polled."""
        self._subscribers[feed] -= 1
        if self._subscribers[feed] or feed not in POLLS:
            return False
        self._poll_at.pop(feed, None)
        return True

    def has_subscribers(self, feed: Feed) -> bool:
        """Return whether a feed has subscribers."""
        return self._subscribers[feed] > 0

    def poll_soon(self, now: float) -> None:
        """Make all polled feeds due now."""
        self._poll_at = dict.fromkeys(self._poll_at, now)

    def next_due(self) -> float:
        """Return when the next feed is due."""
        return min(self._poll_at.values(), default=float("inf"))

    def due(self, now: float) -> tuple[Feed, ...]:
        """Return the feeds that are due."""
        return tuple(feed for feed, at in self._poll_at.items() if at <= now)

    async def poll(self, requester: Requester, feed: Feed, now: float) -> Any:
        """Return the answer of a feed; None after an error, or without subscribers.

        Raises ConnectionLost and InvalidAuth.
        """
        if feed not in self._poll_at:
            return None
        poll = POLLS[feed]
        self._poll_at[feed] = now + poll.interval(self._timings)
        try:
            return await poll.request(requester)
        except (InvalidAnswer, RequestError, RequestTimeout) as err:
            _LOGGER.debug("The server does not report its %s: %s", feed, err)
            return None

    def with_answer(self, server: Server, feed: Feed, answer: Any) -> Server:
        """Return the server with an answer; without subscribers, the field becomes None."""
        if feed not in self._poll_at:
            answer = None
        return replace(server, **{POLLS[feed].field: answer})
