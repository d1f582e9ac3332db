"""Answers without secrets that any JSON encoder can serialize."""

import json
from typing import Any

from hypothesis import given, strategies as st
import orjson
import pytest

from custom_components.nestmtx.client import InvalidAnswer
from custom_components.nestmtx.client.masks import REDACTED, redact
from custom_components.nestmtx.client.redaction import is_short, redact_answer, secrets_in

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: (
        st.lists(children) | st.dictionaries(st.text() | st.just("password"), children)
    ),
)


@pytest.mark.parametrize(
    "name",
    [
        "oauth_client_secret",
        "oauthClientSecret",
        "OAUTH-CLIENT-ID",
        "dac_project_id",
        "tokens",
        "password",
        "bearer",
        "token",
        "context",
        "access_token",
        "refreshToken",
        "Authorization",
    ],
)
def test_a_secret_field_is_masked_for_any_value(name: str) -> None:
    row = {"id": 1, "rows": [{name: {"deep": ["S3CRET"]}}]}

    assert redact_answer(row) == {"id": 1, "rows": [{name: REDACTED}]}


def test_an_empty_secret_field_stays_null() -> None:
    assert redact_answer({"tokens": None}) == {"tokens": None}


@pytest.mark.parametrize("name", ["token_redirect_url", "name", "tokenizer", "contexts"])
def test_other_fields_are_unchanged(name: str) -> None:
    assert redact_answer({name: "x"}) == {name: "x"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("enterprises/S3CRET/devices/AVP", f"enterprises/{REDACTED}/devices/{REDACTED}"),
        (
            "https://nestservices.google.com/partnerconnections/S3CRET",
            f"https://nestservices.google.com/partnerconnections/{REDACTED}",
        ),
        ("https://x/auth?client_id=S3CRET&state=1", f"https://x/auth?client_id={REDACTED}&state=1"),
        ("1-S3CRET.apps.googleusercontent.com", REDACTED),
    ],
)
def test_google_project_ids_are_masked_within_texts(text: str, expected: str) -> None:
    assert redact_answer([text]) == [expected]


def test_the_secrets_of_a_request_are_found_at_all_levels() -> None:
    request = {
        "payload": {
            "username": "ha",
            "password": "one",
            "more": [{"token": ["two", {"x": "three"}]}],
        }
    }

    assert set(secrets_in(request)) == {"one", "two", "three"}


def test_a_secret_that_is_a_prefix_of_another_does_not_reveal_its_end() -> None:
    assert redact("abcdef and abc", frozenset({"abc", "abcdef"})) == f"{REDACTED} and {REDACTED}"


@given(JSON)
def test_a_redacted_answer_can_be_serialized(answer: Any) -> None:
    received = json.loads(json.dumps(answer))

    shown = redact_answer(received)

    assert orjson.loads(orjson.dumps(shown)) == shown


@pytest.mark.parametrize("answer", [10**30, -(10**30), float("nan"), float("inf"), "\ud800"])
def test_a_value_that_cannot_be_serialized_is_replaced(answer: Any) -> None:
    orjson.dumps(redact_answer({"value": answer}))


def test_an_answer_that_is_nested_too_deep_is_refused() -> None:
    nested: Any = "x"
    for _ in range(100):
        nested = {"deeper": nested}

    with pytest.raises(InvalidAnswer):
        redact_answer(nested)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (None, True),
        ({"healthy": "healthy", "details": {"app": {"healthy": True}}}, True),
        ({"details": [{"name": "Door"}] * 17}, False),
        ({"details": [["Door"] * 17] * 2}, False),
        ({"message": "x" * 65}, False),
    ],
)
def test_an_answer_is_short_if_it_has_few_values_and_no_long_text(
    answer: Any, expected: bool
) -> None:
    assert is_short(answer) is expected
