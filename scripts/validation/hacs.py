"""HACS's requirements of the repository: hacs.json, an icon, a licence, a description."""

from pathlib import PurePosixPath
import re
from typing import Any

import voluptuous as vol

from .repository import HACS_FILE, Finding, Findings, Repository
from .schemas import violations

INFORMATION = re.compile(r"(readme|info)(\.md)?", re.IGNORECASE)
LICENCE = re.compile(r"licen[cs]e|copying", re.IGNORECASE)


def _asset_named(document: Any) -> Any:
    if document.get("zip_release") and not document.get("filename"):
        raise vol.Invalid("zip_release needs a filename")
    return document


SCHEMA = vol.Schema(
    vol.All(
        {
            vol.Required("name"): str,
            vol.Optional("content_in_root"): bool,
            vol.Optional("country"): vol.Any(str, [str]),
            vol.Optional("filename"): str,
            vol.Optional("hacs"): str,
            vol.Optional("hide_default_branch"): bool,
            vol.Optional("homeassistant"): str,
            vol.Optional("persistent_directory"): str,
            vol.Optional("render_readme"): bool,
            vol.Optional("zip_release"): bool,
        },
        _asset_named,
    )
)


def check(repository: Repository) -> Findings:
    """Check hacs.json, and the files that HACS requires."""
    yield from repository.missing("brand/icon.png")
    if HACS_FILE not in repository.files:
        yield Finding(HACS_FILE, "is missing")
    if HACS_FILE in repository.parsed:
        yield from violations(SCHEMA, HACS_FILE, repository.parsed[HACS_FILE])
    # HACS gets the licence from GitHub, which finds it by file name.
    if not any(LICENCE.search(path) for path in repository.files if "/" not in path):
        yield Finding("LICENSE", "is missing")
    if not any(INFORMATION.fullmatch(PurePosixPath(path).name) for path in repository.files):
        yield Finding("README.md", "is missing")
