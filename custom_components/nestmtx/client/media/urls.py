"""The URLs of a camera's streams, for this client and for other programs.

HLS is not used: the playlists of NestMTX 1.1.1 cannot be played, requesting one wakes the camera,
and the URLs in a playlist would be opened unchecked.

NestMTX returns URLs whose host is the literal text `<window.location.origin>`, which its own page
replaces. Media libraries that open the URLs also read local files, so only a plain URL on the
expected host is passed on.
"""

from contextlib import suppress
from dataclasses import dataclass
import re
from typing import TYPE_CHECKING

from ..errors import InvalidStreamUrl
from ..state.events import OWN_READER

if TYPE_CHECKING:
    from ..data.models import Camera

_PLACEHOLDER = "<window.location.origin>"
_URL = re.compile(
    r"(?P<scheme>rtsps?|https?|rtmps?|srt)://"
    rf"(?P<host>{re.escape(_PLACEHOLDER)}|\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+)"
    r"(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>(?:/[A-Za-z0-9._~-]+)+)",
)
_RTSP = frozenset({"rtsp", "rtsps"})
_HTTP = frozenset({"http", "https"})
_RTMP = frozenset({"rtmp", "rtmps"})
_SRT = frozenset({"srt"})
_SRT_STREAM = "/?streamid=read%3A"
"""The text between address and stream name in an SRT URL, which has no path."""
MAX_URL_LENGTH = 1000


@dataclass(frozen=True, slots=True)
class StreamUrls:
    """The URLs of a camera's streams that may be opened; None if there is none."""

    rtsp: str | None = None
    """RTSP over TCP, for reading video."""
    whep: str | None = None
    """The WHEP endpoint, for WebRTC signaling."""
    refused: tuple[str, ...] = ()
    """The server's columns with a URL that must not be opened."""


def stream_urls(camera: Camera, host: str) -> StreamUrls:
    """Return the URLs of a camera's streams; `host` is MediaMTX's hostname or IP address."""
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


def published_urls(camera: Camera, host: str) -> dict[str, str | None]:
    """Return a camera's stream URLs for other programs, by protocol; None if there is none.

    `host` is the hostname or IP address of MediaMTX.
    """

    def found(url: str | None, schemes: frozenset[str]) -> str | None:
        with suppress(InvalidStreamUrl):
            if url is not None:
                return _srt_url(url, host) if schemes is _SRT else stream_url(url, host, schemes)
        return None

    return {
        "rtsp": found(camera.url_rtsp_tcp, _RTSP),
        "rtmp": found(camera.url_rtmp, _RTMP),
        "hls": found(camera.url_hls_m3u8, _HTTP),
        "web_rtc": found(camera.url_web_rtc, _HTTP),
        "srt": found(camera.url_srt, _SRT),
    }


def _srt_url(url: str, host: str) -> str:
    """Return the URL of a stream over SRT with the host filled in; see `stream_url`."""
    address, _, name = url.partition(_SRT_STREAM)
    plain = stream_url(f"{address}/{name}", host, _SRT)
    return f"{plain.removesuffix(f'/{name}')}{_SRT_STREAM}{name}"


def stream_url(url: str, host: str, schemes: frozenset[str] = _RTSP | _HTTP) -> str:
    """Return the URL with the host filled in. Raises InvalidStreamUrl if it must not be opened.

    Only URLs as MediaMTX publishes them are accepted: one of the given schemes, the expected host,
    a port, and a path of plain names; no credentials, query, fragment, or escaped characters.
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
    """Return a stream's URL with the tag that marks its reader as this client's, not a viewer."""
    return f"{url}?{OWN_READER}={nonce}"
