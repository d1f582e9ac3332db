"""Write the server's log to Home Assistant's log."""

from datetime import datetime
import logging
from types import MappingProxyType
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, callback
from homeassistant.helpers.event import async_call_later

from .client import Feed, LogLevel, LogLine
from .const import CONF_LOG_LEVEL, LOG_OFF
from .coordinator import NestMTXCoordinator
from .rate_limit import RateLimit

SERVER_LOGGER: Final = logging.getLogger(f"{__package__}.server")

LEVELS: Final = MappingProxyType(
    {
        LogLevel.DEBUG: logging.DEBUG,
        LogLevel.INFO: logging.INFO,
        LogLevel.NOTICE: logging.INFO,
        LogLevel.WARNING: logging.WARNING,
        LogLevel.ERROR: logging.ERROR,
        LogLevel.CRITICAL: logging.CRITICAL,
    }
)
"""Python's log levels by the server's, lowest first."""

MAX_LINES: Final = 30
"""Lines a minute. Home Assistant warns of a logger that writes 200 lines in five minutes."""


class ServerLog:
    """Writes the lines of a server's log from a level on."""

    def __init__(self, coordinator: NestMTXCoordinator, least: LogLevel) -> None:
        """Start listening."""
        self._coordinator = coordinator
        self._levels = frozenset(list(LEVELS)[list(LEVELS).index(least) :])
        self._report_level = LEVELS[least]
        self._rate_limit = RateLimit(MAX_LINES)
        self._cancel_report: CALLBACK_TYPE | None = None
        self._ends = [
            coordinator.async_subscribe(Feed.LOG),
            coordinator.async_add_log_listener(self._handle_line),
        ]

    @callback
    def async_stop(self, _: Event | None = None) -> None:
        """Stop listening."""
        while self._ends:
            self._ends.pop()()
        self._report()

    @callback
    def _handle_line(self, line: LogLine) -> None:
        if line.level not in self._levels:
            return
        now = self._coordinator.hass.loop.time()
        if now >= self._rate_limit.ends_at:
            self._report()
        self._rate_limit = self._rate_limit.hit(now)
        if self._rate_limit.passes:
            SERVER_LOGGER.log(
                LEVELS[line.level],
                "%s: %s: %s",
                self._coordinator.address.host,
                line.service or "server",
                line.message,
            )
        elif self._cancel_report is None:
            self._cancel_report = async_call_later(
                self._coordinator.hass, self._rate_limit.ends_at - now, self._report
            )

    @callback
    def _report(self, _: datetime | None = None) -> None:
        """Log the number of skipped lines."""
        if self._cancel_report is not None:
            self._cancel_report()
            self._cancel_report = None
        if self._rate_limit.left_out:
            SERVER_LOGGER.log(
                self._report_level,
                "%s: Skipped %s more lines of the server log",
                self._coordinator.address.host,
                self._rate_limit.left_out,
            )
        self._rate_limit = RateLimit(MAX_LINES)


@callback
def async_setup_server_log(entry: ConfigEntry, coordinator: NestMTXCoordinator) -> None:
    """Write the server's log until the entry is unloaded, if its options enable it."""
    least = entry.options.get(CONF_LOG_LEVEL, LOG_OFF)
    if least == LOG_OFF:
        return
    server_log = ServerLog(coordinator, LogLevel(least))
    entry.async_on_unload(server_log.async_stop)
    entry.async_on_unload(
        coordinator.hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, server_log.async_stop)
    )
