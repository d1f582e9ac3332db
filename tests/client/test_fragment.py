"""SDP fragments that add candidates to an offer."""

import pytest

from custom_components.nestmtx.client import Candidate
from custom_components.nestmtx.client.media.whep import fragment

HOST_CANDIDATE = "candidate:1 1 udp 2130706431 192.0.2.7 50000 typ host"
OFFER = (
    "v=0\r\n"
    "a=group:BUNDLE 0 1\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
    "a=ice-ufrag:uFrA\r\n"
    "a=ice-pwd:thePassword\r\n"
    "a=mid:0\r\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n"
    "a=ice-ufrag:uFrA\r\n"
    "a=ice-pwd:thePassword\r\n"
    "a=mid:1\r\n"
)


def test_a_fragment_contains_the_credentials_and_media_of_its_candidates() -> None:
    first, second = "candidate:1 1 udp 1 192.0.2.7 5 typ host", "candidate:2 1 udp 1 ::1 5 typ host"

    assert fragment(OFFER, [Candidate(first, 1), Candidate(second, 1)]) == (
        "a=ice-ufrag:uFrA\r\n"
        "a=ice-pwd:thePassword\r\n"
        "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n"
        "a=mid:1\r\n"
        f"a={first}\r\n"
        f"a={second}\r\n"
    )


def test_each_candidate_is_listed_in_its_media_section() -> None:
    text = fragment(OFFER, [Candidate("candidate:b", 1), Candidate("candidate:a", 0)])

    assert [line for line in text.splitlines() if line.startswith(("m=", "a=candidate"))] == [
        "m=video 9 UDP/TLS/RTP/SAVPF 96",
        "a=candidate:b",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111",
        "a=candidate:a",
    ]


@pytest.mark.parametrize(
    ("offer", "expected"),
    [
        (OFFER, "a=mid:1"),
        (OFFER.replace("\r\n", "\n"), "a=mid:1"),
        (OFFER.replace("a=mid:1", "a=mid:17"), "a=mid:17"),
        # MediaMTX accepts only numbers.
        (OFFER.replace("a=mid:1", "a=mid:video"), "a=mid:1"),
        (OFFER.replace("a=mid:1\r\n", ""), "a=mid:1"),
    ],
)
def test_a_media_section_is_identified_by_a_number(offer: str, expected: str) -> None:
    assert expected in fragment(offer, [Candidate("candidate:x", 1)]).splitlines()


def test_the_credentials_may_be_at_session_level() -> None:
    offer = "v=0\r\na=ice-ufrag:u\r\na=ice-pwd:p\r\nm=video 9 UDP 96\r\na=mid:0\r\n"

    assert fragment(offer, [Candidate("candidate:x")]).splitlines() == [
        "a=ice-ufrag:u",
        "a=ice-pwd:p",
        "m=video 9 UDP 96",
        "a=mid:0",
        "a=candidate:x",
    ]


@pytest.mark.parametrize(
    "candidate",
    [
        Candidate(""),
        Candidate("candidate:"),
        Candidate("end-of-candidates"),
        Candidate("a=candidate:x"),
        Candidate(" candidate:x"),
        Candidate("candidate:x\r\na=ice-pwd:evil"),
        Candidate("candidate:x\na=ice-pwd:evil"),
        Candidate("candidate:x\ra=ice-pwd:evil"),
        Candidate("candidate:x\r\n"),
        Candidate("candidate:x\0"),
        Candidate("candidate:\u2028x"),
        Candidate("candidate:\ud800"),
        Candidate("candidate:x", 2),
        Candidate("candidate:x", 10**30),
        Candidate("candidate:x", -1),
    ],
)
def test_an_invalid_candidate_is_left_out(candidate: Candidate) -> None:
    assert fragment(OFFER, [candidate]) == ""
    assert fragment(OFFER, [candidate, Candidate("candidate:y")]).count("candidate") == 1


@pytest.mark.parametrize("offer", ["", "v=0\r\n", "no offer"])
def test_an_offer_without_media_has_no_candidates(offer: str) -> None:
    assert fragment(offer, [Candidate("candidate:x")]) == ""
