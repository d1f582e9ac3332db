"""The server's validation of a request: Joi's messages, one at a time, in recorded order."""

from collections.abc import Iterator
from typing import Final

from .devices import Json

COMMANDS: Final = ("list", "read", "create", "update", "delete")
_KEYS: Final = ("command", "module", "requestId", "entity", "payload")
_WITH_ENTITY: Final = ("read", "update", "delete")
_PAYLOAD_REQUIRED: Final = ("create", "update")


def check(request: object, *, entity_is_string: bool = True) -> list[Json]:
    """Return the problems of a request as the server's `details`; empty if it is valid."""
    if not isinstance(request, dict):
        return [_detail("value", [], "object.base", "must be of type object", request)]
    first = next(_problems(request, entity_is_string=entity_is_string), None)
    return [first] if first else []


def _problems(request: Json, *, entity_is_string: bool) -> Iterator[Json]:
    command = request.get("command")
    if "command" not in request:
        yield _required("command")
    elif command not in COMMANDS:
        yield _not_a_command(command)
    yield from _text(request, "module")
    yield from _text(request, "requestId")
    if command in _WITH_ENTITY:
        if entity_is_string or not isinstance(request.get("entity"), int):
            yield from _text(request, "entity")
    elif "entity" in request:
        yield _forbidden("entity", request["entity"])
    yield from _payload(request, command)
    yield from (_unknown(key, request[key]) for key in request if key not in _KEYS)


def _text(request: Json, key: str) -> Iterator[Json]:
    value = request.get(key)
    if key not in request:
        yield _required(key)
    elif not isinstance(value, str):
        yield _detail(key, [key], "string.base", "must be a string", value)
    elif not value:
        yield _detail(key, [key], "string.empty", "is not allowed to be empty", value)


def _payload(request: Json, command: object) -> Iterator[Json]:
    if "payload" not in request:
        if command in _PAYLOAD_REQUIRED:
            yield _required("payload")
    elif command in ("read", "delete"):
        yield _forbidden("payload", request["payload"])
    elif not isinstance(request["payload"], dict):
        yield _detail(
            "payload",
            ["payload"],
            "object.base",
            "must be of type object",
            request["payload"],
        )


def _detail(label: str, path: list[str], kind: str, words: str, value: object) -> Json:
    context: Json = {"type": "object"} if kind == "object.base" else {}
    context |= {"label": label, "value": value}
    context |= {"key": path[-1]} if path else {}
    return {
        "message": f'"{label}" {words}',
        "path": path,
        "type": kind,
        "context": context,
    }


def _required(key: str) -> Json:
    detail = _detail(key, [key], "any.required", "is required", None)
    del detail["context"]["value"]
    return detail


def _forbidden(key: str, value: object) -> Json:
    return _detail(key, [key], "any.unknown", "is not allowed", value)


def _unknown(key: str, value: object) -> Json:
    detail = _detail(key, [key], "object.unknown", "is not allowed", value)
    return detail | {"context": {"child": key} | detail["context"]}


def _not_a_command(value: object) -> Json:
    words = f"must be one of [{', '.join(COMMANDS)}]"
    detail = _detail("command", ["command"], "any.only", words, value)
    return detail | {"context": {"valids": list(COMMANDS)} | detail["context"]}
