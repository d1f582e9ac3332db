"""H.264 over RTP (RFC 6184), and its description in SDP."""

from base64 import b64encode
import re
import struct
from typing import Final

from . import sound
from .picture import RATE, TICKS

_PAYLOAD_TYPE: Final = 96
MAX_PAYLOAD: Final = 1400
"""Bytes of a payload that fit into a packet of any network."""
_FRAGMENT: Final = 28
_KEY_FRAME: Final = 5
_SPS: Final = 7
_PPS: Final = 8


def nal_units(unit: bytes) -> list[bytes]:
    """Return the NAL units of an access unit."""
    return [nal for nal in re.split(rb"\x00{2,3}\x01", unit) if nal]


def is_key_frame(unit: bytes) -> bool:
    """Return whether an access unit is a key frame."""
    return any(nal[0] & 0x1F == _KEY_FRAME for nal in nal_units(unit))


def payloads(nal: bytes) -> list[bytes]:
    """Return a NAL unit unchanged, or as fragments (FU-A) if it is too large for a packet."""
    if len(nal) <= MAX_PAYLOAD:
        return [nal]
    importance, kind = nal[0] & 0xE0, nal[0] & 0x1F
    pieces = [nal[begin : begin + MAX_PAYLOAD] for begin in range(1, len(nal), MAX_PAYLOAD)]
    last = len(pieces) - 1
    return [
        bytes((importance | _FRAGMENT, (index == 0) << 7 | (index == last) << 6 | kind)) + piece
        for index, piece in enumerate(pieces)
    ]


def packets(unit: bytes, number: int, sequence: int, source: int) -> list[bytes]:
    """Return the packets of a frame, by its number since the epoch; the last has the marker bit."""
    parts = [payload for nal in nal_units(unit) for payload in payloads(nal)]
    last = len(parts) - 1
    return [
        struct.pack(
            ">BBHII",
            0x80,
            (index == last) << 7 | _PAYLOAD_TYPE,
            (sequence + index) & 0xFFFF,
            number * TICKS // RATE & 0xFFFFFFFF,
            source,
        )
        + payload
        for index, payload in enumerate(parts)
    ]


def description(key_frame: bytes) -> str:
    """Return the SDP of a stream with this key frame."""
    by_kind = {nal[0] & 0x1F: nal for nal in nal_units(key_frame)}
    parameters = ",".join(b64encode(by_kind[kind]).decode() for kind in (_SPS, _PPS))
    format_parameters = (
        f"packetization-mode=1; profile-level-id={by_kind[_SPS][1:4].hex()}; "
        f"sprop-parameter-sets={parameters}"
    )
    lines = (
        "v=0",
        "o=- 0 0 IN IP4 127.0.0.1",
        "s=Stream",
        "c=IN IP4 0.0.0.0",
        "t=0 0",
        f"m=video 0 RTP/AVP {_PAYLOAD_TYPE}",
        "a=control:trackID=0",
        f"a=rtpmap:{_PAYLOAD_TYPE} H264/{TICKS}",
        f"a=fmtp:{_PAYLOAD_TYPE} {format_parameters}",
        *sound.description(),
    )
    return "".join(f"{line}\r\n" for line in lines)
