"""The check of words finds sentences that read as translated, and accepts plain ones."""

import pytest

from scripts.validation.repository import Finding, Repository
from scripts.validation.words import check, phrases

TRANSLATED = [
    "Whether the server is reached over HTTPS.",
    "User name",
    "A user of its own for Home Assistant is a good idea.",
    "Switch this off only for the certificate that NestMTX makes by itself",
    "whoever sits in between could then pose as the server",
    "This is neither a host name, nor an IP address, nor the address of a page.",
    "There is no connection to the server. Check whether it is running.",
    "How video and pictures of the cameras come",
    "From streams that run anyhow",
    "The address of NestMTX as Google knows it",
    "It holds a code that is good for a few minutes, and once.",
    "It is passed on to the server, and kept nowhere.",
    "do it while nobody reads along",
    "Somebody ceases to watch",
    "Triggers when the stream of a camera can be read.",
    "Hear that Google no longer lets the server in before you miss a recording",
    "It is told only where Home Assistant itself logs in that way.",
    "What for:",
    "one dashboard that wakes none of them",
    "A camera that runs on a battery is soon empty.",
    "It is pressed until the picture is there.",
    "A connection that is lost and had again is no change of a camera.",
    "Settings tells what you can put right, until it is",
    "By intention: it tells when it was taken.",
    "The server does not have the user any more as whom Home Assistant logs in.",
    "The picture stands still.",
    'Switch "Persistent" off and on.',
]
PLAIN = [
    "Connect over HTTPS.",
    "Username and hostname",
    "We recommend a separate NestMTX user for Home Assistant.",
    "Turn this off only for a self-signed certificate on a network you trust.",
    "Failed to connect. Check the host and port, and that NestMTX is running.",
    "When a stream is already running",
    "Contains a one-time code that expires in minutes. Home Assistant doesn't store it.",
    "NestMTX writes this request to its log, where anyone on your network can read it.",
    "Triggers when a camera starts streaming.",
    "Get an alert when Google access expires.",
    "You only see this if you use the default sign-in.",
    "See every camera without waking any. Tap one to go live.",
    "The switch on the device page turns the camera off.",
    "Lets you sign in. Video goes through Home Assistant.",
]


@pytest.fixture(autouse=True)
def _custom_integrations() -> None:
    """Skip Home Assistant, as only texts are checked."""


@pytest.mark.parametrize("sentence", TRANSLATED)
def test_a_sentence_that_reads_as_translated_is_found(sentence: str) -> None:
    assert list(phrases(sentence))


@pytest.mark.parametrize("sentence", PLAIN)
def test_a_plain_sentence_is_accepted(sentence: str) -> None:
    assert list(phrases(sentence)) == []


def test_a_phrase_is_found_with_its_line_though_it_is_broken() -> None:
    assert list(phrases("One.\n\nTwo, and not any\nmore.")) == [(3, "any more", "no longer")]


@pytest.mark.parametrize(
    "path", ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "docs/entities.md"]
)
def test_each_page_is_read(path: str) -> None:
    pages = {path: b"Plain.\n\nIt is told to nobody.", "LICENSE": b"Nobody"}

    assert list(check(Repository(pages, {}))) == [
        Finding(path, 'line 3: "is told": say "you see"'),
        Finding(path, 'line 3: "nobody": say "everyone, no one, someone"'),
    ]


@pytest.mark.parametrize(
    ("path", "most"), [("README.md", 1200), ("docs/entities.md", 900), ("CHANGELOG.md", None)]
)
def test_only_the_readme_and_the_pages_in_docs_have_a_limited_length(
    path: str, most: int | None
) -> None:
    problems = [finding.problem for finding in check(Repository({path: b"word " * 1201}, {}))]
    assert problems == ([f"has 1201 words: {most} is the most"] if most else [])
