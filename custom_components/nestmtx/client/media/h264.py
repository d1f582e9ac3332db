"""H.264 over RTP (RFC 6184): the access units of a stream, each of which is one picture.

The input is untrusted: no stream can cause more than one access unit of MAX_ACCESS_UNIT_SIZE to be
kept, and nothing is decoded here.
"""

from base64 import b64decode
import binascii
from dataclasses import dataclass, field
import re
from typing import Final

MAX_ACCESS_UNIT_SIZE: Final = 4 * 1024 * 1024
"""Bytes. A key frame of 1920x1080 takes about 100 kB; larger units are dropped."""
MAX_NAL_UNITS: Final = 64
"""Per access unit. Normal ones have one to ten; thousands of slices take a decoder seconds."""
MAX_PARAMETER_SETS: Final = 4096
"""Bytes of the parameter sets in a description; they have about 40."""

_START_CODE: Final = b"\x00\x00\x00\x01"
_KEY_FRAME: Final = 5
_PARAMETER_SETS: Final = (7, 8)
_LAST_SINGLE: Final = 23
_STAP_A: Final = 24
_FU_A: Final = 28
_HEADER_SIZE: Final = 12
_RATE: Final = 90_000
"""Ticks per second of a video's RTP timestamps."""
_MEDIA: Final = re.compile(r"^(?=m=)", re.MULTILINE)
_RTPMAP: Final = re.compile(r"^a=rtpmap:([0-9]{1,3}) H264/90000\s*$", re.MULTILINE | re.IGNORECASE)
_SPROPS: Final = re.compile(r"sprop-parameter-sets=([A-Za-z0-9+/=,]+)")
_CONTROL: Final = re.compile(r"^a=control:(\S+)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class AccessUnit:
    """One picture, still encoded: NAL units, each after a start code (Annex B)."""

    data: bytes
    is_key_frame: bool
    time: float
    """Seconds of the stream's clock, which starts at any value and wraps after half a day."""


@dataclass(frozen=True, slots=True)
class VideoTrack:
    """The H.264 track in the description of a stream (SDP)."""

    control: str
    """Its URL, absolute or relative to the stream's; empty if the description has none."""
    payload_type: int
    parameter_sets: bytes = b""
    """SPS and PPS, for streams that don't repeat them."""


def video_track(description: str) -> VideoTrack | None:
    """Return the first H.264 track of a description; None if it has none."""
    for media in _MEDIA.split(description)[1:]:
        payload_type = _RTPMAP.search(media)
        if not media.startswith("m=video ") or payload_type is None:
            continue
        control, sprops = _CONTROL.search(media), _SPROPS.search(media)
        return VideoTrack(
            control[1] if control else "",
            int(payload_type[1]),
            _parameter_sets(sprops[1]) if sprops else b"",
        )
    return None


def _parameter_sets(sprops: str) -> bytes:
    try:
        units = [b64decode(each, validate=True) for each in sprops[:MAX_PARAMETER_SETS].split(",")]
    except binascii.Error:
        return b""
    return b"".join(_START_CODE + unit for unit in units if unit)


@dataclass(slots=True)
class Depacketizer:
    """Reassembles access units from RTP packets, in the order of arrival.

    A unit with a missing packet is dropped, and so are all units up to the next key frame, which
    could not be decoded.
    """

    track: VideoTrack
    _units: list[bytes] = field(default_factory=list)
    _size: int = 0
    _fragment: bytearray | None = None
    _timestamp: int | None = None
    _sequence: int | None = None
    _is_broken: bool = True

    def feed(self, packet: bytes) -> AccessUnit | None:
        """Process an RTP packet; return the access unit that it completes, if any."""
        payload = _payload(packet, self.track.payload_type)
        if payload is None:
            return None
        sequence = int.from_bytes(packet[2:4])
        timestamp = int.from_bytes(packet[4:8])
        if self._sequence is not None and sequence != (self._sequence + 1) & 0xFFFF:
            self._is_broken = True
        self._sequence = sequence
        if timestamp != self._timestamp:
            # The last packet of the previous unit is missing, or has no marker.
            self._clear(timestamp)
        self._take(payload)
        is_last = bool(packet[1] & 0x80)
        return self._complete(timestamp) if is_last else None

    def _clear(self, timestamp: int | None) -> None:
        self._units, self._size, self._fragment = [], 0, None
        self._timestamp = timestamp

    def _take(self, payload: bytes) -> None:
        kind = payload[0] & 0x1F
        if 1 <= kind <= _LAST_SINGLE:
            self._add(payload)
        elif kind == _STAP_A:
            self._take_aggregate(payload[1:])
        elif kind == _FU_A and len(payload) > 2:  # noqa: PLR2004
            self._take_fragment(payload)

    def _take_aggregate(self, payload: bytes) -> None:
        at = 0
        while at + 2 < len(payload):
            size = int.from_bytes(payload[at : at + 2])
            self._add(payload[at + 2 : at + 2 + size])
            at += 2 + size

    def _take_fragment(self, payload: bytes) -> None:
        indicator, header = payload[0], payload[1]
        if header & 0x80:
            self._fragment = bytearray([indicator & 0xE0 | header & 0x1F])
        if self._fragment is None:
            self._is_broken = True
            return
        if self._size + len(self._fragment) + len(payload) > MAX_ACCESS_UNIT_SIZE:
            self._fragment, self._is_broken = None, True
            return
        self._fragment += payload[2:]
        if header & 0x40:
            fragment, self._fragment = bytes(self._fragment), None
            self._add(fragment)

    def _add(self, unit: bytes) -> None:
        if not unit:
            return
        self._size += len(_START_CODE) + len(unit)
        is_too_much = self._size > MAX_ACCESS_UNIT_SIZE or len(self._units) >= MAX_NAL_UNITS
        # A decoder would split a NAL unit that contains a start code.
        if is_too_much or _START_CODE[1:] in unit:
            # Drop the rest of the access unit, too.
            self._units, self._size, self._is_broken = [], MAX_ACCESS_UNIT_SIZE + 1, True
        else:
            self._units.append(unit)

    def _complete(self, timestamp: int) -> AccessUnit | None:
        units, kinds = self._units, {unit[0] & 0x1F for unit in self._units}
        is_whole = self._fragment is None and self._size <= MAX_ACCESS_UNIT_SIZE
        self._clear(None)
        is_key_frame = _KEY_FRAME in kinds
        if not units or not is_whole or (self._is_broken and not is_key_frame):
            self._is_broken = True
            return None
        self._is_broken = False
        data = b"".join(_START_CODE + unit for unit in units)
        if is_key_frame and not kinds.issuperset(_PARAMETER_SETS):
            data = self.track.parameter_sets + data
        return AccessUnit(data, is_key_frame, timestamp / _RATE)


def _payload(packet: bytes, payload_type: int) -> bytes | None:
    """Return the payload of an RTP packet (RFC 3550); None if it has none, or another type."""
    if len(packet) <= _HEADER_SIZE or packet[0] >> 6 != 2:  # noqa: PLR2004
        return None
    if packet[1] & 0x7F != payload_type:
        return None
    begin, end = _HEADER_SIZE + 4 * (packet[0] & 0x0F), len(packet)
    if packet[0] & 0x10:
        begin += 4 + 4 * int.from_bytes(packet[begin + 2 : begin + 4])
    if packet[0] & 0x20:
        end -= packet[-1]
    return packet[begin:end] or None
