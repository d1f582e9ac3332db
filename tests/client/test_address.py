"""What people type or paste as the host."""

import pytest

from custom_components.nestmtx.client import InvalidAddress, ServerAddress, parse_address


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
def test_a_host_or_a_pasted_url_is_taken_apart(text: str, expected: ServerAddress) -> None:
    assert parse_address(text) == expected


def test_what_the_text_does_not_say_is_taken_from_the_form() -> None:
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
def test_what_is_no_address_is_refused(text: str) -> None:
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
