"""Lines of the server's log: their level, and the parts that may be shown."""

from datetime import UTC, datetime
import json
from pathlib import Path
from typing import Any

import pytest

from custom_components.nestmtx.client import LogLevel, LogLine
from custom_components.nestmtx.client.data.log_lines import parse_log_line

RECORDINGS = Path(__file__).parents[1] / "recordings"


def test_a_recorded_log_line_loses_its_colours_and_payload() -> None:
    recorded = json.loads((RECORDINGS / "logs.json").read_text())[0]["first"][0]
    assert "payload: { page:" in recorded["msg"]

    line = parse_log_line(recorded)

    assert line is not None
    assert (line.level, line.service) == (LogLevel.INFO, "socket.io")
    assert (line.host, line.pid) == ("vm", 32724)
    assert line.at == datetime(2026, 11, 23, 18, 40, 17, 298000, tzinfo=UTC)
    assert line.message == f"Got request from {recorded['msg'].split()[3]}"


@pytest.mark.parametrize(
    ("number", "level"),
    [
        (10, LogLevel.DEBUG),
        (20, LogLevel.DEBUG),
        (30, LogLevel.INFO),
        (40, LogLevel.NOTICE),
        (50, LogLevel.WARNING),
        (60, LogLevel.ERROR),
        (70, LogLevel.CRITICAL),
        (90, LogLevel.CRITICAL),
    ],
)
def test_the_number_determines_the_level(number: int, level: LogLevel) -> None:
    line = parse_log_line({"level": number, "msg": "one\n two"})

    assert line == LogLine(level, "one two")


@pytest.mark.parametrize("payload", [None, [], {}, {"level": 30}, {"level": "30", "msg": "x"}])
def test_an_invalid_log_line_is_none(payload: Any) -> None:
    assert parse_log_line(payload) is None


def test_a_log_line_is_cut_to_the_length_of_a_state() -> None:
    line = parse_log_line({"level": 30, "msg": "x" * 10_000_000})

    assert line is not None
    assert len(line.message) == 255


@pytest.mark.parametrize("time", [None, "now", True, 2**52, -(2**52), 1e12])
def test_an_invalid_time_loses_only_the_time(time: Any) -> None:
    line = parse_log_line({"level": 30, "msg": "x", "time": time})

    assert line == LogLine(LogLevel.INFO, "x")


@pytest.mark.parametrize(
    "message",
    [
        "Failed: {\n  name: \x1b[32m'ha'\x1b[39m,\n  password: \x1b[32m'S3CRET it\\'s'\x1b[39m }",
        'login {"username":"ha","password":"S3CRET"} failed',
        "GET /socket.io/?token=S3CRET&EIO=4",
        "Authorization: Bearer S3CRET",
        "socket x authenticated with oat_S3CRET.S3CRET",
        "refresh failed for client_id: S3CRET, client_secret: 'S3CRET",
        "Cannot extend enterprises/S3CRET/devices/AVPHwE",
        "insert into `users` (`password`) values ('S3CRET') - UNIQUE constraint failed",
        "password: " + "x" * 300 + "S3CRET",
    ],
)
def test_a_text_that_looks_like_a_secret_is_masked(message: str) -> None:
    line = parse_log_line({"level": 60, "msg": message})

    assert line is not None
    assert "S3CRET" not in line.message


@pytest.mark.parametrize(
    "message",
    [
        "Failed to authenticate request: Unauthorized access",
        "invalid_grant: Token has been expired or revoked.",
        "Credentials Home account expires in 41 minutes",
        '"front" is streaming',
    ],
)
def test_text_without_a_secret_is_not_masked(message: str) -> None:
    line = parse_log_line({"level": 30, "msg": message})

    assert line is not None
    assert line.message == message
