"""The URLs of a camera's streams.

HLS is left out: the playlists of NestMTX 1.1.1 cannot be played, requesting one wakes the camera,
and what a playlist leads to would be opened unchecked.

NestMTX answers URLs whose host is the literal text `<window.location.origin>`, for its own page to
fill in. What a server answers is opened by media libraries that also read local files, so that
nothing but a plain URL on the expected host is handed on.
"""

from dataclasses import dataclass
import re
from typing import TYPE_CHECKING

from ..errors import InvalidStreamUrl
from ..state.events import OWN_READER

if TYPE_CHECKING:
    from ..data.models import Camera

_PLACEHOLDER = "<window.location.origin>"
_URL = re.compile(
    r"(?P<scheme>rtsps?|https?)://"
    rf"(?P<host>{re.escape(_PLACEHOLDER)}|\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+)"
    r"(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>(?:/[A-Za-z0-9._~-]+)+)",
)
_RTSP = frozenset({"rtsp", "rtsps"})
_HTTP = frozenset({"http", "https"})
MAX_URL_LENGTH = 1000


@dataclass(frozen=True, slots=True)
class StreamUrls:
    """The URLs of a camera's streams that may be opened; None where there is none."""

    rtsp: str | None = None
    """RTSP over TCP: what video is read from."""
    whep: str | None = None
    """Where WebRTC is signaled."""
    refused: tuple[str, ...] = ()
    """Which of the server's columns hold something that is not opened."""


def stream_urls(camera: Camera, host: str) -> StreamUrls:
    """Return the URLs of a camera's streams; `host` is the name or IP address of MediaMTX."""
    found: dict[str, str] = {}
    refused = []
    for column, url, schemes in (
        ("url_rtsp_tcp", camera.url_rtsp_tcp, _RTSP),
        ("url_web_rtc", camera.url_web_rtc, _HTTP),
    ):
        if url is None:
            continue
        try:
            found[column] = stream_url(url, host, schemes)
        except InvalidStreamUrl:
            refused.append(column)
    page = found.get("url_web_rtc")
    return StreamUrls(
        rtsp=found.get("url_rtsp_tcp"),
        whep=f"{page}/whep" if page else None,
        refused=tuple(refused),
    )


def stream_url(url: str, host: str, schemes: frozenset[str] = _RTSP | _HTTP) -> str:
    """Return the URL with the host filled in. Raises InvalidStreamUrl when it must not be opened.

    Only what MediaMTX publishes passes: a scheme of those given, the expected host, a port, and a
    path of plain names; no credentials, query, fragment, or anything that needs escaping.
    """
    match = _URL.fullmatch(url[: MAX_URL_LENGTH + 1])
    if match is None or len(url) > MAX_URL_LENGTH or match["scheme"] not in schemes:
        raise InvalidStreamUrl("This is not the URL of a stream")
    name = f"[{host}]" if ":" in host else host
    if match["host"] != _PLACEHOLDER and match["host"].lower() != name.lower():
        raise InvalidStreamUrl("The stream is on another host")
    if not 0 < int(match["port"] or 1) <= 65535:  # noqa: PLR2004
        raise InvalidStreamUrl("There is no such port")
    if {".", ".."}.intersection(match["path"].split("/")):
        raise InvalidStreamUrl("The path leads elsewhere")
    port = f":{match['port']}" if match["port"] else ""
    return f"{match['scheme']}://{name}{port}{match['path']}"


def tag_own_reader(url: str, nonce: str) -> str:
    """Return a stream's URL that tags its reader as this client, which is no viewer."""
    return f"{url}?{OWN_READER}={nonce}"
