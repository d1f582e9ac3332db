"""Where a camera's video is.

NestMTX answers URLs whose host is the literal text `<window.location.origin>`, for its own page to
fill in. What a server answers is opened by a media library that also reads local files, so that
nothing but a plain URL on the expected host is handed on.
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .models import Camera

_PLACEHOLDER = "<window.location.origin>"
_URL = re.compile(
    r"(?P<scheme>rtsps?|https?)://"
    rf"(?P<host>{re.escape(_PLACEHOLDER)}|\[[0-9A-Fa-f:.%]+\]|[\w.-]+)"
    r"(?::(?P<port>\d{1,5}))?"
    r"(?P<path>/[A-Za-z0-9._~/%-]*)",
    re.ASCII,
)


def stream_source(camera: Camera, host: str) -> str | None:
    """Return the URL of a camera's stream: RTSP over TCP where the server has it, else HLS.

    `host` is the server's name or address. None where there is no stream, or where the URL is not
    one that may be opened.
    """
    return stream_url(camera.url_rtsp_tcp, host) or stream_url(camera.url_hls_m3u8, host)


def stream_url(url: str | None, host: str) -> str | None:
    """Return the URL with the server's host filled in, or None when it may not be opened."""
    match = _URL.fullmatch(url or "")
    if match is None:
        return None
    name = f"[{host}]" if ":" in host else host
    if match["host"] not in {_PLACEHOLDER, name} or int(match["port"] or 1) not in range(1, 65536):
        return None
    if ".." in match["path"].split("/"):
        return None
    port = f":{match['port']}" if match["port"] else ""
    return f"{match['scheme']}://{name}{port}{match['path']}"
