"""The structure and texts of translations/en.json; hassfest doesn't read other languages."""

from collections.abc import Callable
import re
from string import Formatter
from typing import Any

from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from .repository import ENGLISH, Findings, Repository
from .schemas import keyed, translation_key, violations

ADDRESS = re.compile(
    r"((ftps?|scp|https?|mqtts?|socket|socks5)://|www\.)([a-z0-9]+[-.])*[a-z0-9]+\.[a-z]{2,5}",
    re.IGNORECASE,
)
RULES: tuple[tuple[str, Callable[[str], object]], ...] = (
    ("has an address, which belongs into a placeholder", ADDRESS.search),
    # Quoted placeholders are not filled.
    ("has a placeholder in single quotes", re.compile(r"'{\w+}'").search),
    ("has a reference beside other text", re.compile(r".\[%|%\].").search),
    ("has spaces at an edge", lambda text: text != text.strip()),
)


def _placeholders(text: str) -> list[str]:
    try:
        return [name for _, name, _, _ in Formatter().parse(text) if name]
    except ValueError as error:
        raise vol.Invalid("has a brace without its counterpart") from error


def _text(value: Any) -> str:
    text = cv.string_with_no_html(value)
    for problem, applies in RULES:
        if applies(text):
            raise vol.Invalid(problem)
    if not all(name.isidentifier() for name in _placeholders(text)):
        raise vol.Invalid("has braces without a placeholder")
    return text


def _plain(value: Any) -> str:
    """Validate the text of a state or unit, where placeholders are not filled."""
    text = _text(value)
    if _placeholders(text):
        raise vol.Invalid("has a placeholder, which is not filled there")
    return text


def _tree(value: Any) -> Any:
    is_tree = isinstance(value, dict)
    return keyed(_tree, vol.Any("_", translation_key))(value) if is_tree else _text(value)


def _fields_described(step: Any) -> Any:
    unknown = step.get("data_description", {}).keys() - step.get("data", {}).keys()
    if unknown:
        raise vol.Invalid(f"describes fields that are not in data: {', '.join(sorted(unknown))}")
    return step


_slug_or_underscore = vol.Any("_", cv.slug)
TEXTS = {str: _text}
FIELDS = {
    vol.Optional("description"): _text,
    vol.Optional("data"): TEXTS,
    vol.Optional("data_description"): TEXTS,
}
STEP = vol.All(
    {
        **FIELDS,
        vol.Optional("title"): _text,
        vol.Optional("menu_options"): TEXTS,
        vol.Optional("menu_option_descriptions"): TEXTS,
        vol.Optional("submit"): _text,
        vol.Optional("sections"): {str: {**FIELDS, vol.Optional("name"): _text}},
    },
    _fields_described,
)
# When dictionaries are joined below, the first of two markers of the same key is kept.
INITIATE_FLOW = {vol.Required("user"): _text, str: _text}
FLOW = {
    vol.Optional("flow_title"): _text,
    vol.Required("step"): {str: STEP},
    vol.Optional("error"): TEXTS,
    vol.Optional("abort"): TEXTS,
    vol.Optional("progress"): TEXTS,
    vol.Optional("create_entry"): TEXTS,
    vol.Optional("initiate_flow"): INITIATE_FLOW,
}
# A title is deprecated, which is only a warning.
CONFIG_FLOW = {**FLOW, vol.Optional("title"): object}
SUBENTRY_FLOW = {
    vol.Required("entry_type"): _text,
    vol.Required("initiate_flow"): INITIATE_FLOW,
    **CONFIG_FLOW,
}
NAMED = {vol.Required("name"): _text, vol.Required("description"): _text}
# Fields shared by all entity triggers and conditions have only a name.
FIELD = {
    vol.Required("name"): str,
    vol.Optional("description"): _text,
    vol.Optional("example"): _text,
}
SERVICE_FIELD = {vol.Required("description"): _text, **FIELD}
AUTOMATION = {**NAMED, vol.Optional("fields"): keyed(FIELD)}
SERVICE = {
    **NAMED,
    vol.Optional("fields"): keyed(SERVICE_FIELD),
    vol.Optional("sections"): keyed(
        {vol.Required("name"): str, vol.Optional("description"): _text}
    ),
}
STATES = keyed(_plain)
ENTITY = {
    vol.Optional("name"): _text,
    vol.Optional("state"): STATES,
    vol.Optional("state_attributes"): keyed(
        {vol.Optional("name"): _plain, vol.Optional("state"): STATES}
    ),
    vol.Optional("unit_of_measurement"): _plain,
}
COMPONENT_STATES = {vol.Optional("name"): str, vol.Optional("state"): STATES}
ISSUE = vol.All(
    cv.has_at_least_one_key("description", "fix_flow"),
    {
        vol.Required("title"): _text,
        vol.Optional("short_title"): _text,
        vol.Exclusive("description", "fixable"): _text,
        vol.Exclusive("fix_flow", "fixable"): FLOW,
    },
)
SELECTOR = {
    vol.Optional("choices"): keyed(_text),
    vol.Optional("fields"): vol.Any(
        keyed(str, cv.slug), keyed({vol.Required("name"): str, vol.Required("description"): _text})
    ),
    vol.Optional("options"): keyed(_text),
    vol.Optional("unit_of_measurement"): keyed(_text),
}
DEVICE_AUTOMATION = {
    vol.Optional("action_type"): TEXTS,
    vol.Optional("condition_type"): TEXTS,
    vol.Optional("extra_fields"): TEXTS,
    vol.Optional("extra_fields_descriptions"): TEXTS,
    vol.Optional("trigger_subtype"): TEXTS,
    vol.Optional("trigger_type"): TEXTS,
}
FEATURE = {
    vol.Required("name"): _text,
    vol.Required("description"): str,
    vol.Optional("enable_confirmation"): _text,
    vol.Optional("disable_confirmation"): _text,
}
SCHEMA = vol.Schema(
    {
        vol.Optional("title"): _text,
        vol.Optional("application_credentials"): {vol.Optional("description"): _text},
        vol.Optional("common"): keyed(_text, cv.slug),
        vol.Optional("conditions"): keyed(AUTOMATION, cv.underscore_slug),
        vol.Optional("config"): CONFIG_FLOW,
        vol.Optional("config_panel"): _tree,
        vol.Optional("config_subentries"): keyed(SUBENTRY_FLOW, _slug_or_underscore),
        vol.Optional("conversation"): {vol.Required("agent"): {vol.Required("done"): _text}},
        vol.Optional("device"): keyed({vol.Optional("name"): _text}),
        vol.Optional("device_automation"): DEVICE_AUTOMATION,
        vol.Optional("entity"): keyed(keyed(ENTITY), cv.slug),
        vol.Optional("entity_component"): keyed(
            {**COMPONENT_STATES, vol.Optional("state_attributes"): keyed(COMPONENT_STATES)},
            _slug_or_underscore,
        ),
        vol.Optional("exceptions"): keyed({vol.Optional("message"): _text}, cv.slug),
        vol.Optional("issues"): {str: ISSUE},
        vol.Optional("options"): FLOW,
        vol.Optional("preview_features"): keyed(FEATURE),
        vol.Optional("selector"): keyed(SELECTOR, _slug_or_underscore),
        vol.Optional("services"): keyed(SERVICE),
        vol.Optional("system_health"): {vol.Optional("info"): keyed(_text)},
        vol.Optional("triggers"): keyed(AUTOMATION, cv.underscore_slug),
    }
)


def check(repository: Repository) -> Findings:
    """Check the English texts."""
    words = repository.document(ENGLISH)
    if words is not None:
        yield from violations(SCHEMA, repository.path(ENGLISH), words)
