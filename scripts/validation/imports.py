"""Imports: what the code uses comes with Home Assistant, or the manifest declares it."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from importlib import metadata, resources
import json
from pathlib import PurePosixPath
import sys
from typing import Any

from homeassistant.const import Platform
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from .repository import Finding, Findings, Repository, branch

# Components that need not be declared: their code can be used without setting them up.
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
# Home Assistant puts a library of its own in its place.
REPLACED = {"voluptuous"}
HOME_ASSISTANT = "homeassistant"


def _is_for_types(node: ast.If) -> bool:
    return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def _is_guard(node: ast.Try) -> bool:
    caught = (name for each in node.handlers if each.type for name in ast.walk(each.type))
    names = {each.id for each in caught if isinstance(each, ast.Name)}
    return bool(names & {"ImportError", "ModuleNotFoundError"})


def _imported(nodes: Iterable[ast.AST], *, guarded: bool = False) -> Iterator[tuple[str, bool]]:
    """Name what is imported at run time, and whether the code goes on without it."""
    for node in nodes:
        match node:
            case ast.Import(names=names):
                yield from ((each.name, guarded) for each in names)
            case ast.ImportFrom(module=str(module), names=names, level=0):
                yield from ((f"{module}.{each.name}", guarded) for each in names)
            case ast.If() if _is_for_types(node):
                yield from _imported(node.orelse, guarded=guarded)
            case ast.Try() if _is_guard(node):
                yield from _imported(node.body, guarded=True)
                others = [*node.handlers, *node.orelse, *node.finalbody]
                yield from _imported(others, guarded=guarded)
            case _:
                yield from _imported(ast.iter_child_nodes(node), guarded=guarded)


def _component(name: str) -> str | None:
    match name.split("."):
        case ["homeassistant", "components", component, *_]:
            return component
    return None


@cache
def _manifest_of(component: str) -> Mapping[str, Any] | None:
    folder = resources.files(HOME_ASSISTANT) / "components" / component
    with suppress(FileNotFoundError):
        manifest: Mapping[str, Any] = json.loads((folder / "manifest.json").read_text())
        return manifest
    return None


def _requirements(texts: Iterable[str]) -> Iterator[Requirement]:
    for text in texts:
        with suppress(InvalidRequirement):
            yield Requirement(text)


def _distributions(texts: Iterable[str]) -> set[str]:
    return {canonicalize_name(each.name) for each in _requirements(texts)}


def _required_by(requirement: Requirement) -> Iterator[str]:
    with suppress(metadata.PackageNotFoundError):
        for each in _requirements(metadata.requires(requirement.name) or []):
            marker, extras = each.marker, ("", *requirement.extras)
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras):
                yield canonicalize_name(each.name)


def _with_their_own(texts: list[str]) -> set[str]:
    """Name required distributions, and what these in turn require for themselves."""
    own = (name for each in _requirements(texts) for name in _required_by(each))
    return {*_distributions(texts), *own}


def _of_components(components: Iterable[str]) -> set[str]:
    manifests = (_manifest_of(each) or {} for each in components)
    return _distributions(text for each in manifests for text in each.get("requirements", []))


@cache
def _providers() -> Mapping[str, list[str]]:
    return metadata.packages_distributions()


def _come_from(package: str, distributions: set[str]) -> bool:
    return any(canonicalize_name(each) in distributions for each in _providers().get(package, []))


def _is_third_party(name: str) -> bool:
    package = name.partition(".")[0]
    return package not in {*sys.stdlib_module_names, *REPLACED, HOME_ASSISTANT}


def _strings(manifest: Any, key: str) -> list[str]:
    value = branch(manifest).get(key)
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _problems(
    name: str, nodes: list[tuple[str, bool]], declared: set[str], sure: set[str]
) -> Iterator[str]:
    """Judge one file's imports: `sure` are the distributions that are certainly installed."""
    components = {each for each in (_component(imported) for imported, _ in nodes) if each}
    own = PurePosixPath(name).parts[0].removesuffix(".py")
    for component in components - declared - FREE - {own}:
        yield f"imports the component {component}, which the manifest does not declare"
    for imported, guarded in nodes:
        package = imported.partition(".")[0]
        if not _is_third_party(imported) or _come_from(package, sure):
            continue
        if not _come_from(package, _of_components(FREE)):
            yield f"imports {package}, which no requirement brings"
        elif not guarded:
            yield f"imports {package}, which need not be installed, without a way around it"


def check(repository: Repository) -> Findings:
    """Check all imports, and that the components that the manifest declares exist."""
    manifest = repository.document("manifest.json")
    dependencies = _strings(manifest, "dependencies")
    declared = {*dependencies, *_strings(manifest, "after_dependencies")}
    for component in declared:
        if _manifest_of(component) is None:
            problem = f"declares the component {component}, which Home Assistant does not have"
            yield Finding(repository.path("manifest.json"), problem)
    sure = {
        *_distributions(metadata.requires(HOME_ASSISTANT) or []),
        *_with_their_own(_strings(manifest, "requirements")),
        *_of_components(dependencies),
    }
    for path, module in repository.modules:
        name = path.removeprefix(f"{repository.folder}/")
        for problem in _problems(name, list(_imported([module])), declared, sure):
            yield Finding(path, problem)
