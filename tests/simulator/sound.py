"""Silence as AAC over RTP (RFC 3640), which cameras send with their video."""

from collections.abc import Iterator
from functools import cache
import struct
from typing import Final

import av
import numpy as np

_RATE: Final = 48_000
_SAMPLES: Final = 1024
"""Samples per frame."""
_PAYLOAD_TYPE: Final = 97
_WARM_UP: Final = 4
"""Frames after which all frames of silence are equal."""


@cache
def _silence() -> tuple[bytes, bytes]:
    """Return the decoder's configuration, and a frame."""
    encoder = av.AudioCodecContext.create("aac", "w")
    encoder.sample_rate, encoder.layout, encoder.format = _RATE, "stereo", "fltp"
    encoded: list[bytes] = []
    while len(encoded) < _WARM_UP:
        nothing = np.zeros((2, _SAMPLES), np.float32)
        frame = av.AudioFrame.from_ndarray(nothing, format="fltp", layout="stereo")
        frame.sample_rate = _RATE
        encoded += map(bytes, encoder.encode(frame))
    return bytes(encoder.extradata or b""), encoded[-1]


def description() -> tuple[str, ...]:
    """Return the SDP lines of the sound."""
    config, _ = _silence()
    parameters = "indexdeltalength=3; indexlength=3; mode=AAC-hbr; profile-level-id=1; "
    return (
        f"m=audio 0 RTP/AVP {_PAYLOAD_TYPE}",
        "a=control:trackID=1",
        f"a=rtpmap:{_PAYLOAD_TYPE} mpeg4-generic/{_RATE}/2",
        f"a=fmtp:{_PAYLOAD_TYPE} {parameters}config={config.hex()}; sizelength=13; streamtype=5",
    )


def packets(begin: float, end: float, source: int) -> Iterator[bytes]:
    """Yield the packets between two times in seconds since the epoch."""
    _, frame = _silence()
    for number in range(int(begin * _RATE / _SAMPLES), int(end * _RATE / _SAMPLES)):
        header = struct.pack(
            ">BBHII",
            0x80,
            0x80 | _PAYLOAD_TYPE,
            number & 0xFFFF,
            number * _SAMPLES & 0xFFFFFFFF,
            source,
        )
        # One access unit: the length of its header in bits, then the header with its size.
        yield header + struct.pack(">HH", 16, len(frame) << 3) + frame
