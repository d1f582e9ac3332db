"""Options flow: video, snapshots, and the server's log."""

from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult, OptionsFlowWithReload
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
import voluptuous as vol

from .client import InvalidAddress, LogLevel, parse_host
from .const import CONF_LOG_LEVEL, CONF_STILLS, CONF_VIDEO_HOST, CONF_WEB_RTC, LOG_OFF
from .stills import StillsPolicy


def _choice(key: str, options: list[str]) -> SelectSelector:
    """Return a selector of options, with `key` as its translation key."""
    return SelectSelector(
        SelectSelectorConfig(options=options, translation_key=key, mode=SelectSelectorMode.DROPDOWN)
    )


OPTIONS_SCHEMA: Final = vol.Schema(
    {
        vol.Optional(CONF_VIDEO_HOST): TextSelector(),
        vol.Required(CONF_WEB_RTC, default=True): BooleanSelector(),
        vol.Required(CONF_STILLS, default=StillsPolicy.RUNNING.value): _choice(
            CONF_STILLS, [policy.value for policy in StillsPolicy]
        ),
        vol.Required(CONF_LOG_LEVEL, default=LOG_OFF): _choice(
            CONF_LOG_LEVEL, [LOG_OFF, *(level.value for level in reversed(LogLevel))]
        ),
    }
)


class NestMTXOptionsFlow(OptionsFlowWithReload):
    """Changes the options, and reloads the entry."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for all options."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                return self.async_create_entry(data=_checked(user_input))
            except InvalidAddress:
                errors[CONF_VIDEO_HOST] = "invalid_host"
        suggested = self.config_entry.options if user_input is None else user_input
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(OPTIONS_SCHEMA, suggested),
            errors=errors,
        )


def _checked(user_input: dict[str, Any]) -> dict[str, Any]:
    """Return the options, without an empty host. Raises InvalidAddress."""
    host = user_input.get(CONF_VIDEO_HOST, "").strip()
    others = {key: value for key, value in user_input.items() if key != CONF_VIDEO_HOST}
    return {CONF_VIDEO_HOST: parse_host(host), **others} if host else others
