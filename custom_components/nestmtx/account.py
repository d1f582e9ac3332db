"""The account on a server that a config entry is for."""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import (
    CONF_HOST,
    CONF_PASSWORD,
    CONF_PORT,
    CONF_SSL,
    CONF_TOKEN,
    CONF_USERNAME,
)

from .client import Account, ServerAddress


def account_of(data: Mapping[str, Any]) -> Account:
    """Return the account described by a config entry's data or a flow's input."""
    return Account(
        ServerAddress(data[CONF_HOST], data[CONF_PORT], data[CONF_SSL]),
        data[CONF_USERNAME],
        data[CONF_PASSWORD],
        data.get(CONF_TOKEN),
    )
