"""Find what hassfest and HACS would reject in the files of this repository.

Also find words that Home Assistant would not use, see words.py.

Neither is part of the installed Home Assistant, and HACS checks the published repository. Both run
on GitHub; this only finds likely mistakes earlier, and rejects nothing that they accept. It is less
strict on purpose, and ignores everything that the integration does not use.
"""

# Before voluptuous is imported anywhere, as Home Assistant replaces it by its own library.
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
    """Return the findings, sorted by file."""
    found = (finding for check in CHECKS for finding in check(repository))
    return sorted({*repository.unreadable, *found})
