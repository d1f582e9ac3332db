"""What a server sends, byte by byte."""

import json
from typing import Any

FAILURE = {"message": "Invalid Request", "details": [{"message": '"requestId" is required'}]}
"""The answer to a request that the server does not understand; it does not say to which."""


def message(topic: str, *payloads: Any) -> bytes:
    """A Socket.IO event in an Engine.IO message."""
    return b"42" + json.dumps([topic, *payloads]).encode()


def event(name: str, camera_id: int, **details: Any) -> bytes:
    """A camera's event on the first of its topics, which is the one that counts."""
    payload = {"domain": "camera", "event": name, "entity": camera_id, "details": details}
    return message(f"camera:{name}", payload)
