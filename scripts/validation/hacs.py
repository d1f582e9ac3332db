"""What HACS wants of the repository: hacs.json, a licence, a README, one integration."""

import re
from typing import Any

from awesomeversion import AwesomeVersion
import voluptuous as vol

from .repository import CUSTOM_COMPONENTS, Finding, Findings, Repository
from .schemas import violations

FILE = "hacs.json"
README = re.compile(r"readme(\.md)?", re.IGNORECASE)
LICENCE = re.compile(r"(licen[cs]e|copying)(\.md|\.txt)?", re.IGNORECASE)
# By what only they say, of the licences that the Open Source Initiative approved.
OSI_LICENCES = (
    r"Permission is hereby granted, free of charge, .* THE SOFTWARE IS PROVIDED .AS IS.",
    r"Apache License,? Version 2\.0",
    r"Redistribution and use in source and binary forms",
    r"Permission to use, copy, modify, and/or distribute this software for any purpose",
    r"GNU (AFFERO |LESSER )?GENERAL PUBLIC LICENSE Version [23]",
    r"Mozilla Public License,? Version 2\.0",
    r"European Union Public Licence v\. 1\.2",
    r"This is free and unencumbered software released into the public domain",
)


def _version(value: str) -> str:
    if not AwesomeVersion(value).valid:
        raise vol.Invalid("is no version")
    return value


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
            vol.Optional("hacs"): vol.All(str, _version),
            vol.Optional("hide_default_branch"): bool,
            vol.Optional("homeassistant"): vol.All(str, _version),
            vol.Optional("persistent_directory"): str,
            vol.Optional("zip_release"): bool,
        },
        _asset_named,
    )
)


def _check_licence(repository: Repository) -> Findings:
    licences = [path for path in repository.files if LICENCE.fullmatch(path)]
    if not licences:
        yield Finding("LICENSE", "is missing")
    for path in licences:
        words = " ".join(repository.files[path].decode(errors="replace").split())
        if not any(re.search(each, words, re.IGNORECASE) for each in OSI_LICENCES):
            yield Finding(path, "is no licence that the Open Source Initiative approved")


def check(repository: Repository) -> Findings:
    """Check what is outside of the integration's folder."""
    if FILE not in repository.files:
        yield Finding(FILE, "is missing")
    if FILE in repository.parsed:
        yield from violations(SCHEMA, FILE, repository.parsed[FILE])
    yield from _check_licence(repository)
    if not any(README.fullmatch(path) for path in repository.files):
        yield Finding("README.md", "is missing")
    if len(repository.domains) != 1:
        yield Finding(CUSTOM_COMPONENTS, "does not hold exactly one integration")
