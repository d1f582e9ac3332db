"""The repository passes its validation, and each rule of the validation finds a planted fault."""

from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scripts.validation import __main__ as report, find
from scripts.validation.repository import Repository, parse, read

from .sample import FILES, SAMPLE, SOUND, png

ROOT = Path(__file__).parents[1]
GONE = object()

UNKNOWN = "not a valid option"
REQUIRED = "required key not provided"
KEY = "is not a valid key"
ABSENT = "is not in translations/en.json"
CORE_PAGE = "https://www.home-assistant.io/integrations/sample"
TITLE = "config.step.user.title"
UNIT = "entity.sensor.health.unit_of_measurement"
TAKEN = "entity.camera.view.state_attributes.taken.name"
FIELD = "services.send.fields.message"
MESSAGE = "send.fields.more.fields.message"
KIND = f"{MESSAGE}.selector.select.translation_key"

# By the file: which value is put where, and what is found there, or what else is found.
FAULTS: dict[str, list[tuple[str, Any, str]]] = {
    "hacs.json": [
        ("name", GONE, REQUIRED),
        ("colour", "red", UNKNOWN),
        ("homeassistant", "new", "is no version"),
        ("zip_release", True, "zip_release needs a filename"),
    ],
    f"{SAMPLE}/manifest.json": [
        ("after_dependencies", ["zeroconf"], "keys are not in order"),
        ("codeowners", GONE, REQUIRED),
        ("codeowners", [], "names nobody"),
        ("codeowners", ["someone"], "codeowners.0: does not begin with @"),
        ("colour", "red", UNKNOWN),
        ("config_flow", GONE, "is true with a config_flow.py"),
        ("dependencies", ["nonsense"], "declares the component nonsense"),
        ("documentation", GONE, REQUIRED),
        ("documentation", "http://example.com", "is no https address"),
        ("documentation", "https:///sample", "is no https address"),
        ("documentation", CORE_PAGE, "is a page of Home Assistant's own"),
        ("domain", "other", "is not the name of the folder"),
        ("integration_type", GONE, REQUIRED),
        ("integration_type", "virtual", "value must be one of"),
        ("iot_class", GONE, REQUIRED),
        ("iot_class", "local", "value must be one of"),
        ("issue_tracker", GONE, REQUIRED),
        ("issue_tracker", "http://example.com", "is no https address"),
        ("requirements", ["aiohttp"], "requirements.0: is neither pinned nor a range"),
        ("requirements", ["aiohttp>=3"], "requirements.0: is neither pinned nor a range"),
        ("requirements", ["aiohttp >=3,<4"], "requirements.0: has a space"),
        ("requirements", ["aiohttp=3"], "requirements.0: is no requirement"),
        ("version", GONE, REQUIRED),
        ("version", "first", "is no version"),
    ],
    f"{SAMPLE}/translations/en.json": [
        ("colours", {}, UNKNOWN),
        ("config.title", "Sample", UNKNOWN),
        ("config.step", GONE, REQUIRED),
        ("config.step.User", {}, KEY),
        ("config.step.user.fields", {}, UNKNOWN),
        ("config.step.user.data_description.no", "No.", "config.step.user: describes fields"),
        ("config.step.user.sections.more.data", GONE, "config.step.user.sections.more: describes"),
        (TITLE, "An <b>old</b> one", "has HTML"),
        (TITLE, "See http://x.y", "has an address"),
        (TITLE, "See www.example.com", "has an address"),
        (TITLE, "Of '{host}'", "has a brace behind a single quote"),
        (TITLE, "d'{host}", "has a brace behind a single quote"),
        (TITLE, "{a host}", "has braces without a placeholder"),
        (TITLE, "{host", "has braces without a placeholder"),
        (TITLE, " Host", "has spaces at an edge"),
        (TITLE, "Host\n", "has spaces at an edge"),
        (TITLE, "[%key:common::x%]", "refers to another text"),
        (TITLE, 1, "is no text"),
        ("config_panel.card.Name", "Name", KEY),
        ("config_subentries.one.step", {}, f"config_subentries.one.initiate_flow: {REQUIRED}"),
        ("device.camera.title", "Camera", UNKNOWN),
        ("entity.sensors", {}, KEY),
        ("entity.sensor.health.states", {}, UNKNOWN),
        ("entity.sensor.health.state.bad__one", "Bad", KEY),
        ("entity.sensor.health.state.good", "{x}", "has a placeholder, which is not filled"),
        (UNIT, "{x}", "has a placeholder, which is not filled"),
        (TAKEN, "{x}", "has a placeholder, which is not filled"),
        ("exceptions.broken.message", GONE, REQUIRED),
        ("issues.full.description", GONE, "issues.full: needs a description or a fix_flow"),
        ("issues.open.description", "Open.", "issues.open: needs a description or a fix_flow"),
        ("issues.full.title", GONE, REQUIRED),
        ("services.send.name", GONE, REQUIRED),
        ("services.send.description", GONE, REQUIRED),
        (f"{FIELD}.name", GONE, REQUIRED),
        (f"{FIELD}.description", GONE, REQUIRED),
        ("triggers.sent.description", GONE, REQUIRED),
        ("triggers.sent.fields.for.name", GONE, REQUIRED),
        ("conditions.sending.name", GONE, REQUIRED),
        ("selector.kind.words", {}, UNKNOWN),
        ("system_health.servers", "Servers", UNKNOWN),
    ],
    f"{SAMPLE}/translations/de.json": [
        ("services.send.name", GONE, "is missing"),
        ("services.send.other", "Anderes", ABSENT),
        ("exceptions.broken.message", "Defekt", "has other placeholders"),
        ("services.send.name", "<b>Senden</b>", "has HTML"),
    ],
    f"{SAMPLE}/icons.json": [
        ("colours", {}, UNKNOWN),
        ("entity.sensor.health.default", "hass:heart", "is no mdi icon"),
        ("entity.sensor.health.icon", "mdi:heart", UNKNOWN),
        ("entity.sensor.health.state.good", "heart", "is no mdi icon"),
        ("entity.sensor.health.state.bad", "mdi:heart", ABSENT),
        ("entity.sensor.health", GONE, "has no icon"),
        ("entity.sensor.health", {}, "has no icon"),
        ("entity.sensor.other", {"default": "mdi:heart"}, ABSENT),
        ("entity.sensors", {}, KEY),
        ("services.send.service", GONE, REQUIRED),
        ("services.send", GONE, "has no icon"),
        ("services.other", {"service": "mdi:send"}, ABSENT),
        ("triggers.sent.trigger", "send", "is no mdi icon"),
        ("triggers.sent", GONE, "has no icon"),
        ("conditions.sending.condition", "send", "is no mdi icon"),
        ("conditions.sending", GONE, "has no icon"),
    ],
    f"{SAMPLE}/services.yaml": [
        ("other", {}, ABSENT),
        ("send", GONE, "is missing"),
        ("Send", {}, KEY),
        ("send.fields.other", {"selector": {"text": None}}, ABSENT),
        ("send.fields.extra", {"fields": {}}, "send.sections.extra: is not in"),
        (MESSAGE, GONE, "send.fields.message: is missing"),
        (f"{MESSAGE}.selector", {"texts": None}, "Unknown selector type"),
        (f"{MESSAGE}.selector", GONE, REQUIRED),
        (f"{MESSAGE}.example", None, "is empty"),
        (f"{MESSAGE}.colour", "red", UNKNOWN),
        (KIND, "other", "send.fields.message: selector.other is not in"),
        ("send.target.entities", [], UNKNOWN),
    ],
    f"{SAMPLE}/triggers.yaml": [
        ("other", None, ABSENT),
        ("sent", GONE, "is missing"),
        ("sent.fields.for", GONE, "is missing"),
        ("sent.fields.for.selector", {"span": None}, "Unknown selector type"),
        ("sent.fields.for.name", "For", UNKNOWN),
        ("sent.target.entity", "sensor", "sent.target.entity.0: expected a mapping"),
    ],
    f"{SAMPLE}/conditions.yaml": [
        ("other", None, ABSENT),
        ("sending", GONE, "is missing"),
        ("sending.fields.for", {"selector": {"duration": None}}, ABSENT),
        ("sending.target", 1, "expected"),
    ],
    f"{SAMPLE}/quality_scale.yaml": [
        ("rules.brands", GONE, REQUIRED),
        ("rules.brand", "done", UNKNOWN),
        ("rules.brands", "todo", "rules.brands.status: is neither done nor exempt"),
        ("rules.brands", "exempt", "is exempt without a comment"),
        ("rules.brands.status", "todo", "is neither done nor exempt"),
        ("rules.brands.status", "exempt", "rules.brands: is exempt without a comment"),
        ("rules.brands", {"status": "exempt", "comment": ""}, "rules.brands.comment: is empty"),
    ],
}
INDISPENSABLE = (
    "brand/icon.png",
    "conditions.yaml",
    "icons.json",
    "manifest.json",
    "quality_scale.yaml",
    "services.yaml",
    "translations/en.json",
    "triggers.yaml",
)
# Files that are put there, or taken away, and what is found about them.
FILE_FAULTS: list[tuple[str, bytes | None, str]] = [
    *((f"{SAMPLE}/{name}", None, "is missing") for name in INDISPENSABLE),
    ("LICENSE", None, "is missing"),
    ("LICENSE", b"All rights reserved.", "is no licence"),
    ("README.md", None, "is missing"),
    ("hacs.json", None, "is missing"),
    ("hacs.json", b"{", "cannot be read"),
    (f"{SAMPLE}/icons.json", b"[]", "expected"),
    (f"{SAMPLE}/sensor.py", b"import", "cannot be read"),
    (f"{SAMPLE}/services.yaml", b"a: [", "cannot be read"),
    (f"{SAMPLE}/services.yaml", b".a: &a\nsend: *a", f".a: {KEY}"),
    (
        f"{SAMPLE}/translations/klingon.json",
        FILES[f"{SAMPLE}/translations/en.json"],
        "is of no language",
    ),
    (f"{SAMPLE}/brand/icon.png", b"GIF89a", "is no PNG"),
    (f"{SAMPLE}/brand/icon.png", png(256, 256)[:-4], "is no PNG, or not all of one"),
    (f"{SAMPLE}/brand/icon.png", png(256, 255), "is not 256 by 256 pixels"),
    (f"{SAMPLE}/brand/icon@2x.png", png(256, 256), "is not 512 by 512 pixels"),
    (f"{SAMPLE}/brand/dark_icon.png", png(512, 512), "is not 256 by 256 pixels"),
    (f"{SAMPLE}/brand/logo.png", png(500, 127), "has a shorter side of less than 128"),
    (f"{SAMPLE}/brand/dark_logo@2x.png", png(600, 513), "has a shorter side of less than 256"),
    (f"{SAMPLE}/brand/banner.png", png(256, 256), "is no image that Home Assistant asks for"),
]
CODE_FAULTS = [
    ("from homeassistant.components.recorder import x", "imports the component recorder"),
    ("from homeassistant.components import recorder", "imports the component recorder"),
    ("import homeassistant.components.recorder", "imports the component recorder"),
    ("def f():\n from homeassistant.components.repairs import x", "imports the component repairs"),
    ("import nonsense", "imports nonsense, which no requirement brings"),
    ("import pytest", "imports pytest, which no requirement brings"),
    ("import av", "imports av, which need not be installed"),
    ("try:\n import av\nexcept OSError:\n pass", "imports av, which need not be installed"),
]


@pytest.fixture(autouse=True)
def _custom_integrations() -> None:
    """Do without Home Assistant: files are looked at, and nothing is run."""


def _with_file(file: str, content: bytes | None) -> Repository:
    files = {path: each for path, each in FILES.items() if path != file}
    return parse(files if content is None else {**files, file: content})


def _planted(file: str, place: str, value: object) -> Repository:
    """Return the sample with one value changed in a document, or taken away."""
    document = deepcopy(SOUND.parsed[file])
    *above, last = place.split(".")
    parent = document
    for key in above:
        if not isinstance(parent.get(key), dict):
            parent[key] = {}
        parent = parent[key]
    if value is GONE:
        del parent[last]
    else:
        parent[last] = value
    return replace(SOUND, parsed={**SOUND.parsed, file: document})


def _found(repository: Repository, file: str) -> list[str]:
    return [finding.problem for finding in find(repository) if finding.file == file]


def test_nothing_is_wrong_with_the_repository() -> None:
    assert find(parse(read(ROOT))) == []


def test_nothing_is_wrong_with_the_sample() -> None:
    assert find(SOUND) == []


@pytest.mark.parametrize(
    ("file", "place", "value", "problem"),
    [(file, *fault) for file, faults in FAULTS.items() for fault in faults],
)
def test_a_fault_in_a_document_is_found(file: str, place: str, value: Any, problem: str) -> None:
    found = _found(_planted(file, place, value), file)

    assert any(each.startswith((problem, f"{place}: {problem}")) for each in found), found


@pytest.mark.parametrize(("file", "content", "problem"), FILE_FAULTS)
def test_a_file_that_is_missing_or_wrong_is_found(
    file: str, content: bytes | None, problem: str
) -> None:
    found = _found(_with_file(file, content), file)

    assert any(each.startswith(problem) for each in found), found


@pytest.mark.parametrize(("code", "problem"), CODE_FAULTS)
def test_an_import_that_nothing_brings_is_found(code: str, problem: str) -> None:
    file = f"{SAMPLE}/entity.py"
    found = _found(_with_file(file, code.encode()), file)

    assert any(each.startswith(problem) for each in found), found


@pytest.mark.parametrize(
    ("code", "file"),
    [
        ("hass.services.async_register()", "services.yaml"),
        ("async_register_admin_service()", "services.yaml"),
        ("def async_get_triggers(): pass", "triggers.yaml"),
        ("def async_get_conditions(): pass", "conditions.yaml"),
    ],
)
def test_what_the_code_registers_has_to_be_described(code: str, file: str) -> None:
    repository = parse({f"{SAMPLE}/__init__.py": code.encode()})

    assert _found(repository, f"{SAMPLE}/{file}") == ["is missing"]


def test_there_is_a_flow_where_the_manifest_says_so() -> None:
    found = _found(_with_file(f"{SAMPLE}/config_flow.py", None), f"{SAMPLE}/manifest.json")

    assert found == ["config_flow: is true with a config_flow.py, and only with it"]


@pytest.mark.parametrize("other", ["custom_components/other/__init__.py", None])
def test_there_is_exactly_one_integration(other: str | None) -> None:
    repository = _with_file(other, b"") if other else parse({})

    assert _found(repository, "custom_components") == ["does not hold exactly one integration"]


def test_each_finding_is_a_line_and_any_makes_it_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for path, content in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    monkeypatch.setattr(report, "ROOT", tmp_path)
    assert (report.main(), capsys.readouterr().out) == (0, "")

    (tmp_path / "README.md").unlink()
    assert (report.main(), capsys.readouterr().out) == (1, "README.md: is missing\n")
