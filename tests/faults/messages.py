"""The messages of a server, as bytes."""

import json
from typing import Any

FAILURE = {"message": "Invalid Request", "details": [{"message": '"requestId" is required'}]}
"""The answer to a request that the server doesn't understand, without the request's id."""


def message(topic: str, *payloads: Any) -> bytes:
    """Return a Socket.IO event in an Engine.IO message."""
    return b"42" + json.dumps([topic, *payloads]).encode()


def event(name: str, camera_id: int, **details: Any) -> bytes:
    """Return a camera's event on its first topic, which is the one that is evaluated."""
    payload = {"domain": "camera", "event": name, "entity": camera_id, "details": details}
    return message(f"camera:{name}", payload)
