"""Add a NestMTX server, renew its password, change its address."""

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
from .client import DEFAULT_PORT, InvalidAddress, NestMTXError, parse_address, verify_account
from .const import DOMAIN
from .coordinator import TIMINGS
from .errors import translation_key
from .http_session import http_session
from .options_flow import NestMTXOptionsFlow

_PORT: Final = vol.All(
    NumberSelector(NumberSelectorConfig(min=1, max=65535, step=1, mode=NumberSelectorMode.BOX)),
    vol.Coerce(int),
)
_USERNAME: Final = TextSelector(TextSelectorConfig(autocomplete="username"))
_PASSWORD: Final = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="current-password")
)

_SECRETS: Final = {CONF_PASSWORD, CONF_TOKEN}

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
        if user_input is not None:
            data = self._with_address(user_input, errors)
            if data is not None and await self._async_verify(data, errors):
                return self.async_create_entry(title=data[CONF_HOST], data=data)
        return self._show("user", USER_SCHEMA, user_input, errors)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change the address or the user of a server; its entities stay."""
        entry = self._get_reconfigure_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            password = user_input.get(CONF_PASSWORD) or entry.data[CONF_PASSWORD]
            data = self._with_address({**user_input, CONF_PASSWORD: password}, errors)
            if data is not None and await self._async_verify(data, errors):
                return self.async_update_reload_and_abort(entry, title=data[CONF_HOST], data=data)
        return self._show("reconfigure", RECONFIGURE_SCHEMA, user_input or entry.data, errors)

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Begin to renew the user name and password."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Renew the user name and password."""
        entry = self._get_reauth_entry()
        errors: dict[str, str] = {}
        if user_input is not None:
            data = {**entry.data, **user_input}
            if await self._async_verify(data, errors):
                return self.async_update_reload_and_abort(entry, data=data)
        suggested = user_input or {CONF_USERNAME: entry.data[CONF_USERNAME]}
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
        # A secret is typed once more: it is not sent back to a page.
        shown = {key: value for key, value in (suggested or {}).items() if key not in _SECRETS}
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, shown),
            errors=errors,
            description_placeholders=placeholders,
        )

    def _with_address(
        self, user_input: Mapping[str, Any], errors: dict[str, str]
    ) -> dict[str, Any] | None:
        """Return the input with a pasted URL taken apart, or None with the error in `errors`.

        Aborts when there is an entry for the server.
        """
        try:
            address = parse_address(
                user_input[CONF_HOST], user_input[CONF_PORT], ssl=user_input[CONF_SSL]
            )
        except InvalidAddress:
            errors[CONF_HOST] = "invalid_host"
            return None
        self._async_abort_entries_match({CONF_HOST: address.host, CONF_PORT: address.port})
        return {
            **user_input,
            CONF_HOST: address.host,
            CONF_PORT: address.port,
            CONF_SSL: address.ssl,
        }

    async def _async_verify(self, data: dict[str, Any], errors: dict[str, str]) -> bool:
        """Try the server and the user out; keep the token in `data`, or the error in `errors`."""
        try:
            with http_session(self.hass, verify_ssl=data[CONF_VERIFY_SSL]) as http:
                data[CONF_TOKEN] = await verify_account(http, account_of(data), TIMINGS)
        except NestMTXError as err:
            errors["base"] = translation_key(err)
            return False
        # Another flow may have been quicker.
        self._async_abort_entries_match({key: data[key] for key in (CONF_HOST, CONF_PORT)})
        return True
