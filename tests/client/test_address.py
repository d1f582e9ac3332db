"""Parsing of the text entered as the host."""

import time

import pytest

from custom_components.nestmtx.client import (
    InvalidAddress,
    ServerAddress,
    parse_address,
    parse_host,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nest.local", ServerAddress("nest.local", 2000)),
        (" Nest.Local ", ServerAddress("nest.local", 2000)),
        ("nest.local.", ServerAddress("nest.local", 2000)),
        ("192.168.1.5", ServerAddress("192.168.1.5", 2000)),
        ("nest.local:2345", ServerAddress("nest.local", 2345)),
        ("http://nest.local:2000/", ServerAddress("nest.local", 2000)),
        ("https://nest.local:2001/", ServerAddress("nest.local", 2001, ssl=True)),
        ("https://nest.local:2001/cameras?page=1", ServerAddress("nest.local", 2001, ssl=True)),
        ("https://nest.example.org", ServerAddress("nest.example.org", 443, ssl=True)),
        ("http://nest.example.org", ServerAddress("nest.example.org", 80)),
        ("fd00::5", ServerAddress("fd00::5", 2000)),
        ("[fd00::5]", ServerAddress("fd00::5", 2000)),
        ("http://[fd00::5]:2000", ServerAddress("fd00::5", 2000)),
    ],
)
def test_a_host_or_a_pasted_url_is_parsed(text: str, expected: ServerAddress) -> None:
    assert parse_address(text) == expected


def test_missing_port_and_tls_come_from_the_form() -> None:
    assert parse_address("nest.local", 2001, ssl=True) == ServerAddress("nest.local", 2001, True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "ftp://nest.local",
        "file:///etc/passwd",
        "http://",
        "http://user:secret@nest.local",
        "user:secret@nest.local",
        "nest.local/path",
        "nest.local:99999",
        "nest.local:0",
        "http://nest.local:0",
        "https://nest.local:00",
        "[fd00::5]:0",
        f"{'a.' * 126}aa",
        "nest.local:port",
        "two words",
        "nest.local?x=1",
        "nest.local#x",
        "http://[fd00::5",
        "http://two words/",
        "nest.local:2000:1",
        "[::g]",
        ".",
        "<b>",
        "nest\x00x",
        "*",
    ],
)
def test_an_invalid_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidAddress):
        parse_address(text)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (ServerAddress("nest.local"), "http://nest.local:2000"),
        (ServerAddress("nest.local", 2001, ssl=True), "https://nest.local:2001"),
        (ServerAddress("nest.local", 443, ssl=True), "https://nest.local"),
        (ServerAddress("fd00::5"), "http://[fd00::5]:2000"),
    ],
)
def test_the_url_of_an_address(address: ServerAddress, expected: str) -> None:
    assert address.url == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nest.local", "nest.local"),
        (" Nest.Local. ", "nest.local"),
        ("192.0.2.7", "192.0.2.7"),
        ("fd00::5", "fd00::5"),
        ("[fd00::5]", "fd00::5"),
        ("FD00:0:0:0:0:0:0:5", "fd00::5"),
        ("fe80::1%eth0", "fe80::1%eth0"),
        ("küche.local", "küche.local"),
        ("xn--kche-0ra.local", "küche.local"),
    ],
)
def test_a_host_is_accepted_in_each_notation(text: str, expected: str) -> None:
    assert parse_host(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "http://nest.local",
        "rtsp://nest.local:8554",
        "nest.local:8554",
        "nest.local:",
        "[fd00::5]:8554",
        "nest.local/",
        "/",
        "user@nest.local",
        "user:secret@nest.local",
        "two words",
        "nest\nlocal",
        "nest.local?x",
        "nest.local#x",
        "[nest.local]",
        "nest.local]",
        "[fd00::5",
        "fd00::5]",
        "fd00::g",
        "fd00::5::6",
        "%eth0",
        "nest%41",
        "..",
        "*",
        "<window.location.origin>",
    ],
)
def test_anything_but_a_host_is_refused(text: str) -> None:
    with pytest.raises(InvalidAddress):
        parse_host(text)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 20_000 + "!",
        "." * 20_000,
        "-" * 1_000_000,
        "a." * 500_000 + "!",
        "http://" + "a" * 1_000_000,
        "ü" * 100_000,
        "1:" * 500_000,
        "[" * 1_000_000,
        "x@" * 500_000,
    ],
    ids=lambda text: f"{text[:8]} x {len(text)}",
)
def test_a_long_text_is_refused_quickly(text: str) -> None:
    begun = time.process_time()

    for parse in (parse_address, parse_host):
        with pytest.raises(InvalidAddress):
            parse(text)

    assert time.process_time() - begun < 0.2
