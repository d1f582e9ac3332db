"""translations/*.json: their structure, their texts, and that languages agree."""

from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
import re
from typing import Any

from homeassistant.generated.languages import LANGUAGES
import voluptuous as vol

from .repository import ENGLISH, Finding, Findings, Repository
from .schemas import PLATFORM, SLUG, UNDERSCORE_SLUG, keyed, violations

type Texts = dict[tuple[str, ...], Any]

PLACEHOLDER = re.compile(r"{([A-Za-z_]\w*)}")
RULES: tuple[tuple[str, Callable[[str], object]], ...] = (
    ("has HTML", re.compile(r"</?[a-z][^>]*>", re.IGNORECASE).search),
    ("has an address, which belongs into a placeholder", re.compile(r"\w://\w|\bwww\.\w").search),
    # What a single quote opens is shown as it stands.
    ("has a brace behind a single quote", re.compile(r"'[{}]").search),
    ("has braces without a placeholder", lambda text: re.search("[{}]", PLACEHOLDER.sub("", text))),
    ("has spaces at an edge", lambda text: text != text.strip()),
    # It is resolved where Home Assistant itself is built, not here.
    ("refers to another text", re.compile(r"\[%key:").search),
)


def _fields_described(step: Any) -> Any:
    unknown = step.get("data_description", {}).keys() - step.get("data", {}).keys()
    if unknown:
        raise vol.Invalid(f"describes fields that are not in data: {', '.join(sorted(unknown))}")
    return step


def _one_way_out(issue: Any) -> Any:
    if ("description" in issue) == ("fix_flow" in issue):
        raise vol.Invalid("needs a description or a fix_flow, and not both")
    return issue


TEXTS = keyed(str)
FIELDS = {
    vol.Optional("description"): str,
    vol.Optional("data"): TEXTS,
    vol.Optional("data_description"): TEXTS,
}
SECTION = vol.All({**FIELDS, vol.Optional("name"): str}, _fields_described)
STEP = vol.All(
    {
        **FIELDS,
        vol.Optional("title"): str,
        vol.Optional("menu_options"): TEXTS,
        vol.Optional("menu_option_descriptions"): TEXTS,
        vol.Optional("submit"): str,
        vol.Optional("sections"): keyed(SECTION),
    },
    _fields_described,
)
FLOW = {
    vol.Optional("flow_title"): str,
    vol.Required("step"): keyed(STEP),
    vol.Optional("error"): TEXTS,
    vol.Optional("abort"): TEXTS,
    vol.Optional("progress"): TEXTS,
    vol.Optional("create_entry"): TEXTS,
    vol.Optional("initiate_flow"): TEXTS,
}
NAMED = {vol.Required("name"): str, vol.Required("description"): str}
# The fields that all triggers and conditions of entities have are named, and no more.
FIELD = {
    vol.Required("name"): str,
    vol.Optional("description"): str,
    vol.Optional("example"): str,
}
AUTOMATION = {**NAMED, vol.Optional("fields"): keyed(FIELD)}
SERVICE = {
    **NAMED,
    vol.Optional("fields"): keyed({**NAMED, vol.Optional("example"): str}),
    vol.Optional("sections"): keyed(FIELD),
}
STATES = {vol.Optional("name"): str, vol.Optional("state"): TEXTS}
STATE_ATTRIBUTES = {**STATES, vol.Optional("state_attributes"): keyed(STATES)}
ENTITY = {**STATE_ATTRIBUTES, vol.Optional("unit_of_measurement"): str}
ISSUE = vol.All(
    {
        vol.Required("title"): str,
        vol.Optional("short_title"): str,
        vol.Optional("description"): str,
        vol.Optional("fix_flow"): FLOW,
    },
    _one_way_out,
)
SELECTOR = {
    vol.Optional("choices"): TEXTS,
    vol.Optional("fields"): keyed(vol.Any(str, NAMED)),
    vol.Optional("options"): TEXTS,
    vol.Optional("unit_of_measurement"): TEXTS,
}
# Of two markers of the same key, the first one stays.
SUBENTRY = {vol.Required("entry_type"): str, vol.Required("initiate_flow"): TEXTS, **FLOW}
FEATURE = {
    **NAMED,
    vol.Optional("enable_confirmation"): str,
    vol.Optional("disable_confirmation"): str,
}


def _tree(value: Any) -> Any:
    return value if isinstance(value, str) else keyed(_tree)(value)


SCHEMA = vol.Schema(
    {
        vol.Optional("title"): str,
        vol.Optional("application_credentials"): {vol.Optional("description"): str},
        vol.Optional("common"): keyed(str, SLUG),
        vol.Optional("conditions"): keyed(AUTOMATION, UNDERSCORE_SLUG),
        vol.Optional("config"): FLOW,
        vol.Optional("config_panel"): _tree,
        vol.Optional("config_subentries"): keyed(SUBENTRY, SLUG),
        vol.Optional("conversation"): {vol.Required("agent"): {vol.Required("done"): str}},
        vol.Optional("device"): keyed({vol.Optional("name"): str}),
        vol.Optional("device_automation"): keyed(TEXTS),
        vol.Optional("entity"): keyed(keyed(ENTITY), PLATFORM),
        vol.Optional("entity_component"): keyed(STATE_ATTRIBUTES, UNDERSCORE_SLUG),
        vol.Optional("exceptions"): keyed({vol.Required("message"): str}, SLUG),
        vol.Optional("issues"): keyed(ISSUE),
        vol.Optional("options"): FLOW,
        vol.Optional("preview_features"): keyed(FEATURE),
        vol.Optional("selector"): keyed(SELECTOR, SLUG),
        vol.Optional("services"): keyed(SERVICE),
        vol.Optional("system_health"): {vol.Optional("info"): TEXTS},
        vol.Optional("triggers"): keyed(AUTOMATION, UNDERSCORE_SLUG),
    }
)


def _leaves(tree: Any, *path: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    if not isinstance(tree, dict):
        yield path, tree
        return
    for key, value in tree.items():
        yield from _leaves(value, *path, key)


def _is_plain(path: tuple[str, ...]) -> bool:
    """Say whether the text belongs to a state or a unit, where placeholders are not filled."""
    return path[:1] == ("entity",) and path[3:4] != ("name",)


def _problems(path: tuple[str, ...], text: Any) -> Iterator[str]:
    if not isinstance(text, str):
        yield "is no text"
        return
    yield from (problem for problem, applies in RULES if applies(text))
    if PLACEHOLDER.search(text) and _is_plain(path):
        yield "has a placeholder, which is not filled there"


def _differences(texts: Texts, english: Texts) -> Iterator[tuple[tuple[str, ...], str]]:
    for path in english.keys() - texts.keys():
        yield path, "is missing"
    for path in texts.keys() - english.keys():
        yield path, f"is not in {ENGLISH}"
    for path in texts.keys() & english.keys():
        here, there = (set(PLACEHOLDER.findall(str(each[path]))) for each in (texts, english))
        if here != there:
            yield path, f"has other placeholders than in {ENGLISH}"


def _languages(repository: Repository) -> Iterator[tuple[str, Any]]:
    folder = repository.path("translations")
    for path, parsed in repository.parsed.items():
        if PurePosixPath(path).match(f"{folder}/*.json"):
            yield path, parsed


def _check_language(file: str, texts: Texts, english: Texts) -> Findings:
    problems = [
        *((path, each) for path, text in texts.items() for each in _problems(path, text)),
        *_differences(texts, english),
    ]
    for path, problem in problems:
        yield Finding(file, f"{'.'.join(path)}: {problem}")


def check(repository: Repository) -> Findings:
    """Check English by its structure, every language by its texts and against English."""
    yield from repository.missing(ENGLISH)
    english_file = repository.path(ENGLISH)
    words = repository.document(ENGLISH)
    if words is None:
        return
    yield from violations(SCHEMA, english_file, words)
    english = dict(_leaves(words))
    for file, parsed in _languages(repository):
        if PurePosixPath(file).stem not in LANGUAGES:
            yield Finding(file, "is of no language that Home Assistant has")
        yield from _check_language(file, dict(_leaves(parsed)), english)
