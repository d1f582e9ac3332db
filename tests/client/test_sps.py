"""Parsing of an SPS, of x264 and of malicious streams."""

from fractions import Fraction
from functools import cache
import re

import av
from hypothesis import given, strategies as st
import numpy as np
import pytest

from custom_components.nestmtx.client.media.sps import (
    MAX_SPS_COUNT,
    MAX_SPS_SIZE,
    InvalidSps,
    Sps,
    is_decodable,
    parse_sps,
)

START = b"\x00\x00\x01"


@cache
def _key_frame(width: int, height: int, pixels: str = "yuv420p", **options: str) -> bytes:
    """Return a grey picture encoded by x264."""
    encoder = av.VideoCodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, pixels
    encoder.framerate, encoder.time_base = Fraction(10), Fraction(1, 10)
    encoder.options = {"preset": "ultrafast", "tune": "zerolatency"} | options
    grey = np.full((height, width, 3), 128, np.uint8)
    frame = av.VideoFrame.from_ndarray(grey, format="rgb24")
    frame.pts = 0
    return b"".join(bytes(packet) for each in (frame, None) for packet in encoder.encode(each))


def _sps_of(data: bytes) -> bytes:
    (unit,) = (each for each in data.split(START) if each and each[0] & 0x1F == 7)
    return unit.rstrip(b"\x00")


class _Writer:
    """Writes an SPS bit by bit, with usual values by default."""

    def __init__(self) -> None:
        self.bits = ""

    def take(self, value: int, count: int = 1) -> _Writer:
        self.bits += f"{value:0{count}b}"
        return self

    def number(self, *values: int) -> _Writer:
        for value in values:
            code = f"{value + 1:b}"
            self.bits += "0" * (len(code) - 1) + code
        return self

    def unit(self) -> bytes:
        bits = self.bits + "1"
        bits += "0" * (-len(bits) % 8)
        data = int(bits, 2).to_bytes(len(bits) // 8)
        return b"\x67" + re.sub(rb"\x00\x00(?=[\x00-\x03])", b"\x00\x00\x03", data)


def _head(profile: int = 66) -> _Writer:
    return _Writer().take(profile, 8).take(0, 8).take(40, 8).number(0)


def _baseline(references: int = 1, columns: int = 120, rows: int = 68) -> _Writer:
    """Write an SPS up to the size in macroblocks."""
    return _head().number(0, 2, references).take(0).number(columns - 1, rows - 1)


@pytest.mark.parametrize(
    ("size", "coded"),
    [((1920, 1080), (1920, 1088)), ((640, 480), (640, 480)), ((426, 238), (432, 240))],
)
@pytest.mark.parametrize("profile", ["baseline", "main", "high"])
def test_the_size_is_parsed_before_and_after_cropping(
    size: tuple[int, int], coded: tuple[int, int], profile: str
) -> None:
    sps = parse_sps(_sps_of(_key_frame(*size, profile=profile)))

    assert (sps.width, sps.height) == size
    assert (sps.coded_width, sps.coded_height) == coded
    assert (sps.chroma_format, sps.bit_depth) == (1, 8)
    assert sps.is_decodable


def test_interlaced_video_has_twice_the_rows_of_its_fields() -> None:
    sps = parse_sps(_sps_of(_key_frame(1920, 1080, preset="medium", flags="+ilme+ildct")))

    assert (sps.width, sps.height, sps.coded_height) == (1920, 1080, 1088)


@pytest.mark.parametrize("references", [1, 4, 16])
def test_reference_pictures_are_counted(references: int) -> None:
    data = _key_frame(640, 360, preset="medium", refs=str(references), bf="0")

    assert parse_sps(_sps_of(data)).reference_frames == references
    assert is_decodable(data)


@pytest.mark.parametrize(
    "pixels", ["yuv444p", "yuv422p", "yuv420p10le", "yuv422p10le", "yuv444p10le", "gray"]
)
def test_pixel_formats_that_cameras_do_not_send_are_not_decoded(pixels: str) -> None:
    data = _key_frame(640, 360, pixels)

    assert not is_decodable(data)
    assert not parse_sps(_sps_of(data)).is_decodable


@pytest.mark.parametrize(
    ("references", "columns", "rows", "is_fine"),
    [
        (3, 240, 135, True),
        (4, 256, 144, True),
        (16, 120, 68, True),
        (16, 256, 144, False),
        (1, 257, 144, False),
        (1, 512, 512, False),
        (0, 65_536, 65_536, False),
    ],
)
def test_a_stream_that_needs_too_much_memory_is_not_decoded(
    references: int, columns: int, rows: int, is_fine: bool
) -> None:
    unit = _baseline(references, columns, rows).take(1).take(1).take(0).unit()

    assert parse_sps(unit).coded_width == 16 * columns
    assert is_decodable(START + unit) is is_fine


def test_scaling_lists_are_skipped() -> None:
    writer = _head(100).number(1, 0, 0).take(0).take(1)
    writer.take(1).number(*[1] * 16)  # A complete list of delta codes.
    writer.take(1).number(16)  # A list that ends with its first value: a delta of -8.
    for _ in range(4):
        writer.take(0)
    writer.take(1).number(*[0] * 64).take(0)
    unit = writer.number(0, 2, 2).take(0).number(39, 22).take(1).take(1).take(0).unit()

    assert parse_sps(unit) == Sps(100, 1, 8, 2, 640, 368, 640, 368)


def test_a_picture_order_count_of_type_1_is_skipped() -> None:
    writer = _head().number(0, 1).take(0).number(3, 4, 2, 5, 6)
    unit = writer.number(1).take(0).number(39, 22).take(0).take(1).take(1).take(1)
    unit.number(1, 2, 3, 4)

    assert parse_sps(unit.unit()) == Sps(66, 1, 8, 1, 640, 736, 634, 708)


def test_emulation_prevention_is_not_part_of_the_numbers() -> None:
    # A number whose code has 30 zeros contains two zero bytes.
    writer = _head().number(0, 1).take(0).number((1 << 30) - 1, 0, 0)
    unit = writer.number(1).take(0).number(39, 22).take(1).take(1).take(0).unit()

    assert b"\x00\x00\x03" in unit
    assert parse_sps(unit).coded_width == 640


@pytest.mark.parametrize(
    "unit",
    [
        b"",
        b"\x67",
        b"\x68\x42\x00\x1e",
        b"\x67\x42\x00\x1e" + bytes(40),
        _head().number(0, 3).unit(),
        _head().number(13).unit(),
        _baseline(17).unit(),
        _baseline(1, 1 << 20).unit(),
        _head(100).number(4).unit(),
        _head(100).number(1, 7).unit(),
        _head().number((1 << 32) - 2).unit(),
        _head().number(0, 1).take(0).number(0, 0, 256).unit(),
        _baseline(1, 1, 1).take(1).take(1).take(1).number(4, 4, 0, 0).unit(),
        _baseline(1, 1, 1).take(1).take(1).take(1).number(1 << 24, 0, 0, 0).unit(),
    ],
)
def test_an_sps_of_no_real_encoder_is_invalid(unit: bytes) -> None:
    with pytest.raises(InvalidSps):
        parse_sps(unit)


@pytest.mark.parametrize("length", range(1, 12))
def test_an_sps_that_ends_too_early_is_invalid(length: int) -> None:
    unit = _baseline().take(1).take(1).take(1).number(0, 0, 0, 500).unit()

    with pytest.raises(InvalidSps):
        parse_sps(unit[:length])
    assert not is_decodable(START + unit[:length])


def test_units_without_an_sps_are_left_to_the_decoder() -> None:
    assert is_decodable(b"")
    assert is_decodable(START)
    assert is_decodable(START + b"\x41\x9a" + START + b"\x68\xce")


def test_each_sps_is_checked_at_any_position() -> None:
    fine = START + _baseline().take(1).take(1).take(0).unit()
    large = START + _baseline(16, 256, 144).take(1).take(1).take(0).unit()

    assert is_decodable(fine * MAX_SPS_COUNT)
    assert not is_decodable(fine * (MAX_SPS_COUNT + 1))
    assert not is_decodable(fine + large)
    assert not is_decodable(START + b"\x65" + bytes(5000) + large)


def test_an_sps_is_read_up_to_the_maximum_size() -> None:
    # Endless deltas of picture order counts.
    writer = _head().number(0, 1).take(0).number(0, 0, 255)
    writer.number(*[(1 << 31) - 1] * 255)

    assert len(writer.unit()) > MAX_SPS_SIZE
    assert not is_decodable(START + writer.unit())


@given(st.binary(max_size=200))
def test_random_bytes_raise_no_other_error(data: bytes) -> None:
    try:
        sps = parse_sps(b"\x67" + data)
    except InvalidSps:
        assert not is_decodable(START + b"\x67" + data.split(START)[0])
    else:
        assert 0 < sps.width <= sps.coded_width and 0 < sps.height <= sps.coded_height
    is_decodable(data)


@given(st.data())
def test_a_damaged_sps_raises_no_other_error(data: st.DataObject) -> None:
    unit = bytearray(_sps_of(_key_frame(1920, 1080, profile="high")))
    for _ in range(data.draw(st.integers(1, 4))):
        unit[data.draw(st.integers(0, len(unit) - 1))] = data.draw(st.integers(0, 255))

    is_decodable(START + bytes(unit))
