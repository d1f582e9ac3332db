"""Which URLs of a camera are opened, and which are refused."""

from dataclasses import replace

import pytest

from custom_components.nestmtx.client import Camera, StreamUrls, published_urls, stream_urls
from custom_components.nestmtx.client.errors import InvalidStreamUrl
from custom_components.nestmtx.client.media.urls import stream_url, tag_own_reader

RTSP = "rtsp://<window.location.origin>:8554/front"
HLS = "http://<window.location.origin>:8888/front/index.m3u8"
WEB_RTC = "http://<window.location.origin>:8889/front"
ALL = Camera(1, url_rtsp_tcp=RTSP, url_hls_m3u8=HLS, url_web_rtc=WEB_RTC)

HOSTILE = [
    # Other protocols of media libraries.
    "file:///etc/passwd",
    "file://<window.location.origin>/etc/passwd",
    "concat:/etc/passwd|/etc/shadow",
    "subfile,,start,0,end,0,,:/etc/passwd",
    "data:text/plain;base64,c2VjcmV0",
    "pipe:0",
    "async:file:/etc/passwd",
    "crypto+http://<window.location.origin>/front",
    "gopher://<window.location.origin>:8554/front",
    "rtmp://<window.location.origin>:1935/front",
    "udp://<window.location.origin>:8554/front",
    "RTSP://<window.location.origin>:8554/front",
    "rtsp:/<window.location.origin>:8554/front",
    "//<window.location.origin>:8554/front",
    "",
    # Other hosts.
    "rtsp://elsewhere.example:8554/front",
    "rtsp://nest.local.elsewhere.example:8554/front",
    "rtsp://elsewhere.example/nest.local:8554/front",
    "rtsp://elsewhere.example\\@nest.local:8554/front",
    "rtsp://[::1]:8554/front",
    "rtsp://2130706433:8554/front",
    "rtsp://nest。local:8554/front",
    "rtsp://<window.location.origin>.elsewhere.example:8554/front",
    # Credentials.
    "rtsp://user:secret@<window.location.origin>:8554/front",
    "rtsp://user@nest.local:8554/front",
    # More than a path.
    "rtsp://<window.location.origin>:8554/front?x=|file:///etc/passwd",
    "rtsp://<window.location.origin>:8554/front#fragment",
    "rtsp://<window.location.origin>:8554/front|file:///etc/passwd",
    "rtsp://<window.location.origin>:8554/front,file:///etc/passwd",
    "rtsp://<window.location.origin>:8554/front/../../etc/passwd",
    "rtsp://<window.location.origin>:8554/%2e%2e/front",
    "rtsp://<window.location.origin>:8554//front",
    "rtsp://<window.location.origin>:8554/",
    "rtsp://<window.location.origin>:8554",
    f"rtsp://<window.location.origin>:8554/{'a' * 1000}",
    # Control characters and spaces.
    "rtsp://<window.location.origin>:8554/front\nfile:///etc/passwd",
    "rtsp://<window.location.origin>:8554/front\r\nX-Header: 1",
    "rtsp://<window.location.origin>:8554/front\n",
    "rtsp://<window.location.origin>:8554/fr\tont",
    "rtsp://<window.location.origin>:8554/front\0.m3u8",
    " rtsp://<window.location.origin>:8554/front",
    "rtsp://<window.location.origin>:8554/front door",
    # Invalid ports.
    "rtsp://<window.location.origin>:0/front",
    "rtsp://<window.location.origin>:99999/front",
    "rtsp://<window.location.origin>:/front",
    "rtsp://<window.location.origin>:8554:8554/front",
    "rtsp://<window.location.origin>:٨٥٥٤/front",
    "rtsp://<window.location.origin>:-1/front",
]


def test_video_is_read_over_rtsp() -> None:
    assert stream_urls(ALL, "nest.local").rtsp == "rtsp://nest.local:8554/front"


def test_hls_is_never_a_source() -> None:
    assert stream_urls(Camera(1, url_hls_m3u8=HLS), "nest.local") == StreamUrls()


def test_the_whep_endpoint_is_below_the_webrtc_page() -> None:
    assert stream_urls(ALL, "nest.local").whep == "http://nest.local:8889/front/whep"


def test_a_camera_without_urls_has_no_source() -> None:
    assert stream_urls(Camera(1), "nest.local").rtsp is None


def test_an_ipv6_address_is_in_brackets() -> None:
    assert stream_urls(ALL, "fd00::5").rtsp == "rtsp://[fd00::5]:8554/front"


def test_a_url_with_the_expected_host_is_opened() -> None:
    assert stream_url("rtsp://Nest.Local:8554/front", "nest.local") == (
        "rtsp://nest.local:8554/front"
    )


def test_own_readers_have_a_tag() -> None:
    assert (
        tag_own_reader("rtsp://nest.local:8554/front", "n") == "rtsp://nest.local:8554/front?ha=n"
    )


@pytest.mark.parametrize("url", HOSTILE)
def test_a_url_that_is_not_a_plain_stream_on_the_server_is_not_opened(url: str) -> None:
    with pytest.raises(InvalidStreamUrl):
        stream_url(url, "nest.local")


@pytest.mark.parametrize("url", HOSTILE)
def test_a_refused_url_is_reported_and_the_other_one_is_kept(url: str) -> None:
    camera = Camera(1, url_rtsp_tcp=url, url_web_rtc=WEB_RTC)

    found = stream_urls(camera, "nest.local")

    assert found.rtsp is None
    assert found.refused == ("url_rtsp_tcp",)
    assert found.whep == "http://nest.local:8889/front/whep"


def test_a_protocol_in_the_wrong_column_is_refused() -> None:
    camera = Camera(1, url_rtsp_tcp=HLS, url_web_rtc=RTSP)

    refused = stream_urls(camera, "nest.local").refused

    assert refused == ("url_rtsp_tcp", "url_web_rtc")


RTMP = "rtmp://<window.location.origin>:1935/front"
SRT = "srt://<window.location.origin>:8890/?streamid=read%3Afront"


def test_other_programs_get_a_url_for_each_protocol() -> None:
    camera = replace(ALL, url_rtmp=RTMP, url_srt=SRT)

    assert published_urls(camera, "nest.local") == {
        "rtsp": "rtsp://nest.local:8554/front",
        "rtmp": "rtmp://nest.local:1935/front",
        "hls": "http://nest.local:8888/front/index.m3u8",
        "web_rtc": "http://nest.local:8889/front",
        "srt": "srt://nest.local:8890/?streamid=read%3Afront",
    }


@pytest.mark.parametrize(
    "url",
    [
        *HOSTILE,
        "srt://<window.location.origin>:8890/front",
        "srt://<window.location.origin>:8890/?streamid=read%3A",
        "srt://<window.location.origin>:8890/?streamid=publish%3Afront",
        "srt://<window.location.origin>:8890/?streamid=read%3Afront&mode=listener",
        "srt://elsewhere.example:8890/?streamid=read%3Afront",
        "srt://user:secret@<window.location.origin>:8890/?streamid=read%3Afront",
    ],
)
def test_other_programs_get_no_url_on_another_host(url: str) -> None:
    others = {} if url == RTMP else {"url_rtmp": url}
    camera = Camera(1, url_rtsp_tcp=url, url_hls_m3u8=url, url_web_rtc=url, url_srt=url, **others)

    assert set(published_urls(camera, "nest.local").values()) == {None}
