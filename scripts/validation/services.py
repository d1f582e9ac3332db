"""services.yaml, triggers.yaml, conditions.yaml: present if the code needs them, and valid."""

from pathlib import PurePosixPath
import re
from typing import Any

from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.selector import TargetSelector, validate_selector
import voluptuous as vol

from .repository import ENGLISH, Finding, Findings, Repository, branch
from .schemas import keyed, violations

# Names that the code of services, triggers or conditions calls or defines, and in which files.
TRACES = {
    "services": (
        "*.py",
        re.compile(rb"hass\.services\.(async_)?register|async_register_(admin|entity)_service"),
    ),
    "triggers": ("trigger.py", re.compile(rb"async_attach_trigger|async_get_triggers")),
    "conditions": ("condition.py", re.compile(rb"async_get_conditions")),
}


def _present(value: Any) -> Any:
    if value is None:
        raise vol.Invalid("is empty")
    return value


FIELD = {
    vol.Optional("default"): _present,
    vol.Optional("example"): _present,
    vol.Optional("required"): bool,
    vol.Optional("selector"): validate_selector,
}
AUTOMATION = {
    vol.Optional("fields"): {str: {**FIELD, vol.Optional("context"): {str: str}}},
    vol.Optional("target"): TargetSelector.CONFIG_SCHEMA,
}
NAMED = {vol.Optional("name"): str, vol.Optional("description"): str}
SERVICE_FIELD = vol.Schema(
    {**NAMED, **FIELD, vol.Optional("advanced"): bool, vol.Optional("filter"): dict}
)
SECTION = vol.Schema(
    {**NAMED, vol.Required("fields"): {str: SERVICE_FIELD}, vol.Optional("collapsed"): bool}
)


def _field_or_section(value: Any) -> Any:
    return (SECTION if "fields" in branch(value) else SERVICE_FIELD)(value)


SERVICE = {
    **NAMED,
    vol.Optional("fields"): {str: _field_or_section},
    vol.Optional("target"): vol.Any(TargetSelector.CONFIG_SCHEMA, None),
}
SCHEMAS = {
    "services": vol.Schema(keyed(vol.Any(None, SERVICE), cv.slug)),
    "triggers": vol.Schema(keyed(vol.Any(None, AUTOMATION), cv.underscore_slug)),
    "conditions": vol.Schema(keyed(vol.Any(None, AUTOMATION), cv.underscore_slug)),
}


def _needed(repository: Repository, kind: str) -> bool:
    name, trace = TRACES[kind]
    return any(
        trace.search(repository.files[path])
        for path, _ in repository.modules
        if PurePosixPath(path).match(name)
    )


def _check_kind(repository: Repository, kind: str) -> Findings:
    file = repository.path(f"{kind}.yaml")
    if _needed(repository, kind):
        yield from repository.missing(f"{kind}.yaml")
    document = repository.document(f"{kind}.yaml")
    if document is None:
        return
    # Ignore YAML anchors, except in services.yaml, where hassfest refuses them in custom
    # integrations.
    if kind != "services" and isinstance(document, dict):
        document = {key: each for key, each in document.items() if not str(key).startswith(".")}
    yield from violations(SCHEMAS[kind], file, document)
    choices = branch(repository.document(ENGLISH), "selector")
    for name, described in branch(document).items():
        for field, each in branch(described, "fields").items():
            key = branch(each, "selector", "select").get("translation_key")
            if key is not None and key not in choices:
                yield Finding(file, f"{name}.fields.{field}: selector.{key} is not in {ENGLISH}")


def check(repository: Repository) -> Findings:
    """Check the descriptions of services, triggers and conditions."""
    for kind in SCHEMAS:
        yield from _check_kind(repository, kind)
