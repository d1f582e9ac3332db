"""Actions: the methods of every module of a server, for administrators."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any, Final, cast

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv, service
import voluptuous as vol

from .client import RPC
from .const import (
    ATTR_CONFIG_ENTRY,
    ATTR_ENTITY,
    ATTR_ITEMS_PER_PAGE,
    ATTR_MODULE,
    ATTR_PAGE,
    ATTR_PAYLOAD,
    ATTR_SEARCH,
    DOMAIN,
)
from .data import NestMTXConfigEntry

_TEXT: Final = vol.All(cv.string, vol.Length(min=1))
_WORD: Final = vol.All(str, vol.Length(min=1))
_POSITIVE: Final = vol.All(vol.Coerce(int), vol.Range(min=1))

_ANY: Final = {
    vol.Optional(ATTR_CONFIG_ENTRY): cv.string,
    vol.Required(ATTR_MODULE): _TEXT,
}
_ROW: Final = {vol.Required(ATTR_ENTITY): _TEXT}

PAYLOADS: Final[Mapping[tuple[str, str], vol.Schema]] = MappingProxyType(
    {
        ("create", "credentials"): vol.Schema(
            {
                vol.Required("description"): _WORD,
                vol.Required("oauth_client_id"): _WORD,
                vol.Required("oauth_client_secret"): _WORD,
                vol.Required("dac_project_id"): _WORD,
            }
        ),
        ("create", "users"): vol.Schema(
            {
                vol.Required("username"): _WORD,
                vol.Required("password"): _WORD,
                # Required, as the server takes a missing value as false.
                vol.Required("can_login"): bool,
            }
        ),
        ("update", "cameras"): vol.Schema(
            {
                vol.Optional("mtx_path"): vol.Any(None, str),
                vol.Optional("is_enabled"): bool,
                vol.Optional("is_persistent"): bool,
            }
        ),
        ("update", "credentials"): vol.Schema({vol.Required("origin"): _WORD}),
        ("update", "cronjobs"): vol.Schema({}),
        ("update", "htop"): vol.Schema(
            {vol.Required("action"): vol.In(["start", "stop", "restart"])}
        ),
        ("update", "users"): vol.Schema(
            {vol.Optional("password"): _WORD, vol.Optional("can_login"): bool}
        ),
    }
)
"""Payload schemas by command and module; other modules' payloads are not checked."""


@dataclass(frozen=True, kw_only=True)
class Action:
    """An action: its fields, and the client's method that it calls."""

    fields: Mapping[vol.Marker, Any]
    call: Callable[[RPC, Mapping[str, Any]], Awaitable[Any]]
    supports_response: SupportsResponse = SupportsResponse.OPTIONAL

    @property
    def schema(self) -> vol.Schema:
        """The schema of all fields."""
        return vol.Schema({**_ANY, **self.fields})


ACTIONS: Final[Mapping[str, Action]] = MappingProxyType(
    {
        "list": Action(
            fields={
                vol.Optional(ATTR_SEARCH): _TEXT,
                vol.Optional(ATTR_PAGE): _POSITIVE,
                vol.Optional(ATTR_ITEMS_PER_PAGE): vol.All(_POSITIVE, vol.Range(max=1000)),
            },
            call=lambda rpc, data: rpc.list(
                data[ATTR_MODULE],
                data.get(ATTR_SEARCH),
                data.get(ATTR_PAGE),
                data.get(ATTR_ITEMS_PER_PAGE),
            ),
            supports_response=SupportsResponse.ONLY,
        ),
        "create": Action(
            fields={vol.Required(ATTR_PAYLOAD): dict},
            call=lambda rpc, data: rpc.create(data[ATTR_MODULE], data[ATTR_PAYLOAD]),
        ),
        "read": Action(
            fields=_ROW,
            call=lambda rpc, data: rpc.read(data[ATTR_MODULE], data[ATTR_ENTITY]),
            supports_response=SupportsResponse.ONLY,
        ),
        "update": Action(
            fields={**_ROW, vol.Optional(ATTR_PAYLOAD, default=dict): dict},
            call=lambda rpc, data: rpc.update(
                data[ATTR_MODULE], data[ATTR_ENTITY], data[ATTR_PAYLOAD]
            ),
        ),
        "delete": Action(
            fields=_ROW,
            call=lambda rpc, data: rpc.delete(data[ATTR_MODULE], data[ATTR_ENTITY]),
        ),
    }
)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    for command, action in ACTIONS.items():
        service.async_register_admin_service(
            hass,
            DOMAIN,
            command,
            partial(_async_handle, command, action),
            action.schema,
            supports_response=action.supports_response,
        )


async def _async_handle(command: str, action: Action, call: ServiceCall) -> ServiceResponse:
    _check_payload(command, call.data)
    _check_page(call.data)
    entry = cast(
        "NestMTXConfigEntry",
        service.async_get_config_entry(call.hass, DOMAIN, call.data.get(ATTR_CONFIG_ENTRY)),
    )
    coordinator = entry.runtime_data.coordinator
    with coordinator.translated():
        return {"result": await action.call(coordinator.client.rpc, call.data)}


def _check_page(data: Mapping[str, Any]) -> None:
    """Raise ServiceValidationError for a page size without a page."""
    if ATTR_ITEMS_PER_PAGE in data and ATTR_PAGE not in data:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="page_missing")


def _check_payload(command: str, data: Mapping[str, Any]) -> None:
    """Check a payload against the server's rules, as the server's errors don't name the field.

    Raises ServiceValidationError without any value, which could be a secret.
    """
    schema = PAYLOADS.get((command, data[ATTR_MODULE]))
    if schema is None:
        return
    try:
        schema(data[ATTR_PAYLOAD])
    except vol.MultipleInvalid as err:
        problems = (f"{'.'.join(map(str, each.path))}: {each.msg}" for each in err.errors)
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="invalid_payload",
            translation_placeholders={
                "command": command,
                "module": data[ATTR_MODULE],
                "problems": "; ".join(problems),
            },
        ) from None
