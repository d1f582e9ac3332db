"""Which URL of a camera is opened, and which never is."""

import pytest

from custom_components.nestmtx.client import Camera, stream_source
from custom_components.nestmtx.client.streams import stream_url

RTSP = "rtsp://<window.location.origin>:8554/front"
HLS = "http://<window.location.origin>:8888/front/index.m3u8"


def test_rtsp_is_preferred() -> None:
    camera = Camera(1, url_rtsp_tcp=RTSP, url_hls_m3u8=HLS)

    assert stream_source(camera, "nest.local") == "rtsp://nest.local:8554/front"


def test_hls_is_taken_where_there_is_no_rtsp() -> None:
    camera = Camera(1, url_hls_m3u8=HLS)

    assert stream_source(camera, "nest.local") == "http://nest.local:8888/front/index.m3u8"


def test_there_is_no_source_without_a_url() -> None:
    assert stream_source(Camera(1), "nest.local") is None


def test_an_ipv6_address_stands_in_brackets() -> None:
    assert stream_url(RTSP, "fd00::5") == "rtsp://[fd00::5]:8554/front"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "concat:/etc/passwd|/etc/shadow",
        "rtsp://elsewhere.example:8554/front",
        "rtsp://user:secret@<window.location.origin>:8554/front",
        "rtsp://<window.location.origin>:8554/front\nfile:///etc/passwd",
        "rtsp://<window.location.origin>:8554/front?x=|file:///etc/passwd",
        "rtsp://<window.location.origin>:8554/../front",
        "rtsp://<window.location.origin>:99999/front",
        "rtsp://<window.location.origin>:8554",
        "gopher://<window.location.origin>:8554/front",
        "RTSP//<window.location.origin>",
        "",
    ],
)
def test_what_is_no_plain_stream_on_the_server_is_not_opened(url: str) -> None:
    assert stream_url(url, "nest.local") is None
