"""quality_scale.yaml: a verdict on each rule of Home Assistant's quality scale."""

from typing import Any

import voluptuous as vol

from .repository import Findings, Repository
from .schemas import violations

FILE = "quality_scale.yaml"
BRONZE = (
    "action-setup",
    "appropriate-polling",
    "brands",
    "common-modules",
    "config-flow",
    "config-flow-test-coverage",
    "dependency-transparency",
    "docs-actions",
    "docs-conditions",
    "docs-high-level-description",
    "docs-installation-instructions",
    "docs-removal-instructions",
    "docs-triggers",
    "entity-event-setup",
    "entity-unique-id",
    "has-entity-name",
    "runtime-data",
    "test-before-configure",
    "test-before-setup",
    "unique-config-entry",
)
SILVER = (
    "action-exceptions",
    "config-entry-unloading",
    "docs-configuration-parameters",
    "docs-installation-parameters",
    "entity-unavailable",
    "integration-owner",
    "log-when-unavailable",
    "parallel-updates",
    "reauthentication-flow",
    "test-coverage",
)
GOLD = (
    "devices",
    "diagnostics",
    "discovery",
    "discovery-update-info",
    "docs-data-update",
    "docs-examples",
    "docs-known-limitations",
    "docs-supported-devices",
    "docs-supported-functions",
    "docs-troubleshooting",
    "docs-use-cases",
    "dynamic-devices",
    "entity-category",
    "entity-device-class",
    "entity-disabled-by-default",
    "entity-translations",
    "exception-translations",
    "icon-translations",
    "reconfiguration-flow",
    "repair-issues",
    "stale-devices",
)
PLATINUM = ("async-dependency", "inject-websession", "strict-typing")
RULES = (*BRONZE, *SILVER, *GOLD, *PLATINUM)

_DETAILED = vol.Schema(
    {
        vol.Required("status"): vol.In(["done", "exempt"], msg="is neither done nor exempt"),
        vol.Optional("comment"): vol.All(str, vol.Length(min=1, msg="is empty")),
    }
)


def _verdict(value: Any) -> Any:
    detailed = _DETAILED(value if isinstance(value, dict) else {"status": value})
    if detailed["status"] == "exempt" and "comment" not in detailed:
        raise vol.Invalid("is exempt without a comment that says why")
    return value


SCHEMA = vol.Schema(
    {vol.Required("rules"): {vol.Required(rule): _verdict for rule in RULES}},
)


def check(repository: Repository) -> Findings:
    """Check the verdicts."""
    yield from repository.missing(FILE)
    verdicts = repository.document(FILE)
    if verdicts is not None:
        yield from violations(SCHEMA, repository.path(FILE), verdicts)
