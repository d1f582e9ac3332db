"""The lives of cameras: the events of a stream from the first demand to its end, over and over."""

from collections.abc import Iterator
from itertools import islice
import json
import struct
from typing import Any

from tests.simulator import Quirks
from tests.simulator.events import payload, topics
from tests.simulator.records import utc_now

LIFE = ("demand", "ready", "read", "unread", "notReady", "undemand")
"""It ends as it began, so that every life costs the same."""

LIVES = 50
"""How many are lived at a time: by one camera after the other, or by fewer over and over."""

ROUND = LIVES * len(LIFE)
"""Events of all these lives."""

FRAMES = 3
"""Of an event, one for each of its names."""

_TEXT = 0x81
"""How a websocket frame begins that is one whole text."""
_SHORT = 125
"""Bytes of a frame that tells its length in one."""


def lived(cameras: int) -> Iterator[tuple[int, str]]:
    """Yield the camera and the name of each event, without an end."""
    while True:
        for life in range(LIVES):
            camera = 1 + life * cameras // LIVES if cameras > LIVES else 1 + life % cameras
            for event in LIFE:
                yield camera, event


def frames(cameras: int) -> Iterator[bytes]:
    """Yield what a server sends for each event, without an end: three frames of a websocket."""
    for number, (camera, event) in enumerate(lived(cameras)):
        # A reader that has left does not come again.
        details = _details(camera, event, reader=f"reader-{number // len(LIFE)}")
        body = payload("camera", event, camera, details, utc_now(), Quirks())
        yield b"".join(_frame(topic, body) for topic in topics("camera", event, Quirks()))


def messages(count: int, cameras: int, fields: list[list[bool]]) -> Iterator[tuple[str, str]]:
    """Yield a message for each event, of an MQTT topic of each camera.

    `fields` tell of each event in a life what it leaves on.
    """
    states = [
        json.dumps({f"f{number}": "ON" if is_on else "OFF" for number, is_on in enumerate(each)})
        for each in fields
    ]
    for camera, event in islice(lived(cameras), count):
        yield f"bench/camera{camera}", states[LIFE.index(event)]


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
