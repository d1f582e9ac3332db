"""What hassfest and HACS would reject, as far as it shows in the files of this repository.

Also words that Home Assistant would not use, see words.py.

Neither is part of the installed Home Assistant, and HACS looks at what is published. Both run on
GitHub: this only finds the likely mistakes earlier, and rejects nothing that they accept. So where
it says less than they do, that is meant: it knows no details of what the integration does not use.
"""

# Before voluptuous is imported anywhere: Home Assistant puts a library of its own in its place.
import homeassistant  # noqa: F401

from . import hacs, icons, imports, manifest, services, translations, words
from .repository import Finding, Repository

CHECKS = (
    manifest.check,
    translations.check,
    icons.check,
    services.check,
    imports.check,
    hacs.check,
    words.check,
)


def find(repository: Repository) -> list[Finding]:
    """Return what is wrong, in the order of the files."""
    found = (finding for check in CHECKS for finding in check(repository))
    return sorted({*repository.unreadable, *found})
