"""The repository passes its validation, which finds planted faults and accepts valid files."""

from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scripts.validation import __main__ as report, find
from scripts.validation.repository import Repository, parse, read

from .sample import FILES, SAMPLE, SOUND

ROOT = Path(__file__).parents[1]
GONE = object()

UNKNOWN = "not a valid option"
REQUIRED = "required key not provided"
SLUG = "invalid slug"
KEY = "invalid translation key"
UNFILLED = "has a placeholder, which is not filled"

MANIFEST = f"{SAMPLE}/manifest.json"
ENGLISH = f"{SAMPLE}/translations/en.json"
GERMAN = f"{SAMPLE}/translations/de.json"
ICONS = f"{SAMPLE}/icons.json"
SERVICES = f"{SAMPLE}/services.yaml"
TRIGGERS = f"{SAMPLE}/triggers.yaml"
CONDITIONS = f"{SAMPLE}/conditions.yaml"

CORE_PAGE = "https://www.home-assistant.io/integrations/sample"
HOST = "config.step.user.data.host"
TITLE = "config.step.user.title"
TAKEN = "entity.camera.view.state_attributes.taken.name"
FIELD = "services.send.fields.message"
FIELDS = "send.fields"
MESSAGE = f"{FIELDS}.more.fields.message"

# By file: the place, the value to put there, and the problem to find there or elsewhere.
FAULTS: dict[str, list[tuple[str, Any, str]]] = {
    "hacs.json": [
        ("name", GONE, REQUIRED),
        ("colour", "red", UNKNOWN),
        ("render_readme", "yes", "expected bool"),
        ("zip_release", True, "zip_release needs a filename"),
    ],
    MANIFEST: [
        ("after_dependencies", ["zeroconf"], "keys are not in order"),
        ("categories", "cameras", "expected a list"),
        ("categories", ["Security & safety"], "categories.0: is no category"),
        ("codeowners", GONE, REQUIRED),
        ("codeowners", ["someone"], "codeowners.0: does not begin with @"),
        ("colour", "red", UNKNOWN),
        ("connectivity", ["wires"], "connectivity.0: value must be one of"),
        ("documentation", GONE, REQUIRED),
        ("documentation", "http://example.com", "is no https address"),
        ("documentation", "https:///sample", "expected a URL"),
        ("documentation", CORE_PAGE, "is a page of Home Assistant's own"),
        ("domain", "other", "is not the name of the folder"),
        ("integration_type", GONE, "is missing, where there is a config_flow"),
        ("integration_type", "virtual", "value must be one of"),
        ("iot_class", GONE, REQUIRED),
        ("iot_class", "local", "value must be one of"),
        ("issue_tracker", GONE, REQUIRED),
        ("issue_tracker", "issues", "invalid url"),
        ("quality_scale", "best", "value must be one of"),
        ("requirements", ["aiohttp >=3,<4"], "requirements.0: has a space"),
        ("version", GONE, REQUIRED),
        ("version", "first", "is no version"),
    ],
    ENGLISH: [
        ("colours", {}, UNKNOWN),
        ("config.step", GONE, REQUIRED),
        ("config.step.user.fields", {}, UNKNOWN),
        ("config.step.user.data_description.no", "No.", "config.step.user: describes fields"),
        (TITLE, "An <b>old</b> one", "the string should not contain HTML"),
        (TITLE, "See http://x.example", "has an address"),
        (TITLE, "See www.example.com", "has an address"),
        (TITLE, "Of '{host}'", "has a placeholder in single quotes"),
        (TITLE, "{a host}", "has braces without a placeholder"),
        (TITLE, "{host", "has a brace without its counterpart"),
        (TITLE, " Host", "has spaces at an edge"),
        (TITLE, "Host\n", "has spaces at an edge"),
        (TITLE, "A [%key:common::x%]", "has a reference beside other text"),
        (TITLE, [], "value should be a string"),
        ("config_panel.card.Name", "Name", "config_panel.card: not a valid value"),
        ("config_subentries.one.step", {}, f"config_subentries.one.initiate_flow: {REQUIRED}"),
        ("device.camera.title", "Camera", UNKNOWN),
        ("device_automation.trigger", {}, UNKNOWN),
        ("entity.Sensor", {}, f"entity: {SLUG}"),
        ("entity.sensor.health.states", {}, UNKNOWN),
        ("entity.sensor.health.state.a__b", "Bad", f"entity.sensor.health.state: {KEY}"),
        ("entity.sensor.health.state.good", "{x}", UNFILLED),
        ("entity.sensor.health.unit_of_measurement", "{x}", UNFILLED),
        (TAKEN, "{x}", UNFILLED),
        ("exceptions.A", {}, f"exceptions: {SLUG}"),
        ("issues.full.description", GONE, "issues.full: at least one of"),
        ("issues.open.description", "Open.", "issues.open.<fixable>: two or more values"),
        ("issues.full.title", GONE, REQUIRED),
        ("options.title", "Options", UNKNOWN),
        ("services.send.name", GONE, REQUIRED),
        ("services.send.description", GONE, REQUIRED),
        (f"{FIELD}.name", GONE, REQUIRED),
        (f"{FIELD}.description", GONE, REQUIRED),
        ("triggers.sent.description", GONE, REQUIRED),
        ("triggers.sent.fields.for.name", GONE, REQUIRED),
        ("conditions.sending.name", GONE, REQUIRED),
        ("selector.kind.words", {}, UNKNOWN),
        ("system_health.servers", "Servers", UNKNOWN),
        (TITLE, "It does not work any more", f'{TITLE}: "any more": say "no longer"'),
        (HOST, "Address", 'say "Host"'),
        ("config.step.user.data.ssl", "Encrypted", 'say "Uses an SSL certificate"'),
        ("config.error.cannot_connect", "No server.", 'begin with "Failed to connect"'),
        ("options.error.invalid_host", "No host.", 'begin with "Invalid hostname or IP address"'),
        ("triggers.sent.fields.for.name", "Duration", 'say "For at least"'),
    ],
    GERMAN: [
        (HOST, "Adresse", 'say "Host"'),
        ("config.step.user.data.username", "Name", 'say "Benutzername"'),
        ("config.error.invalid_auth", "Falsch.", 'begin with "Ungültige Authentifizierung"'),
        ("conditions.sending.fields.behavior.name", "Wenn", 'say "Bedingung erfüllt, wenn"'),
    ],
    ICONS: [
        ("colours", {}, UNKNOWN),
        ("entity.sensor.health.default", "hass:heart", "does not begin with mdi:"),
        ("entity.sensor.health.icon", "mdi:heart", UNKNOWN),
        ("entity.sensor.health.range", {"low": "mdi:heart"}, "low is no number"),
        ("entity.sensor.health.state.good", "heart", "does not begin with mdi:"),
        ("entity.Sensor", {}, f"entity: {SLUG}"),
        ("services.send", "send", "services.send.service: does not begin with mdi:"),
        ("triggers.sent.trigger", "send", "does not begin with mdi:"),
        ("conditions.sending.condition", "send", "does not begin with mdi:"),
    ],
    SERVICES: [
        ("Send", {}, SLUG),
        ("send.label", "Send", UNKNOWN),
        (f"{MESSAGE}.selector", {"texts": None}, "Unknown selector type"),
        (f"{MESSAGE}.example", None, "is empty"),
        (f"{MESSAGE}.colour", "red", UNKNOWN),
        (
            f"{FIELDS}.kind.selector.select.translation_key",
            "other",
            f"{FIELDS}.kind: selector.other is not in translations/en.json",
        ),
        ("send.target.entities", [], UNKNOWN),
    ],
    TRIGGERS: [
        ("Sent", None, SLUG),
        ("sent.fields.for.selector", {"span": None}, "Unknown selector type"),
        ("sent.fields.for.name", "For", UNKNOWN),
        ("sent.target.entity", "sensor", "sent.target.entity.0: expected a mapping"),
    ],
    CONDITIONS: [
        ("sending.title", "Sending", UNKNOWN),
        ("sending.target", 1, "expected"),
    ],
}
# Files to add or remove, and the problem to find.
FILE_FAULTS: list[tuple[str, bytes | None, str]] = [
    (f"{SAMPLE}/brand/icon.png", None, "is missing"),
    (MANIFEST, None, "is missing"),
    ("LICENSE", None, "is missing"),
    ("README.md", None, "is missing"),
    ("hacs.json", None, "is missing"),
    ("hacs.json", b"{", "cannot be read"),
    (ICONS, b"[]", "expected"),
    (f"{SAMPLE}/sensor.py", b"import", "cannot be read"),
    (f"{SAMPLE}/translations/de.json", b"{", "cannot be read"),
    (SERVICES, b"a: [", "cannot be read"),
    (SERVICES, b".a: &a\nsend: *a", SLUG),
    ("README.md", b"word " * 1201, "has 1201 words: 1200 is the most"),
    ("README.md", b"# Sample\n\nIt is not used any\nmore.", 'line 3: "any more": say "no longer"'),
    ("docs/page.md", b"word " * 901, "has 901 words: 900 is the most"),
    ("docs/page.md", b"```yaml\na: 1\n```\nSwitch it off.", 'line 4: "Switch it off": say "turn'),
]
# Values that neither hassfest nor HACS rejects.
ACCEPTED: dict[str, list[tuple[str, Any]]] = {
    "hacs.json": [
        ("country", ["DE", "FR"]),
        ("homeassistant", "next"),
        ("render_readme", True),
    ],
    MANIFEST: [
        ("issue_tracker", "http://example.com/issues"),
        ("requirements", ["aiohttp"]),
        ("requirements", ["aiohttp==3.14.1", "yarl>=1"]),
        ("codeowners", []),
        ("config_flow", GONE),
    ],
    ENGLISH: [
        ("config.title", "Sample"),
        ("config.step.User", {"data": {"Host": "Host"}}),
        ("config.step.user.sections.more.data", GONE),
        (TITLE, "See rtsp://camera, {} and {host:>3}"),
        (TITLE, "d'{host}"),
        (TITLE, "[%key:common::config_flow::data::host%]"),
        (TITLE, 1),
        (f"{FIELD}.name", " <b>Message</b>"),
        ("entity.sensors", {}),
        ("exceptions.broken.message", GONE),
        ("preview_features.x", {"name": "X", "description": "See https://x.example"}),
        ("services.other", {"name": "Other", "description": "Is not in services.yaml."}),
        ("triggers.sent.fields.for.description", "How long."),
        ("config.error.cannot_connect", "Failed to connect. Check the host."),
        ("config.error.invalid_host", "Invalid hostname, IP address, or URL."),
        ("config.error.busy", "The server is busy."),
        ("config.step.user.data.colour", "Color"),
        (f"{FIELD}.description", "Turns a switch on the device on."),
    ],
    GERMAN: [
        (HOST, "Host"),
        (TITLE, "Any more"),
        ("config.error.cannot_connect", "Verbindung fehlgeschlagen. Prüfe den Host."),
    ],
    ICONS: [
        ("entity.sensor.health", GONE),
        ("entity.sensor.other", {"default": "mdi:heart"}),
        ("entity.sensor.health.range", {"0": "mdi:heart", "50.5": "mdi:heart-plus"}),
        ("services", {"send": "mdi:send", "other": {}}),
        ("config", {"step": {"user": {"sections": {"more": "mdi:plus"}}}}),
    ],
    SERVICES: [
        ("other", None),
        ("send.name", "Send"),
        (f"{MESSAGE}.selector", GONE),
        (f"{FIELDS}.Other", {"name": "Other", "selector": {"text": None}}),
        ("send", GONE),
    ],
    TRIGGERS: [
        ("_", None),
        ("sent.fields.other", {"selector": {"text": None}}),
    ],
    CONDITIONS: [("other", None)],
}
MANIFEST_KEYS = {
    "categories": ["security_safety.cameras"],
    "connectivity": ["network"],
    "lorawan": [["chirpstack", 5], ["the_things_stack", "brand"]],
    "quality_scale": "no_score",
    "single_config_entry": True,
}
ACCEPTED_FILES: list[tuple[str, bytes | None]] = [
    (ENGLISH, b"{}"),
    (ICONS, None),
    (CONDITIONS, None),
    (f"{SAMPLE}/brand/icon.png", b"GIF89a"),
    (f"{SAMPLE}/brand/banner.png", b""),
    (f"{SAMPLE}/data.yaml", b"!input x: ["),
    (f"{SAMPLE}/entity.py", b"import nonsense, pytest"),
    (f"{SAMPLE}/quality_scale.yaml", b"rules: {}"),
    (f"{SAMPLE}/translations/klingon.json", b"{}"),
    ("LICENSE", b"All rights reserved."),
    ("tsconfig.json", b"// With comments"),
    ("NOTICE.md", b"Nobody uses it any more."),
    ("CHANGELOG.md", b"word " * 1201),
    ("docs/images/page.svg", b"any more"),
    ("README.md", b"word " * 1200),
    ("docs/page.md", b"word " * 900),
    ("docs/page.md", b"```yaml\nmessage: Nobody is home any more.\n```"),
    ("docs/page.md", b"Use `anyhow` as [described](any%20more.md#any-more)."),
]
IMPORTS = [
    "from homeassistant.components.recorder import x",
    "from homeassistant.components import recorder",
    "import homeassistant.components.recorder",
    "def f():\n from homeassistant.components.recorder import x",
    "try:\n from homeassistant.components import recorder\nexcept ImportError:\n pass",
]
FREE_IMPORTS = [
    "from homeassistant.components.camera import Camera",
    "from homeassistant.components.diagnostics import REDACTED",
    "from homeassistant.components.stream import Stream",
    "from homeassistant.components.http.auth import async_sign_path",
    "if TYPE_CHECKING:\n from homeassistant.components.recorder import x\nelse:\n import y",
]


@pytest.fixture(autouse=True)
def _custom_integrations() -> None:
    """Skip Home Assistant, as only files are checked."""


def _with_file(file: str, content: bytes | None) -> Repository:
    files = {path: each for path, each in FILES.items() if path != file}
    return parse(files if content is None else {**files, file: content})


def _planted(file: str, place: str, value: object) -> Repository:
    """Return the sample with one value of a document changed or removed."""
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


@pytest.mark.parametrize("code", IMPORTS)
def test_an_import_of_a_component_that_is_not_declared_is_found(code: str) -> None:
    file = f"{SAMPLE}/entity.py"

    assert _found(_with_file(file, code.encode()), file) == [
        "imports the component recorder, which the manifest does not declare"
    ]


@pytest.mark.parametrize(
    ("name", "code", "file"),
    [
        ("__init__", "hass.services.async_register()", "services.yaml"),
        ("actions/all", "async_register_admin_service()", "services.yaml"),
        ("trigger", "def async_get_triggers(): pass", "triggers.yaml"),
        ("condition", "def async_get_conditions(): pass", "conditions.yaml"),
    ],
)
def test_registered_services_must_be_described(name: str, code: str, file: str) -> None:
    repository = parse({f"{SAMPLE}/{name}.py": code.encode()})

    assert _found(repository, f"{SAMPLE}/{file}") == ["is missing"]


def test_a_missing_config_flow_is_found() -> None:
    found = _found(_with_file(f"{SAMPLE}/config_flow.py", None), MANIFEST)

    assert found == ["config_flow: there is no config_flow.py"]


def test_a_missing_integration_is_found() -> None:
    assert _found(parse({}), "custom_components/manifest.json") == ["is missing"]


@pytest.mark.parametrize(
    ("file", "place", "value"),
    [(file, *accepted) for file, all_accepted in ACCEPTED.items() for accepted in all_accepted],
)
def test_a_valid_value_in_a_document_is_accepted(file: str, place: str, value: Any) -> None:
    assert find(_planted(file, place, value)) == []


@pytest.mark.parametrize("key", MANIFEST_KEYS)
def test_a_key_that_a_manifest_may_have_is_accepted(key: str) -> None:
    document = {**SOUND.parsed[MANIFEST], key: MANIFEST_KEYS[key]}
    first = {name: document.pop(name) for name in ("domain", "name")}
    ordered = first | dict(sorted(document.items()))

    assert find(replace(SOUND, parsed={**SOUND.parsed, MANIFEST: ordered})) == []


@pytest.mark.parametrize(("file", "content"), ACCEPTED_FILES)
def test_an_optional_or_unknown_file_is_accepted(file: str, content: bytes | None) -> None:
    repository = _with_file(file, content)

    # The sample's actions have options, whose translations are missing then.
    found = [each for each in find(repository) if each.file != SERVICES or file != ENGLISH]
    assert found == []


@pytest.mark.parametrize("name", ["Readme", "info.md"])
def test_any_kind_of_description_is_accepted(name: str) -> None:
    files = {path: each for path, each in FILES.items() if path != "README.md"}

    assert find(parse({**files, name: b""})) == []


@pytest.mark.parametrize("code", FREE_IMPORTS)
def test_an_import_of_a_component_that_need_not_be_declared_is_accepted(code: str) -> None:
    assert find(_with_file(f"{SAMPLE}/entity.py", code.encode())) == []


def test_discovery_components_in_the_manifest_may_be_imported() -> None:
    file = f"{SAMPLE}/entity.py"
    repository = _with_file(file, b"from homeassistant.components.dhcp import x")
    document = {**SOUND.parsed[MANIFEST], "dhcp": []}

    assert _found(replace(repository, parsed={**repository.parsed, MANIFEST: document}), file) == []


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
