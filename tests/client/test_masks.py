"""Which texts are masked, which are not, and how long that takes."""

import random
import time

from hypothesis import given, strategies as st
import pytest

from custom_components.nestmtx.client.redaction import (
    redact,
    redact_answer,
    redact_message,
    secrets_in,
)
from tests.spellings import HIDDEN, NAMES, PLAIN

MEBIBYTE = 1 << 20
HOSTILE = (
    *("password=", "token: ", "token", "pass", "pwd", '"', "'", "\\", '\\"', "password\\\\\\", "{"),
    *("[", "password=[", "password={", "password='", 'password="\\"', "://", "a://", "a://b:c"),
    *("a://a@", "bearer ", "basic ", "basic a", "eyJ", "eyJa.", "1/", "g.0.", "oat_", "a-", "a."),
    *("-", "--", "--a", "--pass ", "a", " ", "a ", ", ", ";a", "&", "?key=", "a=", "a b=", "%3"),
    *("client ", "client id", "devices/", "devices/a", "enterprises/", "\n", "password=\n", "="),
    *(
        "secret%3D",
        "Cookie:",
        "Cookie: a=",
        "password: null",
        "<password>",
        "\N{LATIN SMALL LETTER LONG S}ecret=",
    ),
)


@pytest.mark.parametrize("text", HIDDEN)
def test_a_secret_is_masked_in_each_notation(text: str) -> None:
    assert "S3CRET" in text

    assert "S3C" not in redact(text)


@pytest.mark.parametrize("text", PLAIN)
def test_a_text_without_a_secret_is_unchanged(text: str) -> None:
    assert redact(text) == text
    assert redact_message(text) == text


@pytest.mark.parametrize("name", NAMES)
def test_a_field_is_masked_by_the_same_names_as_in_texts(name: str) -> None:
    assert "S3CRET" not in str(redact_answer({name: "S3CRET"}))
    assert set(secrets_in({name: "S3CRET"})) == {"S3CRET"}


@given(st.text())
def test_any_text_is_accepted(text: str) -> None:
    assert isinstance(redact(text), str)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_malicious_text_is_masked_quickly(text: str) -> None:
    long = (text * MEBIBYTE)[: MEBIBYTE // 4]
    begun = time.process_time()

    redact(long)

    # A quadratic pattern takes minutes.
    assert time.process_time() - begun < 1.0


def test_a_mebibyte_of_mixed_text_is_masked_quickly() -> None:
    draw = random.Random(7)
    long = "".join(draw.choice(HOSTILE) for _ in range(MEBIBYTE // 4))[:MEBIBYTE]
    begun = time.process_time()

    redact(long)

    assert time.process_time() - begun < 2.0


def test_secrets_that_are_parts_of_the_mask_are_not_masked_repeatedly() -> None:
    secrets = frozenset("REDACTED*")

    assert len(redact("RED" * 1000, secrets)) <= 3000 * len("**REDACTED**")


def test_a_text_is_not_shown_if_there_are_too_many_secrets_to_search_for() -> None:
    assert redact("one of many", frozenset(map(str, range(100_000)))) == "**REDACTED**"


def test_a_partial_secret_at_the_end_of_a_cut_text_is_not_shown() -> None:
    secret = "S3CRET" + "x" * 4000

    assert "S3CRET" not in redact_message(f"{secret} {secret}", frozenset({secret}))


@pytest.mark.parametrize("spelling", [r"S3\"CRET \\x", "S3%22CRET%20%5Cx"])
def test_a_secret_of_a_request_is_masked_in_other_spellings(spelling: str) -> None:
    secrets = frozenset(secrets_in({"password": 'S3"CRET \\x'}))

    assert redact(f"it is {spelling}.", secrets) == "it is **REDACTED**."


def test_a_deeply_nested_request_is_searched_for_secrets() -> None:
    request: object = {"password": "S3CRET"}
    for _ in range(20_000):
        request = [request]

    assert set(secrets_in(request)) == {"S3CRET"}
