"""What an administrator should know of, and can put right in Settings → Repairs."""

from dataclasses import dataclass, field
import re
from typing import TYPE_CHECKING, Final

from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import callback
from homeassistant.helpers import issue_registry as ir

from .client import Credential, streams
from .const import DOMAIN

if TYPE_CHECKING:
    from .coordinator import NestMTXCoordinator

CREDENTIAL_UNAUTHORIZED: Final = "credential_unauthorized"
DEFAULT_ACCOUNT: Final = "default_account"
NO_VIDEO_PROTOCOL: Final = "no_video_protocol"

_DEFAULT: Final = ("nestmtx", "nestmtx")
"""User name and password of a server that was just installed."""
_MARKDOWN: Final = re.compile(r"[^\w\s.,:;@&'+-]+")
"""What could be more than text where a page shows it."""


@dataclass(frozen=True, slots=True)
class Issue:
    """Something to be put right; `subject` tells those of one kind apart."""

    kind: str
    subject: str = ""
    is_fixable: bool = True
    placeholders: dict[str, str] = field(default_factory=dict)


def issues_of(coordinator: NestMTXCoordinator) -> list[Issue]:
    """Return what there is to be put right on a server."""
    data = coordinator.config_entry.data
    issues = [
        Issue(CREDENTIAL_UNAUTHORIZED, each.key, placeholders={"name": name_of(each)})
        for each in coordinator.credentials
        if not each.is_authorized and coordinator.credential(each.key) is not None
    ]
    if (data[CONF_USERNAME], data[CONF_PASSWORD]) == _DEFAULT:
        issues.append(Issue(DEFAULT_ACCOUNT))
    if _has_no_video(coordinator):
        issues.append(Issue(NO_VIDEO_PROTOCOL, is_fixable=False))
    return issues


def name_of(credential: Credential) -> str:
    """Return what a credential is called, as text and nothing else."""
    return " ".join(_MARKDOWN.sub(" ", credential.description or "").split()) or str(credential.id)


def _has_no_video(coordinator: NestMTXCoordinator) -> bool:
    """Whether cameras are set up, and the server offers no stream of any."""
    found = [
        streams(camera, coordinator.video_host)
        for camera in coordinator.cameras
        if camera.path and camera.is_enabled
    ]
    return bool(found) and not any(each.source or each.whep or each.refused for each in found)


class Issues:
    """Tells of a server's issues for as long as there are some."""

    def __init__(self, coordinator: NestMTXCoordinator) -> None:
        """Nothing is told yet."""
        self._coordinator = coordinator
        self._told: set[str] = set()

    @callback
    def async_update(self) -> None:
        """Tell what there is now, and no more what there was."""
        entry_id = self._coordinator.config_entry.entry_id
        issues = {
            "_".join(filter(None, (issue.kind, entry_id, issue.subject))): issue
            for issue in issues_of(self._coordinator)
        }
        for issue_id, issue in issues.items():
            ir.async_create_issue(
                self._coordinator.hass,
                DOMAIN,
                issue_id,
                data={"entry_id": entry_id, "kind": issue.kind, "subject": issue.subject},
                is_fixable=issue.is_fixable,
                severity=ir.IssueSeverity.WARNING,
                translation_key=issue.kind,
                translation_placeholders={
                    "host": self._coordinator.address.host,
                    **issue.placeholders,
                },
            )
        self._forget(self._told - issues.keys())
        self._told = set(issues)

    @callback
    def async_clear(self) -> None:
        """Tell nothing more: an entry that is not loaded can put nothing right."""
        self._forget(self._told)
        self._told = set()

    def _forget(self, issue_ids: set[str]) -> None:
        for issue_id in issue_ids:
            ir.async_delete_issue(self._coordinator.hass, DOMAIN, issue_id)
