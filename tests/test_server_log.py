"""The server's log in Home Assistant's log."""

from collections.abc import Generator
import logging
from unittest.mock import patch

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
)

from custom_components.nestmtx.const import CONF_LOG_LEVEL, CONF_WEB_RTC
from custom_components.nestmtx.server_log import SERVER_LOGGER
from tests.conftest import Until
from tests.simulator import Simulator

LEVELS = ("debug", "info", "warning", "error")


@pytest.fixture
def short_minute() -> Generator[None]:
    """Shorten the minute."""
    with patch("custom_components.nestmtx.rate_limit.MINUTE", 1.0):
        yield


@pytest.fixture
def log_level() -> str:
    """The lowest level to write."""
    return "debug"


@pytest.fixture
async def logging_entry(
    hass: HomeAssistant, entry: MockConfigEntry, log_level: str, caplog: pytest.LogCaptureFixture
) -> MockConfigEntry:
    """An entry that writes the server's log from that level on."""
    caplog.set_level(logging.DEBUG, SERVER_LOGGER.name)
    hass.config_entries.async_update_entry(
        entry, options={CONF_LOG_LEVEL: log_level, CONF_WEB_RTC: False}
    )
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


def _written(caplog: pytest.LogCaptureFixture) -> list[tuple[int, str]]:
    """Return the lines of a streamer in Home Assistant's log."""
    return [
        (record.levelno, record.getMessage())
        for record in caplog.records
        if record.name == "custom_components.nestmtx.server" and "streamer" in record.getMessage()
    ]


def _left_out(caplog: pytest.LogCaptureFixture) -> list[int]:
    """Return the logged number of left-out lines."""
    return [
        int(record.args[1])
        for record in caplog.records
        if record.name == SERVER_LOGGER.name and "Skipped" in record.msg
    ]


async def _log(simulator: Simulator, *levels: str, message: str = "line {level}") -> None:
    for level in levels:
        await simulator.log(level, message.format(level=level), "streamer")


async def _storm(simulator: Simulator, entry: MockConfigEntry, until: Until) -> None:
    """Log more lines than the limit, and wait until all have been received."""
    await _log(simulator, *["warning"] * 100)
    await simulator.fire("camera", "ready", 1)
    await until(lambda: entry.runtime_data.coordinator.data.cameras[1].ready)


@pytest.mark.parametrize(
    ("log_level", "expected"),
    [
        ("debug", [logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR]),
        ("info", [logging.INFO, logging.WARNING, logging.ERROR]),
        ("notice", [logging.WARNING, logging.ERROR]),
        ("warning", [logging.WARNING, logging.ERROR]),
        ("error", [logging.ERROR]),
    ],
)
async def test_lines_are_written_from_the_least_level_on(
    logging_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    caplog: pytest.LogCaptureFixture,
    expected: list[int],
) -> None:
    await _log(simulator, *LEVELS)
    await until(lambda: len(_written(caplog)) == len(expected))

    assert [level for level, _ in _written(caplog)] == expected
    assert _written(caplog)[-1][1] == "127.0.0.1: streamer: line error"


async def test_nothing_is_written_unless_enabled(
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await _log(simulator, *LEVELS)
    await simulator.fire("camera", "ready", 1)
    await until(lambda: loaded_entry.runtime_data.coordinator.data.cameras[1].ready)

    assert [record for record in caplog.records if record.name == SERVER_LOGGER.name] == []


@pytest.mark.usefixtures("short_minute")
async def test_lines_beyond_the_limit_are_left_out_and_counted(
    hass: HomeAssistant,
    logging_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await _log(simulator, *["warning"] * 200, "error")
    await simulator.fire("camera", "ready", 1)
    await until(lambda: logging_entry.runtime_data.coordinator.data.cameras[1].ready)
    written = len(_written(caplog))

    await until(lambda: _left_out(caplog) != [])

    # Lines about our own requests count, too.
    assert 10 < written <= 30
    assert _left_out(caplog)[0] >= 201 - written


async def test_the_number_of_left_out_lines_is_logged_on_unload(
    hass: HomeAssistant,
    logging_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await _storm(simulator, logging_entry, until)

    await hass.config_entries.async_unload(logging_entry.entry_id)

    assert len(_left_out(caplog)) == 1


@pytest.mark.usefixtures("short_minute")
async def test_a_minute_later_lines_are_written_again(
    hass: HomeAssistant,
    logging_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await _storm(simulator, logging_entry, until)
    await until(lambda: _left_out(caplog) != [])

    await _log(simulator, "error", message="afterwards")
    await until(lambda: _written(caplog)[-1][1].endswith("afterwards"))

    assert _written(caplog)[-1] == (logging.ERROR, "127.0.0.1: streamer: afterwards")


async def test_lines_that_are_replayed_are_not_written_again(
    logging_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await _log(simulator, "error", message="once")
    await until(lambda: len(_written(caplog)) == 1)
    await simulator.disconnect_all()
    await until(lambda: not logging_entry.runtime_data.coordinator.connected)
    await until(lambda: logging_entry.runtime_data.coordinator.connected)

    await _log(simulator, "error", message="news")
    await until(lambda: len(_written(caplog)) > 1)

    assert [message for _, message in _written(caplog)] == [
        "127.0.0.1: streamer: once",
        "127.0.0.1: streamer: news",
    ]


@pytest.mark.parametrize(
    "message", ["Got request from x with payload: { password: 'S3CRET' }", "token=S3CRET"]
)
async def test_requests_are_masked(
    logging_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    caplog: pytest.LogCaptureFixture,
    message: str,
) -> None:
    await simulator.log("error", message, "streamer")
    await until(lambda: _written(caplog) != [])

    assert "S3CRET" not in caplog.text


async def test_a_line_cannot_forge_another_line_of_the_log(
    logging_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await simulator.log(
        "error", "one\r\n2026-11-24 ERROR (MainThread) [homeassistant] two", "streamer"
    )
    await until(lambda: _written(caplog) != [])

    assert "\n" not in _written(caplog)[0][1]
