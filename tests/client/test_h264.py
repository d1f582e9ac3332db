"""Access units are restored from RTP, also among other and invalid packets."""

from hypothesis import given, strategies as st
import pytest

from custom_components.nestmtx.client.media.h264 import (
    MAX_ACCESS_UNIT_SIZE,
    AccessUnit,
    Depacketizer,
    VideoTrack,
    video_track,
)
from tests.simulator.picture import access_units
from tests.simulator.rtp import description, packets
from tests.simulator.streams import Picture

TRACK = VideoTrack("trackID=0", 96)
UNITS = access_units("front", Picture.VIDEO, 1)
START = b"\x00\x00\x00\x01"


def _sent(units: tuple[bytes, ...] = UNITS) -> list[bytes]:
    sent: list[bytes] = []
    for number, unit in enumerate(units):
        sent += packets(unit, number, len(sent), 1)
    return sent


def _received(sent: list[bytes], track: VideoTrack = TRACK) -> list[AccessUnit]:
    depacketizer = Depacketizer(track)
    return [unit for packet in sent if (unit := depacketizer.feed(packet))]


def _packet(payload: bytes, sequence: int = 0, *, last: bool = True, kind: int = 96) -> bytes:
    return bytes((0x80, last << 7 | kind)) + sequence.to_bytes(2) + bytes(8) + payload


def test_each_access_unit_is_restored_completely_and_in_order() -> None:
    received = _received(_sent())

    assert [unit.is_key_frame for unit in received] == [True] + [False] * (len(UNITS) - 1)
    assert [round(unit.time, 3) for unit in received] == [
        round(number / 10, 3) for number in range(len(UNITS))
    ]
    assert [unit.data.replace(START, b"") for unit in received] == [
        unit.replace(START, b"").replace(START[1:], b"") for unit in UNITS
    ]


def test_units_after_a_lost_packet_are_dropped_until_the_next_key_frame() -> None:
    units = (*UNITS[:4], UNITS[0], *UNITS[1:3])
    sent = _sent(units)
    lost = len(_sent(UNITS[:1]))

    received = _received(sent[:lost] + sent[lost + 1 :])

    assert [unit.is_key_frame for unit in received] == [True, True, False, False]


def test_units_before_the_first_key_frame_are_dropped() -> None:
    assert _received(_sent(UNITS[1:])) == []


def test_packets_of_other_tracks_are_ignored() -> None:
    assert _received([_packet(b"\x65" + bytes(9), kind=97)]) == []


def test_parameter_sets_of_the_description_precede_a_key_frame_without_them() -> None:
    track = VideoTrack("", 96, START + b"\x67sps" + START + b"\x68pps")

    (unit,) = _received([_packet(b"\x65slice")], track)

    assert unit.data == START + b"\x67sps" + START + b"\x68pps" + START + b"\x65slice"


def test_aggregated_units_are_separated() -> None:
    aggregate = b"\x18" + b"\x00\x04\x67sps" + b"\x00\x04\x68pps" + b"\x00\x06\x65slice"

    (unit,) = _received([_packet(aggregate)])

    assert unit.data == START + b"\x67sps" + START + b"\x68pps" + START + b"\x65slice"


def test_an_aggregate_with_an_empty_unit_is_separated() -> None:
    aggregate = b"\x18" + b"\x00\x00" + b"\x00\x06\x65slice"

    (unit,) = _received([_packet(aggregate)])

    assert unit.data == START + b"\x65slice"


def test_header_extensions_and_padding_are_removed() -> None:
    # A contributing source, an extension of one word, and two bytes of padding.
    header = bytes((0xB1, 0x80 | 96)) + bytes(10)
    packet = header + b"CSRC" + b"\x00\x00\x00\x01word" + b"\x65slice" + b"\x00\x02"

    (unit,) = _received([packet])

    assert unit.data == START + b"\x65slice"


def test_damaged_parameter_sets_are_ignored() -> None:
    damaged = description(UNITS[0]).replace("sprop-parameter-sets=", "sprop-parameter-sets=A,")

    assert video_track(damaged) == VideoTrack("trackID=0", 96)


def test_an_endless_unit_takes_limited_memory() -> None:
    depacketizer = Depacketizer(TRACK)
    begin, middle = b"\x7c\x85" + bytes(60_000), b"\x7c\x05" + bytes(60_000)

    for number in range(200):
        payload = middle if number else begin
        assert depacketizer.feed(_packet(payload, number, last=False)) is None

    assert len(depacketizer._fragment or b"") <= MAX_ACCESS_UNIT_SIZE


def test_a_unit_that_is_too_large_is_dropped() -> None:
    small = b"\x65" + bytes(60_000)

    sent = [_packet(small, number, last=number == 99) for number in range(100)]

    assert _received(sent) == []


def test_a_unit_of_thousands_of_slices_is_dropped() -> None:
    aggregate = b"\x18" + b"\x00\x02\x65x" * 4000

    assert _received([_packet(aggregate)]) == []


def test_a_unit_that_contains_a_start_code_is_dropped_with_its_picture() -> None:
    assert _received([_packet(b"\x65slice" + START[1:] + b"\x67sps")]) == []


@given(st.lists(st.binary(max_size=64), max_size=30))
def test_no_packet_raises_an_error(sent: list[bytes]) -> None:
    _received(sent)


@given(st.lists(st.binary(max_size=40), max_size=30))
def test_no_payload_raises_an_error(payloads: list[bytes]) -> None:
    _received([_packet(each, number) for number, each in enumerate(payloads)])


def test_the_track_is_found_in_the_description_of_a_stream() -> None:
    track = video_track(description(UNITS[0]))

    assert track is not None
    assert (track.control, track.payload_type) == ("trackID=0", 96)
    assert track.parameter_sets.count(START) == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "m=audio 0 RTP/AVP 97\r\na=rtpmap:97 opus/48000/2\r\n",
        "m=video 0 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n",
        "m=video 0 RTP/AVP 96\r\n",
    ],
)
def test_a_description_without_h264_has_no_track(text: str) -> None:
    assert video_track(text) is None
