"""icons.json: its structure, and that there is an icon for everything that has a name."""

import ast
from typing import Any

import voluptuous as vol

from .repository import ENGLISH, Finding, Findings, Repository, branch
from .schemas import PLATFORM, keyed, violations

FILE = "icons.json"


ICON = vol.Match(r"^mdi:[a-z0-9]+(-[a-z0-9]+)*$", msg="is no mdi icon")
STATE = {
    vol.Optional("default"): ICON,
    vol.Optional("range"): {str: ICON},
    vol.Optional("state"): keyed(ICON),
}
ENTITY = {**STATE, vol.Optional("state_attributes"): keyed(STATE)}
FLOW = {"step": keyed({vol.Any("section", "sections"): keyed(ICON)})}
SCHEMA = vol.Schema(
    {
        vol.Optional("conditions"): keyed({vol.Required("condition"): ICON}),
        vol.Optional("config"): FLOW,
        vol.Optional("entity"): keyed(keyed(ENTITY), PLATFORM),
        vol.Optional("issues"): keyed({"fix_flow": FLOW}),
        vol.Optional("options"): FLOW,
        vol.Optional("services"): keyed(
            {vol.Required("service"): ICON, vol.Optional("sections"): keyed(ICON)}
        ),
        vol.Optional("triggers"): keyed({vol.Required("trigger"): ICON}),
    }
)


def _of_device_class(module: ast.Module | None) -> set[str]:
    """Name the entities that the code describes with a device class: it gives them an icon."""
    described: set[str] = set()
    for node in ast.walk(module or ast.Module()):
        if not isinstance(node, ast.Call):
            continue
        arguments = {each.arg: each.value for each in node.keywords}
        key = arguments.get("translation_key")
        if "device_class" in arguments and isinstance(key, ast.Constant):
            described.add(str(key.value))
    return described


def _unknown_states(icons: Any, words: Any, *place: str) -> list[str]:
    """List states without words; where there are no words at all, they are Home Assistant's."""
    known = branch(words, *place, "state")
    return [state for state in branch(icons, *place, "state") if known and state not in known]


def _check_entities(repository: Repository, icons: Any, words: Any) -> Findings:
    file = repository.path(FILE)
    for platform in {*branch(icons, "entity"), *branch(words, "entity")}:
        shown, named = branch(icons, "entity", platform), branch(words, "entity", platform)
        of_device_class = _of_device_class(repository.document(f"{platform}.py"))
        for key in shown:
            place = f"entity.{platform}.{key}"
            if key not in named:
                yield Finding(file, f"{place}: is not in {ENGLISH}")
            for state in _unknown_states(icons, words, "entity", platform, key):
                yield Finding(file, f"{place}.state.{state}: is not in {ENGLISH}")
        # Without a name of its own, an entity is called as its device or its device class,
        # and has the icon of its platform or its device class.
        for key in named.keys() - of_device_class:
            if "name" in branch(named, key) and not branch(shown, key):
                yield Finding(file, f"entity.{platform}.{key}: has no icon")


def check(repository: Repository) -> Findings:
    """Check the icons."""
    yield from repository.missing(FILE)
    icons, words = repository.document(FILE), repository.document(ENGLISH)
    if icons is None:
        return
    file = repository.path(FILE)
    yield from violations(SCHEMA, file, icons)
    yield from _check_entities(repository, icons, words)
    for kind in ("services", "triggers", "conditions"):
        shown, named = branch(icons, kind).keys(), branch(words, kind).keys()
        yield from (Finding(file, f"{kind}.{each}: is not in {ENGLISH}") for each in shown - named)
        yield from (Finding(file, f"{kind}.{each}: has no icon") for each in named - shown)
