"""WebRTC signaling with MediaMTX over WHEP (WebRTC-HTTP Egress Protocol).

A session begins with the browser's offer, which MediaMTX answers with all its candidates; the
browser's candidates follow by PATCH, and DELETE ends the session. MediaMTX holds an offer for a
sleeping camera while the stream is started.
"""

from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import IPv6Address
from itertools import islice
import json
import logging
import re
from typing import TYPE_CHECKING, Any

import aiohttp
from yarl import URL

from ..errors import CannotConnect, NestMTXError, SignalingError, StartProblem, StreamNotStarted
from ..redaction import redact_message

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_LOGGER = logging.getLogger(__name__)

_OFFER_TIMEOUT = aiohttp.ClientTimeout(total=80.0, sock_connect=10.0)
"""MediaMTX holds an offer for 60 s, and then gathers its own candidates for some seconds."""
_TIMEOUT = aiohttp.ClientTimeout(total=10.0)
_CHECK_TIMEOUT = aiohttp.ClientTimeout(total=2.5)
"""MediaMTX answers at once, even on a busy machine, and the viewer waits with a frozen picture."""
_TIMED_OUT = "timed out"
"""Part of MediaMTX's error for a stream that was not ready within 60 s."""
_OF_A_SESSION = frozenset({HTTPStatus.OK, HTTPStatus.NO_CONTENT, HTTPStatus.BAD_REQUEST})
"""MediaMTX's answers while the session exists."""
MAX_ID_LENGTH = 100
MAX_ANSWER_SIZE = 256 * 1024
MAX_WAITING = 64
_CANDIDATE = re.compile(r"candidate:[ -~]+")
_LINES_OF_ICE = re.compile(r"^a=ice-(?:ufrag|pwd):[^\r\n]+", re.MULTILINE)
_START_OF_MEDIA = re.compile(r"^(?=m=)", re.MULTILINE)
_MID = re.compile(r"^a=mid:([0-9]+)\s*$", re.MULTILINE)
_FAILURES = (aiohttp.ClientError, TimeoutError, OSError, ValueError)
_HOST_AND_PORT = r":(?:[.-]*\w[\w.-]*|\[(?P<ipv6>[0-9A-Fa-f:.]+)\])(?::(?P<port>[0-9]{1,5}))?"
_STUN = re.compile(rf"stuns?{_HOST_AND_PORT}", re.ASCII)
_TURN = re.compile(rf"turns?{_HOST_AND_PORT}(?:\?transport=(?:udp|tcp))?", re.ASCII)
_PARAMETER = r'\s*;\s*([\w-]+)="((?:[^"\\]|\\.)*)"'
MAX_PORT = 65535
MAX_ICE_SERVERS = 16
"""A browser uses them all. MediaMTX lists those of its configuration, usually one or two."""
MAX_USERNAME_SIZE = 508
"""Bytes of the username for a TURN server (RFC 8489); browsers reject a longer one."""
_LINK = re.compile(rf"<([^<>]*)>((?:{_PARAMETER})*)")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An ICE candidate of the browser: its SDP line, and the index of its media section."""

    candidate: str
    media: int = 0


class WhepSession:
    """One session of one viewer: offer once, add candidates at any time, close at the end."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        """Initialize; `url` is the WHEP endpoint of a stream."""
        self._http = http
        self._url = URL(url)
        self.reader_id = ""
        """The reader's id in MediaMTX's events; empty before its answer."""
        self._offer = ""
        self._location: URL | None = None
        self._waiting: list[Candidate] = []

    @property
    def is_open(self) -> bool:
        """Whether MediaMTX has created the session, and it was not closed."""
        return self._location is not None

    async def offer(self, sdp: str) -> str:
        """Send an offer, and return MediaMTX's answer.

        Raises SignalingError, CannotConnect, and StreamNotStarted if there is no stream.
        """
        self._offer = sdp
        headers = {"Content-Type": "application/sdp"}
        try:
            async with self._http.post(
                self._url,
                data=sdp.encode(),
                headers=headers,
                allow_redirects=False,
                timeout=_OFFER_TIMEOUT,
            ) as response:
                answer = await _text(response)
                if response.status != HTTPStatus.CREATED:
                    raise _offer_error(_reason(answer), response.status)
                self._location = self._session_url(response.headers.get("Location", ""))
                self.reader_id = response.headers.get("ID", "")[:MAX_ID_LENGTH]
        except _FAILURES as err:
            raise CannotConnect(f"MediaMTX cannot be reached: {err}") from err
        return answer

    async def add_candidate(self, candidate: Candidate) -> None:
        """Send a candidate to MediaMTX, ignoring failures; before the answer, store it."""
        if self._location is not None:
            await self._patch([candidate])
        elif len(self._waiting) < MAX_WAITING:
            self._waiting.append(candidate)

    async def add_waiting(self) -> None:
        """Send the candidates to MediaMTX that were added before its answer."""
        waiting, self._waiting = self._waiting, []
        await self._patch(waiting, _CHECK_TIMEOUT)

    async def exists(self) -> bool | None:
        """Return whether MediaMTX has the session; None if it does not answer."""
        location = self._location
        if location is None:
            return False
        # A fragment without candidates changes nothing.
        has_media = _START_OF_MEDIA.search(self._offer) is not None
        body = _fragment(self._offer, {0: []} if has_media else {})
        status = await self._add(location, body, _CHECK_TIMEOUT)
        if status == HTTPStatus.NOT_FOUND:
            return False
        # Other statuses come from a proxy in front of MediaMTX.
        return True if status in _OF_A_SESSION else None

    async def close(self) -> None:
        """End the session, if MediaMTX has created it and this was not called before."""
        location, self._location = self._location, None
        if location is not None:
            await self._send("DELETE", location)

    async def _patch(
        self, candidates: Sequence[Candidate], timeout: aiohttp.ClientTimeout = _TIMEOUT
    ) -> None:
        body = fragment(self._offer, candidates)
        if self._location is not None and body:
            await self._add(self._location, body, timeout)

    async def _add(
        self, location: URL, body: str, timeout: aiohttp.ClientTimeout = _TIMEOUT
    ) -> int | None:
        headers = {"Content-Type": "application/trickle-ice-sdpfrag"}
        return await self._send(
            "PATCH", location, timeout=timeout, data=body.encode(), headers=headers
        )

    async def _send(
        self, method: str, location: URL, timeout: aiohttp.ClientTimeout = _TIMEOUT, **content: Any
    ) -> int | None:
        """Send a request; return the status of the answer, or None without an answer."""
        try:
            async with self._http.request(
                method, location, allow_redirects=False, timeout=timeout, **content
            ) as response:
                _LOGGER.debug("%s of a WebRTC session: status %s", method, response.status)
                return response.status
        except _FAILURES as err:
            _LOGGER.debug("%s of a WebRTC session failed: %s", method, err)
            return None

    def _session_url(self, location: str) -> URL:
        """Return the session's URL. Raises StreamNotStarted if it is not on this server."""
        try:
            url = self._url.join(URL(location))
            is_here = bool(location) and url.origin() == self._url.origin()
        except ValueError:
            is_here = False
        if not is_here:
            raise StreamNotStarted(StartProblem.REFUSED)
        return url


def _offer_error(reason: str, status: int) -> NestMTXError:
    """Return the error for an offer that MediaMTX rejected."""
    if status == HTTPStatus.NOT_FOUND:
        return StreamNotStarted(StartProblem.NO_SUCH_PATH)
    if _TIMED_OUT in reason:
        return StreamNotStarted(StartProblem.TIMED_OUT)
    return SignalingError(reason, status)


def fragment(offer: str, candidates: Iterable[Candidate]) -> str:
    """Return the SDP fragment (RFC 8840) that adds candidates to an offer; empty without any."""
    count = len(_START_OF_MEDIA.findall(offer))
    by_media: dict[int, list[str]] = {}
    for each in candidates:
        if _CANDIDATE.fullmatch(each.candidate) and 0 <= each.media < count:
            by_media.setdefault(each.media, []).append(f"a={each.candidate}")
    return _fragment(offer, by_media) if by_media else ""


def _fragment(offer: str, by_media: Mapping[int, Iterable[str]]) -> str:
    """Return the fragment that adds lines to media sections of an offer, by their index."""
    head, *medias = _START_OF_MEDIA.split(offer)
    # An offer may have no media sections: browsers can offer anything, and servers may answer it.
    lines = [*_LINES_OF_ICE.findall(head + "".join(medias[:1]))[:2]]
    for index, found in by_media.items():
        mid = _MID.search(medias[index])
        lines += [medias[index].splitlines()[0], f"a=mid:{mid[1] if mid else index}", *found]
    return "".join(f"{line}\r\n" for line in lines)


async def _text(response: aiohttp.ClientResponse) -> str:
    """Return the body. Raises ValueError if it is too long."""
    body = await response.content.read(MAX_ANSWER_SIZE + 1)
    while len(body) <= MAX_ANSWER_SIZE and not response.content.at_eof():
        body += await response.content.read(MAX_ANSWER_SIZE + 1 - len(body))
    if len(body) > MAX_ANSWER_SIZE:
        raise ValueError("the answer is too long")
    return body.decode()


def _reason(answer: str) -> str:
    """Return the message in MediaMTX's error, which is JSON."""
    try:
        error = json.loads(answer)["error"]
    except ValueError, KeyError, TypeError, RecursionError:
        return "no reason given"
    return redact_message(str(error))[:200]


@dataclass(frozen=True, slots=True)
class IceServer:
    """An ICE server, STUN or TURN, for the browser."""

    url: str
    username: str | None = None
    credential: str | None = None


async def ice_servers(http: aiohttp.ClientSession, url: str) -> tuple[IceServer, ...]:
    """Return the ICE servers of a WHEP endpoint without waking a camera. Raises CannotConnect."""
    try:
        async with http.options(url, allow_redirects=False, timeout=_TIMEOUT) as response:
            links = response.headers.getall("Link", [])
    except _FAILURES as err:
        raise CannotConnect(f"MediaMTX cannot be reached: {err}") from err
    found = (_ice_server(link[1], link[2]) for text in links for link in _LINK.finditer(text))
    return tuple(islice((server for server in found if server is not None), MAX_ICE_SERVERS))


def _ice_server(url: str, parameters: str) -> IceServer | None:
    """Return the ICE server of a link; None if a browser would reject it.

    A browser that rejects one does not connect at all. MediaMTX quotes values as JSON strings.
    """
    try:
        values = {name: _unquoted(text) for name, text in re.findall(_PARAMETER, parameters)}
    except ValueError:
        return None
    username, credential = values.get("username"), values.get("credential")
    if values.get("rel") != "ice-server":
        return None
    if _is_reachable(_TURN.fullmatch(url)) and username and credential:
        is_short = len(username.encode()) <= MAX_USERNAME_SIZE
        return IceServer(url, username, credential) if is_short else None
    return IceServer(url) if _is_reachable(_STUN.fullmatch(url)) else None


def _is_reachable(match: re.Match[str] | None) -> bool:
    """Return whether a matched URL has a valid address and port."""
    if match is None or not 0 < int(match["port"] or 1) <= MAX_PORT:
        return False
    try:
        return match["ipv6"] is None or bool(IPv6Address(match["ipv6"]))
    except ValueError:
        return False


def _unquoted(text: str) -> str:
    """Return a quoted text. Raises ValueError, also if it cannot be encoded as UTF-8."""
    value: str = json.loads(f'"{text}"')
    value.encode()
    return value
