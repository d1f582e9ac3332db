"""The client could be published as a library tomorrow."""

import ast
from pathlib import Path

import pytest

CLIENT = Path(__file__).parents[2] / "custom_components" / "nestmtx" / "client"


def _imported(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text())))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return names | {
        node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and node.level < 2
    }


def _modules() -> list[Path]:
    return sorted(CLIENT.glob("*.py"))


@pytest.mark.parametrize("path", _modules(), ids=lambda path: path.stem)
def test_the_client_knows_nothing_of_home_assistant(path: Path) -> None:
    roots = {name.partition(".")[0] for name in _imported(path)}

    assert not roots & {"homeassistant", "voluptuous", "custom_components"}


@pytest.mark.parametrize("path", _modules(), ids=lambda path: path.stem)
def test_the_client_reaches_for_nothing_outside_itself(path: Path) -> None:
    relative = [
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.level > 1
    ]

    assert not relative


def test_only_the_connection_knows_socketio() -> None:
    users = {
        path.stem
        for path in _modules()
        if {name.partition(".")[0] for name in _imported(path)} & {"socketio", "engineio"}
    }

    assert users == {"connection"}
