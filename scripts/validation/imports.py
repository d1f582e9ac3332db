"""Imports of components, which the manifest must declare unless they are exempt."""

import ast
from collections.abc import Iterator
from typing import Any

from homeassistant.const import Platform
from homeassistant.requirements import DISCOVERY_INTEGRATIONS

from .repository import Finding, Findings, Repository, branch

# Components that need not be declared, as their code works without setting them up.
FREE = {
    *Platform,
    "alert",
    "automation",
    "default_config",
    "device_automation",
    "frontend",
    "group",
    "homeassistant",
    "input_boolean",
    "input_button",
    "input_datetime",
    "input_number",
    "input_select",
    "input_text",
    "media_source",
    "mjpeg",
    "onboarding",
    "panel_custom",
    "persistent_notification",
    "person",
    "script",
    "shopping_list",
    "stream",
    "sun",
    "system_health",
    "system_log",
    "timer",
    "webhook",
    "websocket_api",
    "zone",
}


def _imported(parent: ast.AST) -> Iterator[str]:
    """Yield the names imported at run time."""
    for node in ast.iter_child_nodes(parent):
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                pass
            case ast.ImportFrom(
                module="homeassistant.components.http.auth",
                names=[ast.alias(name="async_sign_path")],
            ):
                pass
            case ast.Import(names=names):
                yield from (each.name for each in names)
            case ast.ImportFrom(module=str(module), names=names):
                yield from (f"{module}.{each.name}" for each in names)
            case _:
                yield from _imported(node)


def _components(module: ast.Module) -> set[str]:
    parts = [name.split(".") for name in _imported(module)]
    return {each[2] for each in parts if each[:2] == ["homeassistant", "components"] and each[2:]}


def _declared(manifest: Any) -> set[str]:
    keys = branch(manifest)
    declared = {
        *keys.get("dependencies", ()),
        *keys.get("after_dependencies", ()),
        *(name for name, by in DISCOVERY_INTEGRATIONS.items() if keys.keys() & set(by)),
    }
    return declared | {"bluetooth"} if "bluetooth_adapters" in declared else declared


def check(repository: Repository) -> Findings:
    """Check all imports of components."""
    # A module or folder named after another component is a platform for it.
    own = {
        path.removeprefix(f"{repository.folder}/").split("/")[0].removesuffix(".py")
        for path in repository.files
        if path.startswith(f"{repository.folder}/")
    }
    allowed = FREE | own | _declared(repository.document("manifest.json"))
    for path, module in repository.modules:
        for component in _components(module) - allowed:
            problem = f"imports the component {component}, which the manifest does not declare"
            yield Finding(path, problem)
