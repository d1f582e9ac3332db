"""Parsing of valid and invalid rows and events."""

from datetime import UTC, datetime
import json
from pathlib import Path
from typing import Any

import pytest

from custom_components.nestmtx.client import (
    Authorization,
    CameraStatus,
    CronJob,
    Health,
    Load,
)
from custom_components.nestmtx.client.data.models import Process
from custom_components.nestmtx.client.data.parsing import (
    InvalidRow,
    parse_camera,
    parse_credential,
    parse_cron_jobs,
    parse_details,
    parse_event,
    parse_health,
    parse_load,
    parse_time,
    parse_version,
)

RECORDINGS = Path(__file__).parents[1] / "recordings"


def _recorded(name: str) -> list[dict[str, Any]]:
    return json.loads((RECORDINGS / f"{name}.json").read_text())


def _recorded_items(module: str) -> list[dict[str, Any]]:
    answers = [
        received["args"][0]
        for exchange in _recorded("lists")
        if exchange["emitted"][1]["module"] == module
        for received in exchange["received"]
    ]
    return [item for answer in answers for item in answer.get("items", ())]


CAMERA_ROWS = [
    *(exchange["answer"] for exchange in _recorded("cameras_by_status")),
    *_recorded_items("cameras"),
]


@pytest.mark.parametrize("row", CAMERA_ROWS, ids=lambda row: f"{row['status']}-{row['id']}")
def test_each_recorded_camera_parses_without_a_problem(row: dict[str, Any]) -> None:
    parsed = parse_camera(row)

    assert not parsed.problems
    assert (parsed.value.id, parsed.value.status) == (row["id"], row["status"])
    assert parsed.value.key == row["checksum"]


@pytest.mark.parametrize("row", _recorded_items("credentials"), ids=lambda row: row["description"])
def test_each_recorded_credential_parses_without_a_problem(row: dict[str, Any]) -> None:
    parsed = parse_credential(row)

    assert not parsed.problems
    assert parsed.value.is_authorized is (row["tokens"] is not None)


def test_secrets_of_a_credential_are_not_kept() -> None:
    row = _recorded_items("credentials")[-1]

    text = repr(parse_credential(row).value)

    for name in ("oauth_client_id", "oauth_client_secret", "dac_project_id", "tokens"):
        assert row[name] not in text


@pytest.mark.parametrize(
    "payload",
    [received["args"][0] for exchange in _recorded("events") for received in exchange["received"]],
    ids=lambda payload: payload["event"],
)
def test_each_recorded_event_parses(payload: dict[str, Any]) -> None:
    event = parse_event(payload)

    assert event is not None
    assert (event.domain, event.type) == ("camera", payload["event"].lower())
    assert event.entity == payload["entity"]


def test_the_recorded_version_parses() -> None:
    answer = next(
        exchange["received"][0]["args"][0]
        for exchange in _recorded("lists")
        if exchange["emitted"][1]["module"] == "version"
    )

    assert parse_version(answer).release == "v1.1.1"


@pytest.mark.parametrize("answer", [None, [], "v1", {"release": 1}])
def test_an_invalid_version_is_unknown(answer: Any) -> None:
    assert parse_version(answer).release is None


@pytest.mark.parametrize("row", [{}, {"id": None}, {"id": "7"}, {"id": True}, {"id": 10**99}])
def test_a_row_without_an_id_is_refused(row: dict[str, Any]) -> None:
    with pytest.raises(InvalidRow):
        parse_camera(row)


def test_a_field_of_another_type_loses_only_that_field() -> None:
    row = CAMERA_ROWS[0] | {"name": 7, "stream_ready": "yes", "stream_consumer_count": -1}

    parsed = parse_camera(row)

    assert parsed.problems == ("name", "stream_ready", "stream_consumer_count")
    assert (parsed.value.name, parsed.value.ready, parsed.value.viewers) == (None, False, 0)
    assert parsed.value.room == "Living Room"


def test_a_number_that_is_too_large_loses_only_that_field() -> None:
    huge = 10**400
    row = CAMERA_ROWS[0] | {"process_id": huge, "stream_consumer_count": huge}

    parsed = parse_camera(row)

    assert parsed.problems == ("process_id", "stream_consumer_count")
    assert parse_load({"memory": {"used": huge}}) == Load()


def test_a_missing_field_is_reported() -> None:
    row = {name: value for name, value in CAMERA_ROWS[0].items() if name != "room"}

    assert parse_camera(row).problems == ("room",)


def test_booleans_may_be_numbers() -> None:
    row = CAMERA_ROWS[0] | {"is_enabled": 1, "stream_ready": 0}

    parsed = parse_camera(row)

    assert not parsed.problems
    assert (parsed.value.is_enabled, parsed.value.ready) == (True, False)


def test_a_status_of_a_newer_server_is_unknown() -> None:
    assert parse_camera(CAMERA_ROWS[0] | {"status": "dreaming"}).value.status is None


def test_a_room_missing_at_google_is_none() -> None:
    assert parse_camera(CAMERA_ROWS[0] | {"room": "Unknown"}).value.room is None


def test_the_model_is_given_if_it_is_certain() -> None:
    row = CAMERA_ROWS[0] | {"identified_as": ["Nest Cam (legacy)"]}

    assert parse_camera(row).value.model == "Nest Cam (legacy)"


def test_the_device_type_replaces_an_uncertain_model() -> None:
    row = CAMERA_ROWS[0] | {"identified_as": ["one", "another"]}

    assert parse_camera(row).value.model == "Camera"


def test_there_is_no_model_without_a_device_type() -> None:
    assert parse_camera(CAMERA_ROWS[0] | {"identified_as": None, "info": None}).value.model is None


def test_a_camera_without_a_checksum_is_identified_by_its_id() -> None:
    assert parse_camera(CAMERA_ROWS[0] | {"checksum": None}).value.key == "id-7"


def test_a_new_credential_is_authenticated_when_it_has_tokens() -> None:
    row = {"id": 1, "checksum": None, "description": None, "tokens": "ciphertext"}

    assert parse_credential(row).value.authorization is Authorization.AUTHENTICATED


@pytest.mark.parametrize(
    "payload", [None, "ready", [], {}, {"domain": "camera"}, {"domain": 1, "event": "ready"}]
)
def test_an_invalid_event_is_none(payload: Any) -> None:
    assert parse_event(payload) is None


def test_a_partly_invalid_event_keeps_its_valid_fields() -> None:
    event = parse_event({"domain": "camera", "event": "read", "entity": "1", "details": []})

    assert event is not None
    assert (event.entity, dict(event.details), event.reader) == (None, {}, None)


def test_a_lone_surrogate_is_never_stored() -> None:
    row = CAMERA_ROWS[0] | {"name": "Porch \ud800"}

    assert parse_camera(row).value.name == "Porch ?"


@pytest.mark.parametrize("checksum", ["", "?", "\ud800" * 64, "A" * 64, 7])
def test_an_invalid_checksum_is_ignored(checksum: Any) -> None:
    parsed = parse_camera(CAMERA_ROWS[0] | {"checksum": checksum})

    assert parsed.value.checksum is None
    assert parsed.problems == ("checksum",)


def test_a_text_is_cut_to_the_length_of_a_state() -> None:
    name = parse_camera(CAMERA_ROWS[0] | {"name": "x" * 1000}).value.name

    assert name == "x" * 255


def test_all_statuses_are_known() -> None:
    assert {row["status"] for row in CAMERA_ROWS} == set(CameraStatus)


# Times, load, health, jobs and logs


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23T18:08:00.000+00:00",
        "2026-11-23T19:08:00+01:00",
        "2026-11-23T18:08:00.000000000Z",
        "2026-11-23 18:08:00",
    ],
)
def test_a_time_is_parsed_in_each_format_of_the_server(text: str) -> None:
    assert parse_time(text) == datetime(2026, 11, 23, 18, 8, tzinfo=UTC)


@pytest.mark.parametrize("text", [None, 7, "", "soon", "0001-01-01T00:00:00+14:00"])
def test_an_invalid_time_is_none(text: Any) -> None:
    assert parse_time(text) is None


def test_an_invalid_time_loses_only_that_field() -> None:
    parsed = parse_camera(CAMERA_ROWS[0] | {"expires_at": "soon"})

    assert (parsed.problems, parsed.value.expires_at) == (("expires_at",), None)


def test_the_recorded_streams_have_their_times_and_counts() -> None:
    running = next(row for row in CAMERA_ROWS if row["status"] == "running")

    camera = parse_camera(running).value

    assert camera.ready_since == parse_time(running["stream_uptime"])
    assert (camera.path, camera.process_id) == (running["mtx_path"], running["process_id"])
    assert (camera.tracks, camera.data_received, camera.data_sent) == (
        running["stream_track_count"],
        running["stream_data_rx"],
        running["stream_data_tx"],
    )


def test_a_camera_without_a_stream_has_no_counts() -> None:
    camera = parse_camera(CAMERA_ROWS[0]).value

    assert (camera.tracks, camera.data_received, camera.data_sent) == (None, None, None)
    assert camera.audio_codecs == "AAC"


def _recorded_answer(module: str) -> Any:
    return next(
        exchange["received"][0]["args"][0]
        for exchange in _recorded("lists")
        if exchange["emitted"][1]["module"] == module
    )


def test_the_recorded_load_parses() -> None:
    load = parse_load(_recorded_answer("htop"))

    assert load.cpu == pytest.approx((100 - 87.426 + 100 - 79.354) / 2, abs=0.01)
    assert load.memory_used == 658952192
    assert Process("mediamtx", 20952) in load.processes


@pytest.mark.parametrize(
    "answer",
    [None, [], {}, {"cpu": 7}, {"cpu": [7, {}, {"idle": "x"}, {"idle": 101}], "memory": []}],
)
def test_an_invalid_load_is_unknown(answer: Any) -> None:
    assert parse_load(answer) == Load()


def test_a_process_that_is_not_running_has_no_pid() -> None:
    load = parse_load({"processes": [{"name": "mtx-front", "pid": None}, {"pid": 7}, None]})

    assert load.processes == (Process("mtx-front"),)


def test_the_recorded_health_parses() -> None:
    assert parse_health(_recorded_answer("health")) is Health.HEALTHY


@pytest.mark.parametrize(
    ("answer", "health"),
    [
        ({"healthy": "unhealthy"}, Health.UNHEALTHY),
        ({"healthy": "degraded"}, Health.DEGRADED),
        ({"healthy": "sleepy"}, None),
        ({"healthy": 1}, None),
        (None, None),
    ],
)
def test_an_unknown_health_is_none(answer: Any, health: Health | None) -> None:
    assert parse_health(answer) is health


def test_the_recorded_cron_jobs_parse() -> None:
    jobs = parse_cron_jobs(_recorded_answer("cronjobs")["items"])

    assert jobs["PersistCameraJob"].last_run_at == datetime(2026, 11, 23, 18, 8, tzinfo=UTC)


def test_a_cron_job_without_a_name_is_ignored() -> None:
    assert parse_cron_jobs([{"name": None}, 7, {"name": "New", "last_run_at": 7}]) == {
        "New": CronJob("New")
    }


def _shown_details(details: Any) -> Any:
    event = parse_event({"domain": "camera", "event": "read", "entity": 1, "details": details})
    assert event is not None
    return parse_details(event.details)


def test_the_shown_details_of_an_event_exclude_the_query_and_the_raw_error() -> None:
    details = {
        "name": "Front",
        "path": "front",
        "query": "token=secret",
        "readerType": "rtspSession",
        "readerId": "11111111",
        "error": {"message": "invalid_grant", "config": {"data": "secret"}},
        "enabled": True,
    }

    assert _shown_details(details) == {
        "path": "front",
        "reader_type": "rtspSession",
        "reader_id": "11111111",
        "error": "invalid_grant",
    }


@pytest.mark.parametrize("error", [None, {}, [], {"message": {}}, 7])
def test_an_error_without_a_message_is_left_out(error: Any) -> None:
    assert _shown_details({"error": error}) == {}
