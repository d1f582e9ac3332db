"""The newest token of the session, kept in the config entry."""

from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_TOKEN
from homeassistant.core import HomeAssistant

MAX_TOKENS = 3
"""Tokens written in ten minutes, as a server's tokens may be short-lived."""
_PERIOD = 600.0


class TokenKeeper:
    """Writes the newest token to the entry, as each login leaves one on the server forever."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any], token: str | None) -> None:
        """Start with the entry's token, if it has one."""
        self._hass = hass
        self._entry = entry
        self._written = self._newest = token
        self._written_at: list[float] = []

    def keep(self, token: str) -> None:
        """Write a new token, unless there have been too many: then only `write` does."""
        self._newest = token
        now = self._hass.loop.time()
        written_at = [at for at in self._written_at if now - at < _PERIOD]
        if len(written_at) < MAX_TOKENS:
            self._written_at = [*written_at, now]
            self.write()

    def write(self) -> None:
        """Write the newest token, unless a flow has written one since."""
        data, newest = self._entry.data, self._newest
        if newest is not None and self._written == data.get(CONF_TOKEN) != newest:
            self._written = newest
            self._hass.config_entries.async_update_entry(
                self._entry, data={**data, CONF_TOKEN: newest}
            )
