"""What is asked for, or listened to, only while somebody wants it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from . import modules
from .modules import Requester
from .timings import Timings


class Feed(StrEnum):
    """Something that costs nothing as long as nobody wants it."""

    HEALTH = "health"
    LOAD = "load"
    CRON_JOBS = "cron_jobs"
    LOG = "log"


@dataclass(frozen=True, slots=True)
class Poll:
    """How a feed is asked for that the server does not send by itself."""

    field: str
    """The field of Server that it fills; None while nobody wants it."""
    ask: Callable[[Requester], Awaitable[Any]]
    interval: Callable[[Timings], float]


POLLS: Mapping[Feed, Poll] = MappingProxyType(
    {
        Feed.HEALTH: Poll("healthy", modules.health, lambda timings: timings.resync),
        Feed.LOAD: Poll("load", modules.load, lambda timings: timings.load),
        Feed.CRON_JOBS: Poll("cron_jobs", modules.cron_jobs, lambda timings: timings.resync),
    }
)
