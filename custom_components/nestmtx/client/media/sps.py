"""The demands of an H.264 sequence parameter set (SPS) on a decoder, checked before decoding.

A decoder allocates memory for reference pictures as the SPS requests, and rejects a format only
after the first picture. So the SPS is parsed first (ITU-T H.264, 7.3.2.1.1). The input is
untrusted: at most MAX_SPS_SIZE bytes of an SPS are read, and each number has limits.
"""

from dataclasses import dataclass
from typing import Final

MAX_PIXELS: Final = 4096 * 2304
"""Per picture. The largest cameras have 3840x2160."""
MAX_SPS_SIZE: Final = 1024
"""Bytes of an SPS that are read. Normal ones have 30; the largest scaling lists take 1 kB."""
MAX_SPS_COUNT: Final = 4
"""Per access unit. Normal ones have one at most."""
MAX_DECODER_MEMORY: Final = 96 * 1024 * 1024
"""Bytes of pictures that a decoder has to store. x264's three of 3840x2160, and the one being
decoded, take 50 MB; sixteen of 4096x2304, which H.264 allows, would take 240 MB."""

_SPS: Final = 7
_START: Final = b"\x00\x00\x01"
_HIGH_PROFILES: Final = frozenset({44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244})
"""Profiles whose SPS contains the pixel format; all others use 4:2:0 with 8 bits."""
_YUV_420: Final = 1
_YUV_444: Final = 3
_MACROBLOCK: Final = 16
MAX_MACROBLOCKS: Final = 1 << 16
"""Per row or column, so that no product of it gets large."""
_MAX_ZEROS: Final = 31
"""Leading zeros of a 32-bit Exp-Golomb code."""


class InvalidSps(ValueError):
    """The data is not an SPS, or not one of a real encoder."""


@dataclass(frozen=True, slots=True)
class Sps:
    """The fields of an SPS that determine a decoder's needs."""

    profile: int
    chroma_format: int
    """1 is 4:2:0."""
    bit_depth: int
    """The greater one of luma and chroma."""
    reference_frames: int
    """Pictures that following ones refer to."""
    coded_width: int
    coded_height: int
    """In pixels of whole macroblocks; memory is allocated for this size."""
    width: int
    height: int
    """In pixels after cropping."""

    @property
    def decoder_memory(self) -> int:
        """Bytes of all reference pictures, and of the one being decoded."""
        return (self.reference_frames + 1) * self.coded_width * self.coded_height * 3 // 2

    @property
    def is_decodable(self) -> bool:
        """Whether this is a format that cameras send: 4:2:0 with 8 bits, not too large."""
        return (
            self.chroma_format == _YUV_420
            and self.bit_depth == 8  # noqa: PLR2004
            and self.coded_width * self.coded_height <= MAX_PIXELS
            and self.decoder_memory <= MAX_DECODER_MEMORY
        )


def is_decodable(data: bytes) -> bool:
    """Return whether NAL units (Annex B) may be passed to a decoder, by their SPS."""
    found = 0
    at = data.find(_START)
    while at >= 0:
        begin = at + len(_START)
        if data[begin : begin + 1] and data[begin] & 0x1F == _SPS:
            found += 1
            end = data.find(_START, begin, begin + MAX_SPS_SIZE)
            unit = data[begin : end if end >= 0 else begin + MAX_SPS_SIZE]
            if found > MAX_SPS_COUNT or not _is_decodable(unit):
                return False
        at = data.find(_START, begin)
    return True


def _is_decodable(unit: bytes) -> bool:
    try:
        return parse_sps(unit).is_decodable
    except InvalidSps:
        return False


def parse_sps(unit: bytes) -> Sps:
    """Parse an SPS, a NAL unit with header and emulation prevention. Raises InvalidSps."""
    if not unit or unit[0] & 0x1F != _SPS:
        raise InvalidSps("not an SPS")
    bits = _Bits(unit[1:MAX_SPS_SIZE].replace(b"\x00\x00\x03", b"\x00\x00"))
    profile = bits.take(8)
    bits.take(16)  # constraints and level
    bits.number(31)  # id
    chroma_format, bit_depth = _pixel_format(bits) if profile in _HIGH_PROFILES else (_YUV_420, 8)
    bits.number(12)  # log2_max_frame_num_minus4
    _pass_order_count(bits)
    reference_frames = bits.number(16)
    bits.take(1)  # gaps_in_frame_num_value_allowed_flag
    width = _MACROBLOCK * (bits.number(MAX_MACROBLOCKS) + 1)
    height = _MACROBLOCK * (bits.number(MAX_MACROBLOCKS) + 1)
    is_progressive = bits.take(1)
    if not is_progressive:
        height *= 2
        bits.take(1)  # mb_adaptive_frame_field_flag
    bits.take(1)  # direct_8x8_inference_flag
    across, down = _cropped(bits, chroma_format, is_progressive) if bits.take(1) else (0, 0)
    if across >= width or down >= height:
        raise InvalidSps("nothing is left of the picture")
    return Sps(
        profile,
        chroma_format,
        bit_depth,
        reference_frames,
        width,
        height,
        width - across,
        height - down,
    )


def _pixel_format(bits: _Bits) -> tuple[int, int]:
    """Return the chroma format and the bit depth."""
    chroma_format = bits.number(3)
    if chroma_format == _YUV_444:
        bits.take(1)  # separate_colour_plane_flag
    bit_depth = 8 + max(bits.number(6), bits.number(6))
    bits.take(1)  # qpprime_y_zero_transform_bypass_flag
    if bits.take(1):
        for index in range(12 if chroma_format == _YUV_444 else 8):
            if bits.take(1):
                _pass_scaling_list(bits, 16 if index < 6 else 64)  # noqa: PLR2004
    return chroma_format, bit_depth


def _pass_scaling_list(bits: _Bits, size: int) -> None:
    last = scale = 8
    for _ in range(size):
        if scale:
            scale = (last + bits.signed(128)) % 256
        last = scale or last


def _pass_order_count(bits: _Bits) -> None:
    kind = bits.number(2)
    if kind == 0:
        bits.number(12)  # log2_max_pic_order_cnt_lsb_minus4
    elif kind == 1:
        bits.take(1)  # delta_pic_order_always_zero_flag
        bits.signed()  # offset_for_non_ref_pic
        bits.signed()  # offset_for_top_to_bottom_field
        for _ in range(bits.number(255)):
            bits.signed()  # offset_for_ref_frame


def _cropped(bits: _Bits, chroma_format: int, is_progressive: int) -> tuple[int, int]:
    """Return the cropped pixels of width and height."""
    left, right, top, bottom = (bits.number(_MACROBLOCK * MAX_MACROBLOCKS) for _ in range(4))
    across = 2 if chroma_format in {1, 2} else 1
    down = (2 if chroma_format == _YUV_420 else 1) * (1 if is_progressive else 2)
    return across * (left + right), down * (top + bottom)


class _Bits:
    """Reads bits, most significant first. Raises InvalidSps at the end of the data."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data)
        self._left = 8 * len(data)

    def take(self, count: int) -> int:
        """Return the next `count` bits as a number."""
        if count > self._left:
            raise InvalidSps("it ends too early")
        self._left -= count
        return self._value >> self._left & (1 << count) - 1

    def number(self, most: int) -> int:
        """Return an unsigned Exp-Golomb code, ue(v), of at most `most`."""
        zeros = 0
        while not self.take(1):
            zeros += 1
            if zeros > _MAX_ZEROS:
                raise InvalidSps("a number is too long")
        value = (1 << zeros | self.take(zeros)) - 1
        if value > most:
            raise InvalidSps(f"{value} is too much")
        return value

    def signed(self, most: int = 1 << 31) -> int:
        """Return a signed Exp-Golomb code, se(v), of an absolute value of at most `most`."""
        value = self.number(2 * most)
        return (value + 1) // 2 if value % 2 else -(value // 2)
