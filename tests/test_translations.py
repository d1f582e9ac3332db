"""All keys used by the code are translated in all languages, and no others."""

import json
from pathlib import Path
import re
from typing import Any

from homeassistant.generated.languages import LANGUAGES
import pytest
import yaml

from custom_components.nestmtx import (
    binary_sensor,
    button,
    camera,
    camera_actions,
    condition,
    config_flow,
    cron_jobs,
    dashboards,
    errors,
    event,
    image,
    issues,
    options_flow,
    placeholders,
    repairs,
    sensor,
    services,
    switch,
    text,
    trigger,
)
from custom_components.nestmtx.client import (
    AuthorizationProblem,
    ChangeProblem,
    LogLevel,
    StartProblem,
)
from custom_components.nestmtx.const import LOG_OFF
from custom_components.nestmtx.live_view import LivePhase
from custom_components.nestmtx.stills import StillsPolicy

INTEGRATION = Path(__file__).parents[1] / "custom_components" / "nestmtx"
TRANSLATIONS = {
    path.stem: json.loads(path.read_text())
    for path in sorted((INTEGRATION / "translations").iterdir())
}
ENGLISH = TRANSLATIONS["en"]
FIELDS = yaml.safe_load((INTEGRATION / "services.yaml").read_text())
ICONS = json.loads((INTEGRATION / "icons.json").read_text())

JOBS = [*cron_jobs.KNOWN_JOBS, "PruneLogsJob"]
DESCRIPTIONS = {
    "binary_sensor": [
        binary_sensor.CONNECTION,
        binary_sensor.STREAM_AUTHORIZATION,
        binary_sensor.CREDENTIAL_PROBLEM,
        *binary_sensor.CAMERA_BINARY_SENSORS,
    ],
    "button": [button.RESTART_STREAM, button.TAKE_PICTURE, *map(button.cron_job_button, JOBS)],
    "event": [event.CAMERA_ACTIVITY, event.CREDENTIAL_ACTIVITY, event.LOG],
    "image": [image.LAST_PICTURE],
    "sensor": [
        sensor.AUTHORIZATION,
        sensor.LAST_AUTHORIZED,
        sensor.AWAKE_TODAY,
        sensor.CAMERAS_STREAMING,
        *sensor.CAMERA_SENSORS,
        *sensor.SERVER_SENSORS,
        *map(sensor.last_run_sensor, JOBS),
    ],
    "switch": [switch.ENABLED, switch.PERSISTENT],
    "text": [text.PATH],
}
ENUMS = [description for description in DESCRIPTIONS["sensor"] if description.options]
SCHEMAS = {
    "user": config_flow.USER_SCHEMA,
    "reconfigure": config_flow.RECONFIGURE_SCHEMA,
    "reauth_confirm": config_flow.REAUTH_SCHEMA,
}
CONNECT_ERRORS = {key for _, key in errors._TRANSLATION_KEYS}


def _leaves(tree: dict[str, Any], path: str = "") -> dict[str, str]:
    leaves: dict[str, str] = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            leaves |= _leaves(value, f"{path}{key}.")
        else:
            leaves[f"{path}{key}"] = value
    return leaves


def _placeholders(language: str) -> dict[str, set[str]]:
    leaves = _leaves(TRANSLATIONS[language])
    return {key: set(re.findall(r"{(\w+)}", text)) for key, text in leaves.items()}


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_every_language_has_the_same_keys_and_placeholders(language: str) -> None:
    assert language in LANGUAGES
    assert _placeholders(language) == _placeholders("en")


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_every_text_is_shown_as_it_is_meant(language: str) -> None:
    for key, words in _leaves(TRANSLATIONS[language]).items():
        # A placeholder after a quote is not filled, as in French "d'{host}".
        assert not re.search("'[{}]", words), key
        # References are resolved only when Home Assistant itself is built.
        assert "[%key:" not in words, key
        assert words == words.strip(), key


def test_every_entity_has_a_name_and_an_icon_and_no_name_is_left_over() -> None:
    for platform, descriptions in DESCRIPTIONS.items():
        keys = {description.translation_key for description in descriptions}

        assert set(ENGLISH["entity"][platform]) == keys
        assert set(ICONS["entity"][platform]) == keys

    assert set(ICONS["entity"]) == set(DESCRIPTIONS)
    # A camera has the name of its device.
    assert set(ENGLISH["entity"]) == {*DESCRIPTIONS, "camera"}


def test_the_attributes_of_a_camera_have_names() -> None:
    words = ENGLISH["entity"]["camera"][camera.CAMERA.translation_key]

    attributes = words["state_attributes"]
    assert set(attributes) == camera.NestMTXCamera._unrecorded_attributes
    assert set(attributes["live_phase"]["state"]) == set(LivePhase)
    # A removed camera is unavailable.
    assert set(attributes["start_problem"]["state"]) == {
        StartProblem.CAMERA_OFF,
        StartProblem.CAMERA_UNCONFIGURED,
        StartProblem.UNAUTHORIZED,
    }


def test_every_option_has_a_name_and_a_description() -> None:
    fields = {str(key) for key in options_flow.OPTIONS_SCHEMA.schema}
    words = ENGLISH["options"]["step"]["init"]

    assert set(words["data"]) == set(words["data_description"]) == fields
    assert words["title"] and words["description"]
    assert set(ENGLISH["options"]["error"]) == {"invalid_host"}


def test_every_choice_of_an_option_is_translated() -> None:
    choices = {"log_level": {LOG_OFF, *LogLevel}, "stills": set(StillsPolicy)}

    assert set(ENGLISH["selector"]) == set(choices)
    for key, options in choices.items():
        assert set(ENGLISH["selector"][key]["options"]) == options


def test_exactly_the_texts_used_by_dashboards_are_translated() -> None:
    code = "".join(path.read_text() for path in (INTEGRATION / "frontend").glob("*.js"))
    used = set(re.findall(r'"((?:card|dashboard|options|server|wall)\.\w+)"', code))
    # Not used by the frontend, but without the integration and in pictures.
    used.add("dashboard.removed")
    used |= {f"picture.{each.name.lower()}" for each in placeholders.Placeholder}
    editor = (INTEGRATION / "frontend" / "card-editor.js").read_text()
    explained = re.search(r"EXPLAINED = (\[.*?\])", editor)
    used |= {f"card.option_{field}" for field in re.findall(r'\bname: "(\w+)"', editor)}
    used |= {f"card.option_{field}_help" for field in json.loads(explained[1])}

    assert used == set(_leaves(ENGLISH["config_panel"]))


def test_every_action_has_an_icon_and_its_fields_have_texts_and_selectors() -> None:
    actions = {name: action.schema.schema for name, action in services.ACTIONS.items()}
    actions |= {name: action.fields for name, action in camera_actions.CAMERA_ACTIONS.items()}

    assert set(actions) == set(FIELDS) == set(ENGLISH["services"]) == set(ICONS["services"])
    for name, schema in actions.items():
        words = ENGLISH["services"][name]
        fields, described = FIELDS[name].get("fields", {}), words.get("fields", {})

        assert words["name"] and words["description"]
        assert {str(key) for key in schema} == set(described) == set(fields)
        assert all(field["name"] and field["description"] for field in described.values())
        assert all(field["selector"] for field in fields.values())


def test_an_action_on_cameras_has_the_cameras_of_this_integration_as_its_target() -> None:
    cameras = [{"integration": "nestmtx", "domain": "camera"}]

    for name in camera_actions.CAMERA_ACTIONS:
        assert FIELDS[name]["target"] == {"entity": cameras}


def test_every_field_of_an_action_except_the_server_has_an_example() -> None:
    for name, action in FIELDS.items():
        for field, description in action.get("fields", {}).items():
            assert ("example" in description) == (field != "config_entry"), f"{name} {field}"


@pytest.mark.parametrize(
    ("kind", "names"),
    [("trigger", set(trigger.TRIGGERS)), ("condition", set(condition.CONDITIONS))],
)
def test_every_trigger_and_condition_has_an_icon_texts_and_selectors(
    kind: str, names: set[str]
) -> None:
    described = yaml.safe_load((INTEGRATION / f"{kind}s.yaml").read_text())
    described = {name: each for name, each in described.items() if not name.startswith(".")}
    words, icons = ENGLISH[f"{kind}s"], ICONS[f"{kind}s"]

    assert set(described) == set(words) == set(icons) == names
    for name in names:
        assert words[name]["name"] and words[name]["description"]
        assert set(words[name]["fields"]) == set(described[name]["fields"])
        assert described[name]["target"]["entity"][0]["integration"] == "nestmtx"
        assert icons[name][kind].startswith("mdi:")


def test_every_repair_is_translated() -> None:
    fixable = {
        issues.CREDENTIAL_UNAUTHORIZED,
        issues.DEFAULT_ACCOUNT,
        dashboards.DASHBOARD_RESOURCE,
    }

    others = {issues.NO_VIDEO_PROTOCOL, issues.ORPHANED_STREAM}
    assert set(ENGLISH["issues"]) == fixable | others
    assert all(words["title"] for words in ENGLISH["issues"].values())
    assert all(ENGLISH["issues"][kind]["description"] for kind in others)


@pytest.mark.parametrize(
    ("kind", "schemas", "errors", "aborts"),
    [
        (
            issues.DEFAULT_ACCOUNT,
            {"password": repairs.PASSWORD_SCHEMA},
            {*repairs.PASSWORD_ERRORS, "not_changed", "password_short", "passwords_differ"},
            {"not_loaded"},
        ),
        (
            issues.CREDENTIAL_UNAUTHORIZED,
            {"origin": repairs.ORIGIN_SCHEMA, "callback": repairs.CALLBACK_SCHEMA},
            {*repairs.AUTHORIZATION_ERRORS, "not_begun", "not_authorized"},
            {"already_authorized", "credential_gone", "not_loaded"},
        ),
        (
            dashboards.DASHBOARD_RESOURCE,
            {"resource": repairs.RESOURCE_SCHEMA},
            {"not_added"},
            set(),
        ),
    ],
)
def test_every_step_of_a_repair_is_translated(
    kind: str, schemas: dict[str, Any], errors: set[str], aborts: set[str]
) -> None:
    flow = ENGLISH["issues"][kind]["fix_flow"]

    assert (set(flow["error"]), set(flow.get("abort", ()))) == (errors, aborts)
    assert set(flow["step"]) == set(schemas)
    for name, schema in schemas.items():
        step = flow["step"][name]
        assert step["title"] and step["description"]
        fields = {str(key) for key in schema.schema}
        assert fields == set(step.get("data", ())) == set(step.get("data_description", ()))


@pytest.mark.parametrize("description", ENUMS, ids=lambda description: description.key)
def test_every_state_of_an_enum_is_translated(description: Any) -> None:
    words = ENGLISH["entity"]["sensor"][description.translation_key]["state"]

    assert set(words) == set(description.options)


@pytest.mark.parametrize(
    "description", DESCRIPTIONS["event"], ids=lambda description: description.translation_key
)
def test_every_type_of_an_event_is_translated(description: Any) -> None:
    words = ENGLISH["entity"]["event"][description.translation_key]["state_attributes"]

    assert set(words["event_type"]["state"]) == set(description.event_types)


@pytest.mark.parametrize("step", SCHEMAS)
def test_every_field_has_a_name_and_a_description(step: str) -> None:
    fields = {str(key) for key in SCHEMAS[step].schema}
    words = ENGLISH["config"]["step"][step]

    assert set(words["data"]) == set(words["data_description"]) == fields


def test_every_step_has_a_title_and_a_description() -> None:
    assert set(ENGLISH["config"]["step"]) == set(SCHEMAS)
    for words in ENGLISH["config"]["step"].values():
        assert words["title"]
        assert words["description"]


def test_exactly_the_raised_errors_are_translated() -> None:
    assert set(ENGLISH["config"]["error"]) == CONNECT_ERRORS | {"invalid_host"}
    others = {
        "camera_stalls",
        "already_recording",
        "clip_not_stored",
        "cannot_write",
        "incomplete_list",
        "invalid_payload",
        "invalid_request",
        "media_gone",
        "no_clip",
        "no_picture",
        "page_missing",
        "path_not_allowed",
        "plays_web_rtc",
        "refused",
        "signaling_failed",
        "stream_ended",
        "view_closed",
        "view_not_connected",
    }
    assert set(ENGLISH["exceptions"]) == (
        CONNECT_ERRORS | set(AuthorizationProblem) | set(ChangeProblem) | set(StartProblem) | others
    )
