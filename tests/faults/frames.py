"""Websocket frames of a server: unmasked and uncompressed."""

from typing import Final

TEXT: Final = 1
BINARY: Final = 2

_UPGRADED: Final = b"HTTP/1.1 101 "
_HEAD_END: Final = b"\r\n\r\n"
_FINAL: Final = 0x80
_LENGTH_16: Final = 126
_LENGTH_64: Final = 127


def frame(payload: bytes, opcode: int = TEXT) -> bytes:
    """Return a whole message as one frame."""
    return _with_first_byte(_FINAL | opcode, payload)


class FrameSplitter:
    """Splits a server's data into frames, once a connection has become a websocket.

    Before that, answers are passed on unchanged; the upgrade is the first of its chunk,
    as nothing is asked for before the former is complete.
    """

    def __init__(self) -> None:
        """Start without data."""
        self.upgraded = False
        self._buffer = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Return the complete frames."""
        self._buffer += data
        if self.upgraded:
            return self._frames()
        if not self._buffer.startswith(_UPGRADED):
            plain, self._buffer = self._buffer, b""
            return [plain]
        head, end, rest = self._buffer.partition(_HEAD_END)
        if not end:
            return []
        self.upgraded, self._buffer = True, rest
        return [head + end, *self._frames()]

    def _frames(self) -> list[bytes]:
        frames, begin = [], 0
        while (end := _end_of_frame(self._buffer, begin)) <= len(self._buffer):
            frames.append(self._buffer[begin:end])
            begin = end
        self._buffer = self._buffer[begin:]
        return frames


def with_payload_replaced(whole_frame: bytes, find: bytes, replacement: bytes) -> bytes:
    """Return the frame with a part of its payload replaced, and the right length."""
    header = _header_length(whole_frame, 0)
    payload = whole_frame[header:].replace(find, replacement, 1)
    return _with_first_byte(whole_frame[0], payload)


def _with_first_byte(first: int, payload: bytes) -> bytes:
    length = len(payload)
    if length < _LENGTH_16:
        return bytes((first, length)) + payload
    if length < 1 << 16:
        return bytes((first, _LENGTH_16)) + length.to_bytes(2) + payload
    return bytes((first, _LENGTH_64)) + length.to_bytes(8) + payload


def _header_length(data: bytes, begin: int) -> int:
    return {_LENGTH_16: 4, _LENGTH_64: 10}.get(data[begin + 1], 2)


def _end_of_frame(data: bytes, begin: int) -> int:
    """Return the end of a frame; beyond the data if its header is incomplete."""
    if len(data) < begin + 2:
        return begin + 2
    header = _header_length(data, begin)
    if len(data) < begin + header:
        return begin + header
    if header == 2:
        return begin + header + data[begin + 1]
    return begin + header + int.from_bytes(data[begin + 2 : begin + header])
