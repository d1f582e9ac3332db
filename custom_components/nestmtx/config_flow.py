"""Config flow: add, reconfigure and reauthenticate a NestMTX server."""

from collections.abc import Mapping
from typing import Any, Final, override

from homeassistant.config_entries import ConfigEntry, ConfigFlow, ConfigFlowResult
from homeassistant.const import (
    CONF_HOST,
    CONF_PASSWORD,
    CONF_PORT,
    CONF_SSL,
    CONF_TOKEN,
    CONF_USERNAME,
    CONF_VERIFY_SSL,
)
from homeassistant.core import callback
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import voluptuous as vol

from .account import account_of
from .client import (
    DEFAULT_PORT,
    InvalidAddress,
    InvalidAuth,
    NestMTXError,
    parse_address,
    verify_account,
    verify_token,
)
from .const import CONF_MARKS, DOMAIN, LOGGER
from .coordinator import TIMINGS
from .errors import translation_key
from .http_session import http_session
from .options_flow import NestMTXOptionsFlow
from .recognition import kept_marks

NAME: Final = "NestMTX"
"""The title of the first entry; further entries are named after their host."""

_PORT: Final = vol.All(
    NumberSelector(NumberSelectorConfig(min=1, max=65535, step=1, mode=NumberSelectorMode.BOX)),
    vol.Coerce(int),
)
_USERNAME: Final = vol.All(TextSelector(TextSelectorConfig(autocomplete="username")), vol.Strip)
_PASSWORD: Final = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="current-password")
)

_SERVER: Final = {
    vol.Required(CONF_HOST): TextSelector(),
    vol.Required(CONF_PORT, default=DEFAULT_PORT): _PORT,
    vol.Required(CONF_SSL, default=False): BooleanSelector(),
    vol.Required(CONF_VERIFY_SSL, default=True): BooleanSelector(),
    vol.Required(CONF_USERNAME): _USERNAME,
}
USER_SCHEMA: Final = vol.Schema({**_SERVER, vol.Required(CONF_PASSWORD): _PASSWORD})
RECONFIGURE_SCHEMA: Final = vol.Schema({**_SERVER, vol.Optional(CONF_PASSWORD): _PASSWORD})
REAUTH_SCHEMA: Final = vol.Schema(
    {vol.Required(CONF_USERNAME): _USERNAME, vol.Required(CONF_PASSWORD): _PASSWORD}
)


class NestMTXConfigFlow(ConfigFlow, domain=DOMAIN):
    """The flows of a NestMTX entry."""

    VERSION = 1
    MINOR_VERSION = 1

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> NestMTXOptionsFlow:
        """Return the flow of an entry's options."""
        return NestMTXOptionsFlow()

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Add a server."""
        errors: dict[str, str] = {}
        typed = None
        if user_input is not None:
            typed = self._with_address(user_input, errors)
            if not errors and (data := await self._async_verified(typed, errors)):
                await self._async_abort_if_known(data)
                is_first = not self._async_current_entries()
                title = NAME if is_first else data[CONF_HOST]
                return self.async_create_entry(title=title, data=data)
        return self._show("user", USER_SCHEMA, typed, errors)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change the address or the user of a server; its entities are kept."""
        entry = self._get_reconfigure_entry()
        errors: dict[str, str] = {}
        suggested = {key: entry.data[key] for key in entry.data if key != CONF_PASSWORD}
        if user_input is not None:
            suggested = self._with_address(user_input, errors)
            password = suggested.get(CONF_PASSWORD) or entry.data[CONF_PASSWORD]
            typed = {**suggested, CONF_PASSWORD: password}
            if not errors and (data := await self._async_verified(typed, errors)):
                await self._async_abort_if_known(data)
                # Any other title was chosen by the user.
                is_host = entry.title == entry.data[CONF_HOST]
                title = data[CONF_HOST] if is_host else entry.title
                return self.async_update_reload_and_abort(entry, title=title, data_updates=data)
        return self._show("reconfigure", RECONFIGURE_SCHEMA, suggested, errors)

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Start reauthentication."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the username and password again."""
        entry = self._get_reauth_entry()
        errors: dict[str, str] = {}
        suggested = user_input or {CONF_USERNAME: entry.data[CONF_USERNAME]}
        if user_input is not None and (
            data := await self._async_verified({**entry.data, **user_input}, errors)
        ):
            return self.async_update_reload_and_abort(entry, data_updates=data)
        return self._show(
            "reauth_confirm",
            REAUTH_SCHEMA,
            suggested,
            errors,
            placeholders={"host": entry.data[CONF_HOST]},
        )

    def _show(
        self,
        step_id: str,
        schema: vol.Schema,
        suggested: Mapping[str, Any] | None,
        errors: dict[str, str],
        placeholders: Mapping[str, str] | None = None,
    ) -> ConfigFlowResult:
        """Show a form with the previous input, without a rejected password."""
        shown = dict(suggested or {})
        if "invalid_auth" in errors.values():
            shown.pop(CONF_PASSWORD, None)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, shown),
            errors=errors,
            description_placeholders=placeholders,
        )

    def _with_address(self, user_input: dict[str, Any], errors: dict[str, str]) -> dict[str, Any]:
        """Return the input with a pasted URL split into its parts, or add to `errors`.

        Aborts if the address is already configured.
        """
        try:
            address = parse_address(
                user_input[CONF_HOST], user_input[CONF_PORT], ssl=user_input[CONF_SSL]
            )
        except InvalidAddress:
            errors[CONF_HOST] = "invalid_host"
            return user_input
        typed = {
            **user_input,
            CONF_HOST: address.host,
            CONF_PORT: address.port,
            CONF_SSL: address.ssl,
        }
        self._abort_if_address_known(typed)
        return typed

    async def _async_verified(
        self, data: dict[str, Any], errors: dict[str, str]
    ) -> dict[str, Any] | None:
        """Validate the server and the account; return the data for their entry.

        If validation fails, add to `errors` and return None.
        """
        try:
            with http_session(self.hass, verify_ssl=data[CONF_VERIFY_SSL]) as http:
                verified = await verify_account(http, account_of(data), TIMINGS)
        except NestMTXError as err:
            errors["base"] = translation_key(err)
            return None
        return {**data, CONF_TOKEN: verified.token, CONF_MARKS: kept_marks(verified.marks)}

    # One entry per server

    async def _async_abort_if_known(self, data: dict[str, Any]) -> None:
        """Abort if the server is already configured, even under another address."""
        for entry in self._other_entries:
            is_alike = not set(data[CONF_MARKS]).isdisjoint(entry.data.get(CONF_MARKS, ()))
            if is_alike and await self._async_accepts(entry, data[CONF_TOKEN]):
                raise _already_configured(entry)
        # Another flow may have finished first.
        self._abort_if_address_known(data)

    def _abort_if_address_known(self, data: dict[str, Any]) -> None:
        for entry in self._other_entries:
            if all(entry.data[key] == data[key] for key in (CONF_HOST, CONF_PORT)):
                raise _already_configured(entry)

    async def _async_accepts(self, entry: ConfigEntry, token: str) -> bool:
        """Return whether an entry's server accepts a token of a server with the same rows.

        If not, one server is a copy of the other. If the entry's server can't be reached, it has
        moved, and true is returned.
        """
        address, verify_ssl = account_of(entry.data).address, entry.data[CONF_VERIFY_SSL]
        try:
            with http_session(self.hass, verify_ssl=verify_ssl) as http:
                await verify_token(http, address, token, TIMINGS)
        except InvalidAuth:
            return False
        except NestMTXError as err:
            LOGGER.debug("Cannot reach the server of %s: %s", entry.title, err)
        return True

    @property
    def _other_entries(self) -> list[ConfigEntry]:
        entries = self._async_current_entries(include_ignore=False)
        return [entry for entry in entries if entry.entry_id != self.context.get("entry_id")]


def _already_configured(entry: ConfigEntry) -> AbortFlow:
    return AbortFlow("already_configured", {"title": entry.title})
