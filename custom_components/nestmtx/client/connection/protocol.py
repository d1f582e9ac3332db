"""NestMTX's requests, answers, and errors.

The server answers an invalid request without its `requestId`, so none is sent.
"""

import json
from typing import TYPE_CHECKING, Any

from ..errors import InvalidAuth, InvalidRequest, RequestError
from ..redaction import redact_message, secrets_in

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMANDS_WITH_ENTITY = frozenset({"read", "update", "delete"})
COMMANDS_WITH_PAYLOAD = frozenset({"list", "create", "update"})
COMMANDS = COMMANDS_WITH_ENTITY | COMMANDS_WITH_PAYLOAD

MAX_REQUEST_SIZE = 1_000_000 - 1024
"""Bytes: the server's maxPayload minus the envelope. It closes the socket for a larger one."""
MAX_DETAILS = 20
"""Details of an error to keep."""
_UNAUTHORIZED = "Unauthorized"


def request_body(
    command: str, module: str, entity: str | None, payload: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Return a request without its id. Raises InvalidRequest.

    `entity` is for read, update and delete; `payload` for create and update, and optional for
    list.
    """
    if command not in COMMANDS:
        raise InvalidRequest(f"Unknown command: {command}")
    if not module:
        raise InvalidRequest("The module has no name")
    if (entity is not None) != (command in COMMANDS_WITH_ENTITY):
        raise InvalidRequest(f"{command} {'needs' if entity is None else 'takes no'} entity")
    if entity == "":
        raise InvalidRequest("The entity is empty")
    if command in COMMANDS_WITH_PAYLOAD:
        if payload is None and command != "list":
            raise InvalidRequest(f"{command} needs a payload")
        payload = dict(payload or {})
    elif payload is not None:
        raise InvalidRequest(f"{command} takes no payload")
    body: dict[str, Any] = {"command": command, "module": module}
    if entity is not None:
        body["entity"] = entity
    if payload is not None:
        body["payload"] = payload
    _check_size(body)
    return body


def _check_size(body: dict[str, Any]) -> None:
    try:
        size = len(json.dumps(body, allow_nan=False).encode())
    except (TypeError, ValueError, RecursionError) as err:
        raise InvalidRequest("The payload is not JSON") from err
    if size > MAX_REQUEST_SIZE:
        raise InvalidRequest(f"The request is too large: {size} bytes")


def result_of(answer: Any, request: Mapping[str, Any]) -> Any:
    """Return the answer of a successful request. Raises RequestError and InvalidAuth."""
    if isinstance(answer, dict) and set(answer) == {"error"} and isinstance(answer["error"], dict):
        error = request_error(answer["error"], request)
        if error.message == _UNAUTHORIZED:
            raise InvalidAuth("The server does not accept the token")
        raise error
    return answer


def request_error(error: Any, *requests: Mapping[str, Any]) -> RequestError:
    """Return the error with only its message and the messages of its details.

    Secrets of the requests are redacted, as an error may repeat them.
    """
    secrets = frozenset(secrets_in(requests))
    error = error if isinstance(error, dict) else {}
    message, details = error.get("message"), error.get("details")
    return RequestError(
        redact_message(message, secrets) if isinstance(message, str) else "Unknown error",
        tuple(
            redact_message(detail["message"], secrets)
            for detail in (details[:MAX_DETAILS] if isinstance(details, list) else ())
            if isinstance(detail, dict) and isinstance(detail.get("message"), str)
        ),
    )
