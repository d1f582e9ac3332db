"""What an administrator should know of, and can put right in Settings → Repairs."""

from typing import TYPE_CHECKING, Final

from homeassistant.const import CONF_HOST, CONF_PASSWORD, CONF_USERNAME
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN

if TYPE_CHECKING:
    from .coordinator import NestMTXConfigEntry

DEFAULT_ACCOUNT: Final = "default_account"
_DEFAULT: Final = ("nestmtx", "nestmtx")
"""User name and password of a server that was just installed."""


def _issue_id(entry: NestMTXConfigEntry) -> str:
    return f"{DEFAULT_ACCOUNT}_{entry.entry_id}"


@callback
def async_update_issues(hass: HomeAssistant, entry: NestMTXConfigEntry) -> None:
    """Tell that a server still lets everybody in."""
    if (entry.data[CONF_USERNAME], entry.data[CONF_PASSWORD]) != _DEFAULT:
        async_clear_issues(hass, entry)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        _issue_id(entry),
        data={"entry_id": entry.entry_id},
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=DEFAULT_ACCOUNT,
        translation_placeholders={"host": entry.data[CONF_HOST]},
    )


@callback
def async_clear_issues(hass: HomeAssistant, entry: NestMTXConfigEntry) -> None:
    """Forget what was told of an entry: who is not there, needs no repair."""
    ir.async_delete_issue(hass, DOMAIN, _issue_id(entry))
