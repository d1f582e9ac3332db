"""services.yaml, triggers.yaml, conditions.yaml: valid, and the same as the translations."""

from collections.abc import Iterator
import re
from typing import Any

from homeassistant.helpers.selector import TargetSelector, validate_selector
import voluptuous as vol

from .repository import ENGLISH, Finding, Findings, Repository, branch
from .schemas import SLUG, UNDERSCORE_SLUG, keyed, violations

# What the code calls or defines where it has services, triggers or conditions.
TRACES = {
    "services": re.compile(rb"async_register_\w*service\b|services\.(async_)?register\b"),
    "triggers": re.compile(rb"\basync_get_triggers\b"),
    "conditions": re.compile(rb"\basync_get_conditions\b"),
}


def _present(value: Any) -> Any:
    if value is None:
        raise vol.Invalid("is empty")
    return value


FIELD = {
    vol.Optional("default"): _present,
    vol.Optional("example"): _present,
    vol.Optional("required"): bool,
    # Without one, nobody could fill the field in.
    vol.Required("selector"): validate_selector,
}
AUTOMATION_FIELD = {**FIELD, vol.Optional("context"): {str: str}}
SERVICE_FIELD = vol.Schema({**FIELD, vol.Optional("advanced"): bool, vol.Optional("filter"): dict})
SECTION = vol.Schema(
    {vol.Required("fields"): keyed(SERVICE_FIELD), vol.Optional("collapsed"): bool}
)


def _field_or_section(value: Any) -> Any:
    return (SECTION if "fields" in branch(value) else SERVICE_FIELD)(value)


AUTOMATION = {
    vol.Optional("fields"): keyed(AUTOMATION_FIELD),
    vol.Optional("target"): TargetSelector.CONFIG_SCHEMA,
}
SERVICE = {
    vol.Optional("fields"): keyed(_field_or_section),
    vol.Optional("target"): vol.Any(TargetSelector.CONFIG_SCHEMA, None),
}
SCHEMAS = {
    "services": keyed(vol.Any(None, SERVICE), SLUG),
    "triggers": keyed(vol.Any(None, AUTOMATION), UNDERSCORE_SLUG),
    "conditions": keyed(vol.Any(None, AUTOMATION), UNDERSCORE_SLUG),
}


def _sections(described: dict[str, Any]) -> dict[str, Any]:
    fields = branch(described, "fields")
    return {name: each for name, each in fields.items() if "fields" in branch(each)}


def _fields(described: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    sections = _sections(described)
    for name, field in branch(described, "fields").items():
        if name not in sections:
            yield name, field
    for section in sections.values():
        yield from branch(section, "fields").items()


def _differences(here: set[str], there: set[str], place: str) -> Iterator[str]:
    yield from (f"{place}{name}: is not in {ENGLISH}" for name in here - there)
    yield from (f"{place}{name}: is missing, {ENGLISH} has it" for name in there - here)


def _problems(kind: str, described: dict[str, Any], words: Any) -> Iterator[str]:
    yield from _differences(set(described), set(branch(words, kind)), "")
    for name in described.keys() & branch(words, kind).keys():
        fields = dict(_fields(branch(described, name)))
        for part, own in (("fields", fields), ("sections", _sections(branch(described, name)))):
            named = set(branch(words, kind, name, part))
            yield from _differences(set(own), named, f"{name}.{part}.")
        for field, each in fields.items():
            key = branch(each, "selector", "select").get("translation_key")
            if key is not None and key not in branch(words, "selector"):
                yield f"{name}.fields.{field}: selector.{key} is not in {ENGLISH}"


def _check_kind(repository: Repository, kind: str) -> Findings:
    name = f"{kind}.yaml"
    file = repository.path(name)
    words = repository.document(ENGLISH)
    code = (repository.files[path] for path, _ in repository.modules)
    if branch(words, kind) or any(TRACES[kind].search(each) for each in code):
        yield from repository.missing(name)
    document = repository.document(name)
    if document is None:
        return
    # Such anchors are left out, but hassfest refuses them in services.yaml.
    if kind != "services" and isinstance(document, dict):
        document = {key: each for key, each in document.items() if not str(key).startswith(".")}
    yield from violations(SCHEMAS[kind], file, document)
    yield from (Finding(file, each) for each in _problems(kind, branch(document), words))


def check(repository: Repository) -> Findings:
    """Check the descriptions of services, triggers and conditions."""
    for kind in SCHEMAS:
        yield from _check_kind(repository, kind)
