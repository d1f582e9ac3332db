"""ICE candidates in SDP: taken out of an offer, and found in what is sent after it."""

from aiortc import RTCIceCandidate
from aiortc.sdp import candidate_from_sdp

_CANDIDATE = "a=candidate:"
_MID = "a=mid:"


class BadFragment(Exception):
    """What was sent as `application/trickle-ice-sdpfrag` is none."""


def split(offer: str) -> tuple[str, list[str]]:
    """An offer without its candidates, and their lines."""
    lines = offer.splitlines(keepends=True)
    candidates = [line.strip() for line in lines if line.startswith(_CANDIDATE)]
    rest = "".join(line for line in lines if not line.startswith((_CANDIDATE, "a=end-of-")))
    return rest, candidates


def fragment(offer: str, candidates: list[str]) -> str:
    """Candidates of an offer's first section, as a client sends them."""
    lines = offer.splitlines()
    starts = ("a=ice-ufrag:", "a=ice-pwd:", "m=", _MID)
    head = [next(line for line in lines if line.startswith(start)) for start in starts]
    return "".join(f"{line}\r\n" for line in (*head, *candidates))


def candidates_of(text: str) -> list[str]:
    """The lines of a fragment's candidates; raises BadFragment. MediaMTX needs no credentials."""
    head, *sections = f"\n{text}".split("\nm=")
    if _CANDIDATE in head:
        raise BadFragment("no media section")
    for section in sections:
        mids = [line for line in section.splitlines() if line.startswith(_MID)]
        if not mids:
            raise BadFragment("mid attribute is missing")
        if not mids[0].removeprefix(_MID).strip().isdecimal():
            raise BadFragment("invalid mid attribute")
    return [line.strip() for line in text.splitlines() if line.startswith(_CANDIDATE)]


def parse(line: str) -> RTCIceCandidate | None:
    """A candidate, if it is one that can be tried; raises BadFragment."""
    value = line.removeprefix(_CANDIDATE)
    if not value:
        return None
    try:
        candidate = candidate_from_sdp(value)
    except (AssertionError, ValueError) as error:
        raise BadFragment("invalid candidate") from error
    # All sections share the first one's transport.
    candidate.sdpMLineIndex = 0
    if candidate.protocol.lower() != "udp" or candidate.ip.endswith(".local"):
        return None
    return candidate
