"""The lives of cameras: the events of a stream from the first demand to its end, repeatedly."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
import json
import struct
from typing import Any

from tests.simulator import Quirks
from tests.simulator.events import payload, topics
from tests.simulator.records import utc_now

LIFE = ("demand", "ready", "read", "unread", "notReady", "undemand")
"""A life ends in its initial state, so that every life costs the same."""

LIVES = 50
"""Lives in a run: of one camera after another, or of fewer cameras repeatedly."""

ROUND = LIVES * len(LIFE)
"""Events of all these lives."""

FRAMES = 3
"""Frames of an event, one for each of its topics."""

type Message = tuple[str, str]
"""Topic and payload."""

_TEXT = 0x81
"""The first byte of a websocket frame with a whole text message."""
_SHORT = 125
"""Maximum bytes of a frame with a one-byte length."""


def lived(cameras: int) -> Iterator[tuple[int, str]]:
    """Yield the camera and the name of each event, endlessly."""
    while True:
        for life in range(LIVES):
            camera = 1 + life * cameras // LIVES if cameras > LIVES else 1 + life % cameras
            for event in LIFE:
                yield camera, event


def frames(cameras: int) -> Iterator[bytes]:
    """Yield the server's data for each event, endlessly: three websocket frames."""
    for number, (camera, event) in enumerate(lived(cameras)):
        # A reader that has left doesn't return.
        details = _details(camera, event, reader=f"reader-{number // len(LIFE)}")
        body = payload("camera", event, camera, details, utc_now(), Quirks())
        yield b"".join(_frame(topic, body) for topic in topics("camera", event, Quirks()))


def messages(count: int, cameras: int, changes: list[list[int]]) -> Iterator[list[Message]]:
    """Yield the MQTT messages for each event, with a topic for each entity.

    `changes` are the numbers of a camera's entities that change with each event of a life.
    """
    states: defaultdict[str, bool] = defaultdict(bool)
    for camera, event in islice(lived(cameras), count):
        topics_of_event = [f"bench/camera{camera}/{each}" for each in changes[LIFE.index(event)]]
        for topic in topics_of_event:
            states[topic] = not states[topic]
        yield [(topic, "ON" if states[topic] else "OFF") for topic in topics_of_event]


def _details(camera: int, event: str, reader: str) -> dict[str, Any]:
    path = f"camera{camera}"
    details = {"name": f"Camera {camera}", "enabled": True, "path": path, "query": ""}
    if event in {"read", "unread"}:
        return details | {"readerType": "rtspSession", "readerId": reader}
    return details


def _frame(topic: str, body: dict[str, Any]) -> bytes:
    event = json.dumps([topic, body], separators=(",", ":"), ensure_ascii=False)
    text = f"42{event}".encode()
    size = len(text)
    head = (
        struct.pack("!BB", _TEXT, size) if size <= _SHORT else struct.pack("!BBH", _TEXT, 126, size)
    )
    return head + text
