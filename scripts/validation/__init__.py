"""What hassfest and HACS would reject, as far as a custom integration meets them.

hassfest is not part of the installed Home Assistant, and HACS looks at a published repository:
this looks at the files, without the network. In a few places it asks for more than they do: a
verdict on each rule of the quality scale, an icon and a selector for everything that can have
one, complete translations, and requirements with both ends.
"""

# Before voluptuous is imported anywhere: Home Assistant puts a library of its own in its place.
import homeassistant  # noqa: F401

from . import (
    brand,
    hacs,
    icons,
    imports,
    manifest,
    quality_scale,
    services,
    translations,
)
from .repository import Finding, Repository

CHECKS = (
    manifest.check,
    translations.check,
    icons.check,
    services.check,
    imports.check,
    quality_scale.check,
    brand.check,
    hacs.check,
)


def find(repository: Repository) -> list[Finding]:
    """Return what is wrong, in the order of the files."""
    found = (finding for check in CHECKS for finding in check(repository))
    return sorted({*repository.unreadable, *found})
