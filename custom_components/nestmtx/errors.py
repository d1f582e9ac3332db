"""Turns the client's errors into sentences, by the keys of the translations."""

from typing import Final

from .client import (
    CannotConnect,
    ConnectionLost,
    ConnectTimeout,
    InvalidAuth,
    InvalidCertificate,
    NestMTXError,
    NotNestMTX,
    RequestTimeout,
)

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
