"""Translates the client's errors into sentences: what happened, and what to do."""

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

# The first that fits: kinds stand before what they are kinds of.
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
    """Return the key of the sentence that says what happened and what to do."""
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
"""Why a stream does not start, whoever asks again: each attempt may cost calls at Google."""

_OF_THE_CALLER: Final = (InvalidRequest, RefusedAuthorization, RefusedChange)
"""What is wrong with what was asked for, and not with the server."""


def translated_error(err: NestMTXError, host: str) -> HomeAssistantError:
    """Return the error in the user's language; `host` is what it names."""
    key, placeholders = _sentence(err)
    kind = ServiceValidationError if isinstance(err, _OF_THE_CALLER) else HomeAssistantError
    return kind(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders={"host": host, **placeholders},
    )


def _sentence(err: NestMTXError) -> tuple[str, dict[str, str]]:
    """Return the key of an error's sentence, and what to fill in."""
    match err:
        case RefusedAuthorization() | RefusedChange() | StreamNotStarted():
            # Of the sentences, one names the credential.
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
