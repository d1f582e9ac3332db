"""Where a camera's video is.

NestMTX answers URLs whose host is the literal text `<window.location.origin>`, for its own page to
fill in. What a server answers is opened by media libraries that also read local files, so that
nothing but a plain URL on the expected host is handed on.
"""

from dataclasses import dataclass
import re
from typing import TYPE_CHECKING

from .errors import InvalidStreamURL
from .events import OWN_READER

if TYPE_CHECKING:
    from .models import Camera

_PLACEHOLDER = "<window.location.origin>"
_URL = re.compile(
    r"(?P<scheme>rtsps?|https?)://"
    rf"(?P<host>{re.escape(_PLACEHOLDER)}|\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+)"
    r"(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>(?:/[A-Za-z0-9._~-]+)+)",
)
_RTSP = frozenset({"rtsp", "rtsps"})
_HTTP = frozenset({"http", "https"})
_LONGEST_URL = 1000


@dataclass(frozen=True, slots=True)
class Streams:
    """The addresses of a camera's video that may be opened; None where there is none."""

    rtsp: str | None = None
    """RTSP over TCP."""
    hls: str | None = None
    whep: str | None = None
    """Where WebRTC is signalled."""
    refused: tuple[str, ...] = ()
    """Which of the server's columns hold something that is not opened."""

    @property
    def source(self) -> str | None:
        """What to read the video from: RTSP where there is it, else HLS."""
        return self.rtsp or self.hls


def streams(camera: Camera, host: str) -> Streams:
    """Return where a camera's video is; `host` is the name or address of the server of video."""
    found: dict[str, str] = {}
    refused = []
    for column, url, schemes in (
        ("url_rtsp_tcp", camera.url_rtsp_tcp, _RTSP),
        ("url_hls_m3u8", camera.url_hls_m3u8, _HTTP),
        ("url_web_rtc", camera.url_web_rtc, _HTTP),
    ):
        if url is None:
            continue
        try:
            found[column] = stream_url(url, host, schemes)
        except InvalidStreamURL:
            refused.append(column)
    page = found.get("url_web_rtc")
    return Streams(
        rtsp=found.get("url_rtsp_tcp"),
        hls=found.get("url_hls_m3u8"),
        whep=f"{page}/whep" if page else None,
        refused=tuple(refused),
    )


def stream_url(url: str, host: str, schemes: frozenset[str] = _RTSP | _HTTP) -> str:
    """Return the URL with the host filled in. Raises InvalidStreamURL when it must not be opened.

    Only what MediaMTX publishes passes: a scheme of those given, the expected host, a port, and a
    path of plain names; no credentials, query, fragment, or anything that needs escaping.
    """
    match = _URL.fullmatch(url[: _LONGEST_URL + 1])
    if match is None or len(url) > _LONGEST_URL or match["scheme"] not in schemes:
        raise InvalidStreamURL("This is not the URL of a stream")
    name = f"[{host}]" if ":" in host else host
    if match["host"] != _PLACEHOLDER and match["host"].lower() != name.lower():
        raise InvalidStreamURL("The stream is on another host")
    if not 0 < int(match["port"] or 1) <= 65535:  # noqa: PLR2004
        raise InvalidStreamURL("There is no such port")
    if {".", ".."}.intersection(match["path"].split("/")):
        raise InvalidStreamURL("The path leads elsewhere")
    port = f":{match['port']}" if match["port"] else ""
    return f"{match['scheme']}://{name}{port}{match['path']}"


def own(url: str, nonce: str) -> str:
    """Return a stream's URL that marks who reads it as this client, which is no viewer."""
    return f"{url}?{OWN_READER}={nonce}"
