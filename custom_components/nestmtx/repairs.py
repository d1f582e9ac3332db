"""Repair flows for the issues in Settings > System > Repairs."""

from typing import Any, Final, cast

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_PASSWORD
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.selector import TextSelector, TextSelectorConfig, TextSelectorType
import voluptuous as vol

from .client import AuthorizationProblem, Credential, redirect_uri
from .coordinator import NestMTXCoordinator
from .dashboards import DASHBOARD_RESOURCE, dashboards_of
from .data import NestMTXConfigEntry
from .issues import CREDENTIAL_UNAUTHORIZED, name_of

CONF_CALLBACK: Final = "callback"
CONF_ORIGIN: Final = "origin"
CONF_REPETITION: Final = "repetition"

EXAMPLE_REDIRECT: Final = "https://…/credentials/authorize"
"""Shown while the entered address is invalid."""
MIN_PASSWORD_LENGTH: Final = 8
"""Characters, following common advice."""
PASSWORD_ERRORS: Final = ("cannot_connect", "timeout_connect", "user_gone")
AUTHORIZATION_ERRORS: Final = ("cannot_connect", "timeout_connect", *AuthorizationProblem)

_PASSWORD: Final = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="new-password")
)
PASSWORD_SCHEMA: Final = vol.Schema(
    {vol.Required(CONF_PASSWORD): _PASSWORD, vol.Required(CONF_REPETITION): _PASSWORD}
)
ORIGIN_SCHEMA: Final = vol.Schema(
    {vol.Required(CONF_ORIGIN): TextSelector(TextSelectorConfig(type=TextSelectorType.URL))}
)
CALLBACK_SCHEMA: Final = vol.Schema({vol.Required(CONF_CALLBACK): TextSelector()})
RESOURCE_SCHEMA: Final = vol.Schema({})


class NestMTXRepairsFlow(RepairsFlow):
    """A repair on the server of an entry."""

    def __init__(self, entry: NestMTXConfigEntry, credential_key: str) -> None:
        """Prepare a repair of an entry's server, or of one of its credentials."""
        self._entry = entry
        self._credential_key = credential_key

    @property
    def _is_loaded(self) -> bool:
        return self._entry.state is ConfigEntryState.LOADED

    @property
    def _coordinator(self) -> NestMTXCoordinator:
        return self._entry.runtime_data.coordinator


class DefaultAccountFlow(NestMTXRepairsFlow):
    """Changes the password of the server's default user."""

    async def async_step_init(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Start."""
        return await self.async_step_password()

    async def async_step_password(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask for a password, set it on the server, and store it."""
        if not self._is_loaded:
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
            description_placeholders={"host": self._coordinator.address.host},
        )

    async def _async_change(self, password: str, errors: dict[str, str]) -> bool:
        try:
            await self._coordinator.async_change_password(password)
        except HomeAssistantError as err:
            errors["base"] = _known(err, PASSWORD_ERRORS, "not_changed")
            return False
        # With the new password, the session can log in again.
        self.hass.config_entries.async_schedule_reload(self._entry.entry_id)
        return True


class CredentialFlow(NestMTXRepairsFlow):
    """Authorizes a credential of the server with Google again."""

    def __init__(self, entry: NestMTXConfigEntry, credential_key: str) -> None:
        """Prepare the authorization."""
        super().__init__(entry, credential_key)
        self._origin = ""
        self._url = ""

    @property
    def _credential(self) -> Credential | None:
        return self._coordinator.credential(self._credential_key)

    async def async_step_init(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Suggest the server's address as registered with Google."""
        if (abort := self._abort_reason()) is not None:
            return self.async_abort(reason=abort)
        credential_id = self._known_credential.id
        try:
            with self._coordinator.translated():
                origin = await self._coordinator.client.credentials.redirect_origin(credential_id)
        except HomeAssistantError:
            # The user can enter it; an unreachable server shows up in the next step.
            origin = None
        self._origin = origin or self._coordinator.address.url
        return await self.async_step_origin()

    async def async_step_origin(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask for that address, and fetch Google's page for it."""
        if (abort := self._abort_reason()) is not None:
            return self.async_abort(reason=abort)
        errors: dict[str, str] = {}
        if user_input is not None:
            self._origin = origin = user_input[CONF_ORIGIN].strip()
            credential_id = self._known_credential.id
            try:
                with self._coordinator.translated():
                    self._url = await self._coordinator.client.credentials.authorization_url(
                        credential_id, origin
                    )
            except HomeAssistantError as err:
                errors["base"] = _known(err, AUTHORIZATION_ERRORS, "not_begun")
            else:
                return await self.async_step_callback()
        return self.async_show_form(
            step_id="origin",
            data_schema=self.add_suggested_values_to_schema(
                ORIGIN_SCHEMA, {CONF_ORIGIN: self._origin}
            ),
            errors=errors,
            description_placeholders={
                "name": name_of(self._known_credential),
                "redirect_uri": redirect_uri(self._origin) or EXAMPLE_REDIRECT,
            },
        )

    async def async_step_callback(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Show Google's page, and ask for the URL to which it redirects the browser."""
        if (abort := self._abort_reason()) is not None:
            return self.async_abort(reason=abort)
        errors: dict[str, str] = {}
        if user_input is not None:
            credential_id = self._known_credential.id
            try:
                with self._coordinator.translated():
                    await self._coordinator.client.credentials.authorize(
                        credential_id, self._origin, user_input[CONF_CALLBACK]
                    )
            except HomeAssistantError as err:
                errors["base"] = _known(err, AUTHORIZATION_ERRORS, "not_authorized")
            else:
                return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="callback",
            data_schema=CALLBACK_SCHEMA,
            errors=errors,
            description_placeholders={
                "name": name_of(self._known_credential),
                "url": self._url,
                "redirect_uri": redirect_uri(self._origin) or EXAMPLE_REDIRECT,
            },
        )

    @property
    def _known_credential(self) -> Credential:
        return cast("Credential", self._credential)

    def _abort_reason(self) -> str | None:
        """Return the reason to abort, if there is nothing to do."""
        if not self._is_loaded:
            return "not_loaded"
        if self._credential is None:
            return "credential_gone"
        return "already_authorized" if self._credential.is_authorized else None


class DashboardResourceFlow(RepairsFlow):
    """Checks again after the user has added the dashboard resource."""

    async def async_step_init(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Start."""
        return await self.async_step_resource()

    async def async_step_resource(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Show what to add, and check whether it has been added."""
        dashboards = dashboards_of(self.hass)
        errors: dict[str, str] = {}
        if user_input is not None:
            if await dashboards.async_add():
                return self.async_create_entry(data={})
            errors["base"] = "not_added"
        return self.async_show_form(
            step_id="resource",
            data_schema=RESOURCE_SCHEMA,
            errors=errors,
            description_placeholders={"url": dashboards.url},
        )


def password_errors(user_input: dict[str, str]) -> dict[str, str]:
    """Return the errors of a new password, by field."""
    password = user_input[CONF_PASSWORD]
    if len(password) < MIN_PASSWORD_LENGTH:
        return {CONF_PASSWORD: "password_short"}
    if password != user_input[CONF_REPETITION]:
        return {CONF_REPETITION: "passwords_differ"}
    return {}


def _known(err: HomeAssistantError, known: tuple[str, ...], other: str) -> str:
    """Return an error's translation key if a form knows it, else `other`."""
    return err.translation_key if err.translation_key in known else other


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, Any] | None
) -> RepairsFlow:
    """Return the repair flow of an issue."""
    issue = cast("dict[str, str]", data)
    if issue["kind"] == DASHBOARD_RESOURCE:
        return DashboardResourceFlow()
    entry = hass.config_entries.async_get_known_entry(issue["entry_id"])
    flow = CredentialFlow if issue["kind"] == CREDENTIAL_UNAUTHORIZED else DefaultAccountFlow
    return flow(cast("NestMTXConfigEntry", entry), issue["credential_key"])
