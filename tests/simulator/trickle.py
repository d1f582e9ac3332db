"""ICE candidates in SDP: removed from an offer, and parsed from fragments after it."""

from aiortc import RTCIceCandidate
from aiortc.sdp import candidate_from_sdp

_CANDIDATE = "a=candidate:"
_MID = "a=mid:"


class BadFragment(Exception):
    """Invalid content of type `application/trickle-ice-sdpfrag`."""


def split(offer: str) -> tuple[str, list[str]]:
    """Return an offer without its candidates, and their lines."""
    lines = offer.splitlines(keepends=True)
    candidates = [line.strip() for line in lines if line.startswith(_CANDIDATE)]
    rest = "".join(line for line in lines if not line.startswith((_CANDIDATE, "a=end-of-")))
    return rest, candidates


def fragment(offer: str, candidates: list[str]) -> str:
    """Return the fragment for candidates of an offer's first section, as a client sends it."""
    lines = offer.splitlines()
    starts = ("a=ice-ufrag:", "a=ice-pwd:", "m=", _MID)
    head = [next(line for line in lines if line.startswith(start)) for start in starts]
    return "".join(f"{line}\r\n" for line in (*head, *candidates))


def candidates_of(text: str) -> list[str]:
    """Return a fragment's candidate lines. Raises BadFragment; credentials are not required."""
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
    """Return a candidate; None if it cannot be tried. Raises BadFragment."""
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
