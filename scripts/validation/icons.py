"""The structure of icons.json."""

from typing import Any

from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.icon import convert_shorthand_service_icon
import voluptuous as vol

from .repository import Findings, Repository
from .schemas import keyed, violations

FILE = "icons.json"
ICON = vol.All(cv.string_with_no_html, vol.Match("mdi:", msg="does not begin with mdi:"))


def _number(value: str) -> str:
    try:
        float(value)
    except ValueError as error:
        raise vol.Invalid(f"{value} is no number") from error
    return value


STATE: dict[Any, Any] = {
    vol.Optional("default"): ICON,
    vol.Optional("range"): keyed(ICON, _number),
    vol.Optional("state"): keyed(ICON),
}
ENTITY = {**STATE, vol.Optional("state_attributes"): keyed(STATE)}
FLOW = {"step": {str: {"sections": {str: ICON}}}}
SERVICE = vol.All(
    convert_shorthand_service_icon,
    {vol.Optional("service"): ICON, vol.Optional("sections"): keyed(ICON)},
)
SCHEMA = vol.Schema(
    {
        vol.Optional("conditions"): keyed({vol.Optional("condition"): ICON}, cv.underscore_slug),
        vol.Optional("config"): FLOW,
        vol.Optional("entity"): keyed(keyed(ENTITY), cv.slug),
        vol.Optional("issues"): {str: {"fix_flow": FLOW}},
        vol.Optional("options"): FLOW,
        vol.Optional("services"): keyed(SERVICE),
        vol.Optional("triggers"): keyed({vol.Optional("trigger"): ICON}, cv.underscore_slug),
    }
)


def check(repository: Repository) -> Findings:
    """Check the icons."""
    icons = repository.document(FILE)
    if icons is not None:
        yield from violations(SCHEMA, repository.path(FILE), icons)
