"""The files of the repository, read and parsed once for all checks."""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
import json
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.yaml import parse_yaml

CUSTOM_COMPONENTS = "custom_components"
HACS_FILE = "hacs.json"
ENGLISH = "translations/en.json"


class Finding(NamedTuple):
    """A problem, and its file."""

    file: str
    problem: str

    def __str__(self) -> str:
        return f"{self.file}: {self.problem}"


type Findings = Iterator[Finding]


@dataclass(frozen=True)
class Repository:
    """Files by path below the root, with the parsed content of those that are valid."""

    files: Mapping[str, bytes]
    parsed: Mapping[str, Any]
    unreadable: tuple[Finding, ...] = ()

    @cached_property
    def folder(self) -> str:
        """The integration's folder: the first one, like HACS."""
        folders = [parent for path in self.files for parent in PurePosixPath(path).parents]
        integrations = (path for path in folders if path.parts[:-1] == (CUSTOM_COMPONENTS,))
        return str(min(integrations, default=CUSTOM_COMPONENTS))

    @property
    def modules(self) -> Iterator[tuple[str, ast.Module]]:
        """The integration's Python files."""
        for path, parsed in self.parsed.items():
            if isinstance(parsed, ast.Module) and path.startswith(f"{self.folder}/"):
                yield path, parsed

    def path(self, name: str) -> str:
        """Return the path of a file of the integration."""
        return f"{self.folder}/{name}"

    def document(self, name: str) -> Any:
        """Return the parsed content of a file of the integration; None if absent or invalid."""
        return self.parsed.get(self.path(name))

    def missing(self, name: str) -> Findings:
        """Check for a required file of the integration."""
        if self.path(name) not in self.files:
            yield Finding(self.path(name), "is missing")


def branch(document: Any, *path: str) -> dict[str, Any]:
    """Return the mapping at a path in a document, empty if there is none."""
    for key in path:
        document = document.get(key) if isinstance(document, dict) else None
    return document if isinstance(document, dict) else {}


# Only the files that are read, as other files of these types need not be valid.
_PARSERS: Mapping[str, Callable[[str], Any]] = {
    HACS_FILE: json.loads,
    f"{CUSTOM_COMPONENTS}/**/*.json": json.loads,
    f"{CUSTOM_COMPONENTS}/**/*.py": ast.parse,
    f"{CUSTOM_COMPONENTS}/*/conditions.yaml": parse_yaml,
    f"{CUSTOM_COMPONENTS}/*/services.yaml": parse_yaml,
    f"{CUSTOM_COMPONENTS}/*/triggers.yaml": parse_yaml,
}


def parse(files: Mapping[str, bytes]) -> Repository:
    """Parse the files that hassfest and HACS parse; invalid files become findings."""
    parsed: dict[str, Any] = {}
    unreadable: list[Finding] = []
    for path, content in files.items():
        full = PurePosixPath(path)
        parser = next((each for glob, each in _PARSERS.items() if full.full_match(glob)), None)
        if parser is None:
            continue
        try:
            held = parser(content.decode())
        except (ValueError, SyntaxError, HomeAssistantError) as error:
            unreadable.append(Finding(path, f"cannot be read: {' '.join(str(error).split())}"))
        else:
            # An empty file counts as an empty mapping.
            parsed[path] = {} if held is None else held
    return Repository(files, parsed, tuple(unreadable))


def read(root: Path) -> dict[str, bytes]:
    """Read the files at the root, all below custom_components, and the pages of docs."""
    paths = [
        *root.iterdir(),
        *(root / CUSTOM_COMPONENTS).rglob("*"),
        *(root / "docs").glob("*.md"),
    ]
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(paths)
        if path.is_file() and "__pycache__" not in path.parts
    }
