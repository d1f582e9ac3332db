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
    """Return the account that the data of a config entry, or the input of a flow, describe."""
    return Account(
        ServerAddress(data[CONF_HOST], data[CONF_PORT], data[CONF_SSL]),
        data[CONF_USERNAME],
        data[CONF_PASSWORD],
        data.get(CONF_TOKEN),
    )
