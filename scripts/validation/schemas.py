"""Shared parts of the files' schemas."""

from collections.abc import Callable
import re
from typing import Any

from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from .repository import Finding, Findings

TRANSLATION_KEY = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")


def translation_key(value: str) -> str:
    """Validate a translation key."""
    if not TRANSLATION_KEY.fullmatch(value):
        raise vol.Invalid(f"invalid translation key {value}")
    return value


def keyed(schema: Any, key: Callable[[Any], Any] = translation_key) -> Callable[[Any], Any]:
    """Return the schema of a mapping with translation keys, or keys by another rule."""
    return cv.schema_with_slug_keys(schema, slug_validator=key)


def violations(schema: vol.Schema, file: str, document: Any) -> Findings:
    """Yield each violation of the schema in a document."""
    try:
        schema(document)
    except vol.MultipleInvalid as faults:
        for fault in faults.errors:
            place = ".".join(map(str, fault.path))
            yield Finding(file, f"{place}: {fault.msg}" if place else fault.msg)
