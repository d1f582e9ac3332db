"""Repair issues, which administrators can fix in Settings > System > Repairs."""

from dataclasses import dataclass, field
import re
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import callback
from homeassistant.helpers import issue_registry as ir

from .client import Camera, CameraStatus, Credential, stream_urls
from .const import DOMAIN
from .coordinator import NestMTXCoordinator
from .device_key import SERVER_KEY
from .listeners import CREDENTIALS, ListenerScope

CREDENTIAL_UNAUTHORIZED: Final = "credential_unauthorized"
DEFAULT_ACCOUNT: Final = "default_account"
NO_VIDEO_PROTOCOL: Final = "no_video_protocol"
ORPHANED_STREAM: Final = "orphaned_stream"

ORPHAN_AFTER: Final = 60.0
"""Seconds that lists must show the signs of an orphaned stream: as lists lag, a stream that has
just ended shows them, too.
"""

_DEFAULT: Final = ("nestmtx", "nestmtx")
"""Username and password of a newly installed server."""
_MARKDOWN: Final = re.compile(r"[^\w\s.,:;@&'+-]+")
"""Characters that could be Markdown or HTML."""


@dataclass(frozen=True, slots=True)
class Issue:
    """A problem to fix, of a credential, a camera, or the server."""

    kind: str
    credential_key: str = ""
    camera_key: str = ""
    is_fixable: bool = True
    placeholders: dict[str, str] = field(default_factory=dict)


def issues_of(coordinator: NestMTXCoordinator) -> list[Issue]:
    """Return the issues of a server."""
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
    """Return the name of a credential as plain text."""
    return _plain(credential.description) or str(credential.id)


def is_orphaned(camera: Camera) -> bool:
    """Return whether a camera streams without a process of the server.

    The server has lost track of such a stream: it runs without viewers, and no request ends it.
    """
    return camera.ready and camera.process_id is None and camera.status is CameraStatus.DEAD


def _plain(name: str | None) -> str:
    return " ".join(_MARKDOWN.sub(" ", name or "").split())


def _has_no_video(coordinator: NestMTXCoordinator) -> bool:
    """Return whether cameras are set up, but the server offers no stream for any."""
    urls = [
        stream_urls(camera, coordinator.video_host)
        for camera in coordinator.cameras
        if camera.path and camera.is_enabled
    ]
    return bool(urls) and not any(each.rtsp or each.whep or each.refused for each in urls)


class Issues:
    """Keeps the issues of a server in the issue registry."""

    def __init__(self, coordinator: NestMTXCoordinator) -> None:
        """Start without registered issues."""
        self._coordinator = coordinator
        self._issue_ids: set[str] = set()
        self._orphaned_since: dict[str, float] = {}
        """When each stream was first seen orphaned, by camera key."""

    @callback
    def async_update(self) -> None:
        """Register the current issues, and delete those that are fixed."""
        entry_id = self._coordinator.config_entry.entry_id
        issues = {
            "_".join(
                filter(None, (issue.kind, entry_id, issue.credential_key, issue.camera_key))
            ): issue
            for issue in (*issues_of(self._coordinator), *self._orphans())
        }
        for issue_id, issue in issues.items():
            ir.async_create_issue(
                self._coordinator.hass,
                DOMAIN,
                issue_id,
                data={
                    "entry_id": entry_id,
                    "kind": issue.kind,
                    "credential_key": issue.credential_key,
                },
                is_fixable=issue.is_fixable,
                severity=ir.IssueSeverity.WARNING,
                translation_key=issue.kind,
                translation_placeholders={
                    "host": self._coordinator.address.host,
                    **issue.placeholders,
                },
            )
        self._delete(self._issue_ids - issues.keys())
        self._issue_ids = set(issues)

    @callback
    def async_clear(self) -> None:
        """Delete all issues, as an unloaded entry cannot fix them."""
        self._delete(self._issue_ids)
        self._issue_ids = set()

    def _orphans(self) -> list[Issue]:
        """Return the issues of streams that lists have shown as orphaned for ORPHAN_AFTER."""
        now = self._coordinator.hass.loop.time()
        orphaned = {
            camera.key: camera for camera in self._coordinator.cameras if is_orphaned(camera)
        }
        self._orphaned_since = {key: self._orphaned_since.get(key, now) for key in orphaned}
        return [
            Issue(
                ORPHANED_STREAM,
                camera_key=key,
                is_fixable=False,
                placeholders={"name": _plain(camera.name) or str(camera.id)},
            )
            for key, camera in orphaned.items()
            if now - self._orphaned_since[key] >= ORPHAN_AFTER
        ]

    def _delete(self, issue_ids: set[str]) -> None:
        for issue_id in issue_ids:
            ir.async_delete_issue(self._coordinator.hass, DOMAIN, issue_id)


@callback
def async_setup_issues(entry: ConfigEntry, coordinator: NestMTXCoordinator) -> None:
    """Keep the issues of an entry up to date until it is unloaded."""
    issues = Issues(coordinator)
    credentials = ListenerScope(SERVER_KEY, frozenset({CREDENTIALS}))
    entry.async_on_unload(coordinator.async_add_resync_listener(issues.async_update))
    entry.async_on_unload(coordinator.async_add_listener(issues.async_update, credentials))
    entry.async_on_unload(issues.async_clear)
