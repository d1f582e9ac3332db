"""Translate the client's errors into messages: what happened, and what to do."""

from typing import Final

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from .client import (
    CannotConnect,
    ConnectionLost,
    ConnectTimeout,
    IncompleteList,
    InvalidAuth,
    InvalidCertificate,
    InvalidRequest,
    NestMTXError,
    NotEncrypted,
    NotNestMTX,
    RefusedAuthorization,
    RefusedChange,
    RequestError,
    RequestTimeout,
    SignalingError,
    StartProblem,
    StreamNotStarted,
)
from .const import DOMAIN

# The first match applies: subclasses come before their base classes.
_TRANSLATION_KEYS: Final[tuple[tuple[type[NestMTXError], str], ...]] = (
    (InvalidAuth, "invalid_auth"),
    (InvalidCertificate, "invalid_certificate"),
    (ConnectTimeout, "timeout_connect"),
    (RequestTimeout, "timeout_connect"),
    (NotEncrypted, "not_encrypted"),
    (NotNestMTX, "not_nestmtx"),
    (CannotConnect, "cannot_connect"),
    (ConnectionLost, "cannot_connect"),
    (NestMTXError, "unexpected_answer"),
)


def translation_key(err: NestMTXError) -> str:
    """Return the translation key of an error's message."""
    return next(key for kind, key in _TRANSLATION_KEYS if isinstance(err, kind))


HOPELESS: Final = frozenset(
    {
        StartProblem.CAMERA_GONE,
        StartProblem.CAMERA_OFF,
        StartProblem.CAMERA_UNCONFIGURED,
        StartProblem.EXTENSION_FAILED,
        StartProblem.FLAPPING,
        StartProblem.NO_VIDEO,
        StartProblem.TIMED_OUT,
        StartProblem.UNAUTHORIZED,
    }
)
"""Errors for which a start is not retried, as each attempt may cost calls to Google."""

_OF_THE_CALLER: Final = (InvalidRequest, RefusedAuthorization, RefusedChange)
"""Errors in the caller's request rather than of the server."""


def translated_error(err: NestMTXError, host: str) -> HomeAssistantError:
    """Return the error as a translated HomeAssistantError; `host` is the host that it names."""
    key, placeholders = _sentence(err)
    kind = ServiceValidationError if isinstance(err, _OF_THE_CALLER) else HomeAssistantError
    return kind(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders={"host": host, **placeholders},
    )


def _sentence(err: NestMTXError) -> tuple[str, dict[str, str]]:
    """Return the translation key of an error's message, and its placeholders."""
    match err:
        case RefusedAuthorization() | RefusedChange() | StreamNotStarted():
            # One of the messages names the credential.
            return err.problem.value, {"credential": getattr(err, "credential", "")}
        case InvalidRequest():
            return "invalid_request", {"message": str(err)}
        case IncompleteList():
            return "incomplete_list", {}
        case SignalingError():
            return "signaling_failed", {"message": str(err)}
        case RequestError():
            return "refused", {"message": err.message}
        case _:
            return translation_key(err), {}
