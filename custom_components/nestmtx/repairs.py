"""Flows that put right what Settings → Repairs tells of."""

from typing import Any, Final, cast

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_PASSWORD
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.selector import TextSelector, TextSelectorConfig, TextSelectorType
import voluptuous as vol

from .coordinator import NestMTXConfigEntry

CONF_REPETITION: Final = "repetition"
_SHORTEST: Final = 8
_ERRORS: Final = ("cannot_connect", "timeout_connect", "user_gone")
_PASSWORD: Final = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="new-password")
)

PASSWORD_SCHEMA: Final = vol.Schema(
    {vol.Required(CONF_PASSWORD): _PASSWORD, vol.Required(CONF_REPETITION): _PASSWORD}
)


class DefaultAccountFlow(RepairsFlow):
    """Gives the server's default user a password of its own."""

    def __init__(self, entry: NestMTXConfigEntry) -> None:
        """Nothing is changed yet."""
        self._entry = entry

    async def async_step_init(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Begin."""
        return await self.async_step_password()

    async def async_step_password(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask for a password, set it on the server, and keep it."""
        if self._entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_loaded")
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = password_errors(user_input)
            if not errors and await self._async_change(user_input[CONF_PASSWORD], errors):
                return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="password",
            data_schema=PASSWORD_SCHEMA,
            errors=errors,
            description_placeholders={"host": self._entry.runtime_data.address.host},
        )

    async def _async_change(self, password: str, errors: dict[str, str]) -> bool:
        try:
            await self._entry.runtime_data.async_change_password(password)
        except HomeAssistantError as err:
            key = err.translation_key
            errors["base"] = key if key in _ERRORS else "not_changed"
            return False
        # With the new password, the session can log in again.
        self.hass.config_entries.async_schedule_reload(self._entry.entry_id)
        return True


def password_errors(user_input: dict[str, str]) -> dict[str, str]:
    """Return what is wrong with a new password, by field."""
    password = user_input[CONF_PASSWORD]
    if len(password) < _SHORTEST:
        return {CONF_PASSWORD: "password_short"}
    if password != user_input[CONF_REPETITION]:
        return {CONF_REPETITION: "passwords_differ"}
    return {}


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, Any] | None
) -> RepairsFlow:
    """Return the flow of an issue."""
    entry_id = cast("dict[str, str]", data)["entry_id"]
    return DefaultAccountFlow(
        cast("NestMTXConfigEntry", hass.config_entries.async_get_known_entry(entry_id))
    )
