"""Answers that are missing, duplicated or wrong."""

from dataclasses import replace
import itertools
import json
from typing import Any

from homeassistant.const import STATE_OFF, STATE_ON
import pytest

from custom_components.nestmtx.client import Timings
from tests.simulator.rows import camera_row

from .bench import CONNECTION, Bench
from .messages import FAILURE

LIST = "list"


@pytest.fixture
def timings(timings: Timings) -> Timings:
    """Timings with lists requested all the time."""
    return replace(timings, resync=0.1, request_timeout=0.5)


NO_LISTS: tuple[Any, ...] = (
    None,
    True,
    7,
    "nonsense",
    [],
    {},
    {"items": None, "total": 0},
    {"items": {}, "total": 0},
    {"items": [], "total": "0"},
    {"items": [], "total": None},
    {"total": 23},
    {"error": "Unauthorized"},
    {"error": None},
    {"error": {"message": 7, "details": "none"}},
    {"error": {"message": "database is locked", "details": [{}, None, 7]}},
)
NO_ROWS: tuple[Any, ...] = (
    {"items": [], "total": 23},
    {"items": [], "total": -1},
    {"items": [None, 7, "row", []], "total": 4},
    {"items": [{}], "total": 1},
    {"items": [{"id": "1"}, {"id": None}, {"id": True}, {"id": 1.5}], "total": 4},
    {"items": [{"id": []}] * 3, "total": 3},
)


def _name(answer: Any) -> str:
    return json.dumps(answer).replace(" ", "")


LISTS = [
    *(("cameras", answer) for answer in (*NO_LISTS, *NO_ROWS)),
    *(("credentials", answer) for answer in (*NO_LISTS[:4], *NO_ROWS[:3])),
]


@pytest.mark.parametrize(
    ("module", "answer"), LISTS, ids=[f"{module}-{_name(answer)}" for module, answer in LISTS]
)
async def test_a_list_of_the_wrong_type_loses_no_entity(
    bench: Bench, module: str, answer: Any
) -> None:
    bench.simulator.faults.answers[module, LIST] = answer
    asked = bench.asked(module, LIST)
    await bench.until(lambda: bench.asked(module, LIST) > asked + 3)
    bench.simulator.faults.answers.clear()
    await bench.change_server()
    await bench.until_true()

    bench.assert_kept()


@pytest.mark.parametrize(
    "answer", [*NO_LISTS[:4], *NO_LISTS[-4:], {"id": "1"}, {"id": 2}, {"id": 99}], ids=_name
)
async def test_a_row_of_the_wrong_type_is_corrected_by_the_next_list(
    bench: Bench, answer: Any
) -> None:
    bench.simulator.faults.answers["cameras", "read"] = answer
    await bench.change_server()
    await bench.until(lambda: bench.asked("cameras", "read") > 0)
    bench.simulator.faults.answers.clear()
    await bench.until_true()

    bench.assert_kept()


@pytest.mark.parametrize("answer", [*NO_LISTS[:4], *NO_LISTS[-4:], {"release": 7}], ids=_name)
async def test_a_version_of_the_wrong_type_is_unknown(bench: Bench, answer: Any) -> None:
    bench.simulator.faults.answers["version", LIST] = answer

    bench.proxy.cut()
    await bench.until_back()
    await bench.until_true()

    bench.assert_kept()


WRONG_VALUES: tuple[Any, ...] = (None, 7, -1, 1.5, True, "", "?", [], [1], {}, {"a": 1})
FIELDS = (
    "checksum",
    "name",
    "room",
    "info",
    "identified_as",
    "is_enabled",
    "is_persistent",
    "status",
    "process_id",
    "stream_ready",
    "stream_consumer_count",
    "url_rtsp_tcp",
    "url_hls_m3u8",
)


@pytest.mark.parametrize("field", FIELDS)
async def test_a_field_of_the_wrong_type_costs_no_more_than_that_field(
    bench: Bench, field: str
) -> None:
    rows = [camera_row(camera, bench.world, 0) for camera in bench.world.cameras.values()]
    for row, wrong in zip(rows, itertools.cycle(WRONG_VALUES), strict=False):
        row[field] = wrong
    answer = {"page": 1, "itemsPerPage": 100, "total": len(rows), "items": rows}
    bench.simulator.faults.answers["cameras", LIST] = answer
    await bench.while_resyncing(times=3)

    bench.simulator.faults.answers.clear()
    await bench.until_true()

    bench.assert_kept()


async def test_a_missing_answer_times_out(bench: Bench) -> None:
    bench.simulator.faults.silent = True

    await bench.until_lost()
    bench.simulator.faults.silent = False
    await bench.change_server()
    await bench.until_true()

    bench.assert_kept()


async def test_answers_that_come_twice_count_once(bench: Bench) -> None:
    bench.simulator.faults.repeat = 2

    await bench.change_server()
    await bench.while_resyncing(times=2)
    await bench.until_true()

    assert bench.saw(STATE_OFF, [CONNECTION]) == []
    bench.assert_kept()
    bench.assert_logged()


async def test_answers_after_their_timeout_are_ignored(
    bench: Bench,
) -> None:
    bench.simulator.faults.delay = 0.8

    await bench.until_lost()
    await bench.change_server()
    bench.simulator.faults.delay = 0.0
    await bench.until(lambda: bench.connection == STATE_ON)
    await bench.until_true()

    bench.assert_kept()


async def test_a_failure_while_one_request_is_open_fails_that_one_and_not_the_connection(
    bench: Bench,
) -> None:
    # The rest of a pending list is answered.
    bench.simulator.faults.unanswered.add(("cameras", LIST))
    asked = bench.asked("cameras", LIST)
    await bench.until(lambda: bench.asked("cameras", LIST) > asked)

    await bench.simulator.emit("failure", FAILURE)
    bench.simulator.faults.unanswered.clear()
    await bench.change_server()
    await bench.until_true()

    assert bench.saw(STATE_OFF, [CONNECTION]) == []
    bench.assert_kept()
    bench.assert_logged()
