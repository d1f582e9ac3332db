"""Answers of the server: what succeeded, and the errors."""

from typing import Any

from .errors import InvalidAuth, RequestError
from .texts import presentable

_UNAUTHORIZED = "Unauthorized"
_DETAILS = 20
"""How many details of an error are kept."""


def result_of(answer: Any, secrets: frozenset[str]) -> Any:
    """Return the answer of a request that succeeded. Raises RequestError and InvalidAuth.

    `secrets` are those of the request: an error may repeat them.
    """
    if isinstance(answer, dict) and set(answer) == {"error"} and isinstance(answer["error"], dict):
        error = request_error(answer["error"], secrets)
        if error.message == _UNAUTHORIZED:
            raise InvalidAuth("The server does not accept the token")
        raise error
    return answer


def request_error(error: Any, secrets: frozenset[str]) -> RequestError:
    """Take over the message and the details' messages, and nothing else."""
    error = error if isinstance(error, dict) else {}
    message, details = error.get("message"), error.get("details")
    return RequestError(
        presentable(message, secrets) if isinstance(message, str) else "Unknown error",
        tuple(
            presentable(detail["message"], secrets)
            for detail in (details[:_DETAILS] if isinstance(details, list) else ())
            if isinstance(detail, dict) and isinstance(detail.get("message"), str)
        ),
    )
