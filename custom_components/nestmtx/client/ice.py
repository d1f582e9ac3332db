"""The ICE servers that MediaMTX names: STUN and TURN, by which a browser finds a way to it."""

from dataclasses import dataclass
import json
import re
from typing import TYPE_CHECKING

from .errors import CannotConnect
from .whep import FAILURES, TIMEOUT

if TYPE_CHECKING:
    import aiohttp

_HOST_AND_PORT = r":(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?"
_STUN = re.compile(rf"stuns?{_HOST_AND_PORT}", re.ASCII)
_TURN = re.compile(rf"turns?{_HOST_AND_PORT}(?:\?transport=(?:udp|tcp))?", re.ASCII)
_PARAMETER = r'\s*;\s*([\w-]+)="((?:[^"\\]|\\.)*)"'
_LINK = re.compile(rf"<([^<>]*)>((?:{_PARAMETER})*)")


@dataclass(frozen=True, slots=True)
class IceServer:
    """A server that helps the browser to find a way."""

    url: str
    username: str | None = None
    credential: str | None = None


async def ice_servers(http: aiohttp.ClientSession, url: str) -> tuple[IceServer, ...]:
    """Return the ICE servers of a WHEP endpoint; asking wakes no camera. Raises CannotConnect."""
    try:
        async with http.options(url, allow_redirects=False, timeout=TIMEOUT) as response:
            links = response.headers.getall("Link", [])
    except FAILURES as err:
        raise CannotConnect(f"The server of video cannot be reached: {err}") from err
    found = (_ice_server(link[1], link[2]) for text in links for link in _LINK.finditer(text))
    return tuple(server for server in found if server is not None)


def _ice_server(url: str, parameters: str) -> IceServer | None:
    """Return the ICE server of a link; None when a browser would not take it.

    One that it does not take keeps it from connecting at all. MediaMTX quotes values as JSON does.
    """
    try:
        values = {name: _unquoted(text) for name, text in re.findall(_PARAMETER, parameters)}
    except ValueError:
        return None
    username, credential = values.get("username"), values.get("credential")
    if values.get("rel") != "ice-server":
        return None
    if _TURN.fullmatch(url) and username and credential:
        return IceServer(url, username, credential)
    return IceServer(url) if _STUN.fullmatch(url) else None


def _unquoted(text: str) -> str:
    """Return what was quoted. Raises ValueError, for what cannot be sent on, too."""
    value: str = json.loads(f'"{text}"')
    value.encode()
    return value
