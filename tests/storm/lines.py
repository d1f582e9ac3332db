"""The recorded log lines as a server puts them on the wire."""

from collections.abc import Iterator
import itertools
import json
from pathlib import Path
import struct
from typing import Any

_RECORDINGS = Path(__file__).parents[1] / "recordings" / "logs.json"

_TEXT = 0x81
"""How a websocket frame begins that is one whole text."""
_SHORT = 125
"""Bytes of a frame that tells its length in one."""


def frames() -> Iterator[bytes]:
    """One line after the other, over and over: Socket.IO events in websocket frames."""
    recordings = json.loads(_RECORDINGS.read_text())
    lines = [line for each in recordings for line in each.get("logs") or each.get("first", [])]
    return itertools.cycle([_frame(line) for line in lines])


def _frame(line: dict[str, Any]) -> bytes:
    event = json.dumps(["log", line], separators=(",", ":"), ensure_ascii=False)
    text = f"42{event}".encode()
    size = len(text)
    head = (
        struct.pack("!BB", _TEXT, size) if size <= _SHORT else struct.pack("!BBH", _TEXT, 126, size)
    )
    return head + text
