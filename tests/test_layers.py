"""Modules import only from the layers below, without import cycles.

Each line below may import from the lines above it, and from its own line. Imports for type checking
count, too.
"""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
import re

import pytest

PACKAGE = Path(__file__).parents[1] / "custom_components" / "nestmtx"

CLIENT_LAYERS = (
    ("errors", "timings"),
    ("masks",),
    ("redaction",),
    ("data",),
    ("connection",),
    ("state",),
    ("media",),
    ("api",),
    ("client", "verification"),
)
"""The client's modules and packages, by name in `client`."""

LAYERS = (
    ("client",),
    ("const", "rate_limit", "frames", "http_session"),
    (
        "account",
        "admission",
        "album",
        "awake",
        "clip_store",
        "device_ids",
        "device_key",
        "errors",
        "listeners",
        "picture_store",
        "placeholders",
        "strategy_dashboards",
        "targets",
        "token_keeper",
    ),
    ("coordinator",),
    (
        "clips",
        "dashboards",
        "device",
        "issues",
        "keep_awake",
        "linked_devices",
        "live_view",
        "media_source",
        "recognition",
        "server_log",
    ),
    ("stills",),
    ("webrtc",),
    ("data",),
    ("entity", "cron_jobs"),
    ("awake_today",),
    ("binary_sensor", "button", "camera", "event", "image", "sensor", "switch", "text"),
    ("unwatched",),
    ("trigger", "condition"),
    ("camera_actions", "options_flow", "config_flow", "repairs", "services"),
    ("diagnostics", "system_health"),
    ("__init__",),
)
"""The modules of the integration."""


def _name(path: Path) -> str:
    """Return the name of a module within the integration; for a package, the package's."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)


MODULES = {_name(path): path for path in PACKAGE.rglob("*.py")}
CLIENT = sorted(name for name in MODULES if name.partition(".")[0] == "client")


def _relative(name: str) -> Iterator[str]:
    """Return the modules of the integration that a module imports."""
    path = MODULES[name]
    package = path.parent.relative_to(PACKAGE).parts
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        base = [*package[: len(package) - node.level + 1], *filter(None, [node.module])]
        for alias in node.names:
            whole = ".".join([*base, alias.name])
            yield whole if whole in MODULES else ".".join(base) or "__init__"


def _absolute(name: str) -> set[str]:
    """Return the top-level names of a module's other imports."""
    nodes = list(ast.walk(ast.parse(MODULES[name].read_text())))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {
        node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level
    }
    return {name.partition(".")[0] for name in names}


def _too_high(
    layers: tuple[tuple[str, ...], ...], imports: dict[str, set[str]]
) -> dict[str, set[str]]:
    """Return what each module imports from a layer above its own."""
    height = {name: index for index, layer in enumerate(layers) for name in layer}
    wrong = {
        name: {each for each in imported if height[each] > height[name]}
        for name, imported in imports.items()
    }
    return {name: imported for name, imported in wrong.items() if imported}


def test_no_module_imports_another_one_in_a_circle() -> None:
    imports = {name: set(_relative(name)) - {name} for name in MODULES}

    try:
        TopologicalSorter(imports).prepare()
    except CycleError as err:
        pytest.fail(f"imported in a circle: {' -> '.join(err.args[1])}")


def test_the_integration_imports_from_the_layers_below_only() -> None:
    imports: dict[str, set[str]] = {}
    for name in MODULES:
        if name not in CLIENT:
            imports[name] = {each.partition(".")[0] for each in _relative(name)}

    assert sorted(imports) == sorted(name for layer in LAYERS for name in layer if name != "client")
    assert not _too_high(LAYERS, imports)


def test_the_client_imports_from_the_layers_below_only() -> None:
    imports: dict[str, set[str]] = {}
    for name in CLIENT:
        if name != "client":
            imported = (each.split(".") for each in _relative(name))
            imports.setdefault(name.split(".")[1], set()).update(each[1] for each in imported)

    assert sorted(imports) == sorted(name for layer in CLIENT_LAYERS for name in layer)
    assert not _too_high(CLIENT_LAYERS, imports)


@pytest.mark.parametrize("name", CLIENT)
def test_the_client_knows_nothing_of_home_assistant(name: str) -> None:
    assert not _absolute(name) & {"homeassistant", "voluptuous", "custom_components"}


@pytest.mark.parametrize("name", CLIENT)
def test_the_client_imports_nothing_of_the_integration_around_it(name: str) -> None:
    assert {each.partition(".")[0] for each in _relative(name)} <= {"client"}


def test_only_the_connection_knows_socketio() -> None:
    users = {name for name in CLIENT if _absolute(name) & {"socketio", "engineio"}}

    assert users == {"client.connection.connection", "client.connection.socketio"}


def test_only_one_module_uses_more_of_socketio_than_its_exceptions() -> None:
    text = MODULES["client.connection.connection"].read_text()

    assert re.findall(r"(?:from|import) (?:socketio|engineio)\S*", text) == [
        "from socketio.exceptions"
    ]


def test_private_parts_of_libraries_are_used_only_in_listed_modules() -> None:
    users = {name for name in MODULES if "noqa: SLF001" in MODULES[name].read_text()}

    assert users == {"client.connection.socketio", "client.connection.websocket"}


@pytest.mark.parametrize("name", MODULES)
def test_a_module_names_its_siblings_relatively(name: str) -> None:
    assert "custom_components" not in _absolute(name)


@pytest.mark.parametrize("name", sorted(MODULES.keys() - set(CLIENT)))
def test_the_integration_imports_the_client_as_a_whole(name: str) -> None:
    assert {each for each in _relative(name) if each.partition(".")[0] == "client"} <= {"client"}
