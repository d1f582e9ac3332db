"""Turns the client's errors into sentences, by the keys of the translations."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from .client import (
    CannotConnect,
    ConnectionLost,
    ConnectTimeout,
    InvalidAuth,
    InvalidCertificate,
    NestMTXError,
    NotNestMTX,
    RefusedControl,
    RequestError,
    RequestTimeout,
    SignallingError,
    StreamNotStarted,
)
from .const import DOMAIN

# The first that fits: kinds stand before what they are kinds of.
_TRANSLATION_KEYS: Final[tuple[tuple[type[NestMTXError], str], ...]] = (
    (InvalidAuth, "invalid_auth"),
    (InvalidCertificate, "invalid_certificate"),
    (ConnectTimeout, "timeout_connect"),
    (RequestTimeout, "timeout_connect"),
    (NotNestMTX, "not_nestmtx"),
    (CannotConnect, "cannot_connect"),
    (ConnectionLost, "cannot_connect"),
    (NestMTXError, "unexpected_answer"),
)


def translation_key(err: NestMTXError) -> str:
    """Return the key of the sentence that says what happened and what to do."""
    return next(key for kind, key in _TRANSLATION_KEYS if isinstance(err, kind))


@contextmanager
def translated(host: str) -> Generator[None]:
    """Raise what the client raises in the user's language."""
    try:
        yield
    except RefusedControl as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key=err.problem.value
        ) from err
    except StreamNotStarted as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key=err.problem.value
        ) from err
    except SignallingError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="signalling_failed",
            translation_placeholders={"host": host, "message": str(err)},
        ) from err
    except RequestError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="refused",
            translation_placeholders={"host": host, "message": err.message},
        ) from err
    except NestMTXError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key=translation_key(err),
            translation_placeholders={"host": host},
        ) from err
