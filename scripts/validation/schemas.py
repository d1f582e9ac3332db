"""What the schemas of several files share."""

from collections.abc import Callable
import re
from typing import Any

from homeassistant.const import Platform
import voluptuous as vol

from .repository import Finding, Findings

SLUG = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
# An underscore alone stands for what has no key of its own.
UNDERSCORE_SLUG = re.compile(rf"_|_?{SLUG.pattern}")
TRANSLATION_KEY = re.compile(r"_|[a-z0-9]+([-_][a-z0-9]+)*")
PLATFORM = re.compile("|".join(Platform))


def keyed(schema: Any, key: re.Pattern[str] = TRANSLATION_KEY) -> Callable[[Any], Any]:
    """Return the schema of a mapping whose keys are translation keys, or by another rule."""
    mapping = vol.Schema({str: schema})

    def validate(value: Any) -> Any:
        for each in value if isinstance(value, dict) else ():
            if not key.fullmatch(str(each)):
                raise vol.Invalid("is not a valid key", path=[each])
        return mapping(value)

    return validate


def violations(schema: Any, file: str, document: Any) -> Findings:
    """Find each place where a document is not what the schema says."""
    try:
        vol.Schema(schema)(document)
    except vol.MultipleInvalid as faults:
        for fault in faults.errors:
            place = ".".join(map(str, fault.path))
            yield Finding(file, f"{place}: {fault.msg}" if place else fault.msg)
