"""Sanitizing of the server's messages."""

import json
from pathlib import Path

import pytest

from custom_components.nestmtx.client.redaction import redact_message, sanitize

UPDATES = json.loads((Path(__file__).parents[1] / "recordings" / "updates.json").read_text())


def test_a_text_is_cut_and_can_be_stored() -> None:
    assert sanitize("\ud800" + "x" * 300) == "?" + "x" * 254


def test_only_the_reason_of_the_recorded_database_error_is_left() -> None:
    label = "users create duplicate username"
    exchange = next(each for each in UPDATES if each["label"] == label)
    message = exchange["received"][0]["args"][0]["error"]["message"]
    assert "$scrypt$" in message

    assert redact_message(message) == "UNIQUE constraint failed: users.username"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("update `credentials` set `tokens` = 'a - b' - database is locked", "database is locked"),
        ('UPDATE "credentials" SET "tokens" = 1', "database error"),
        ("select * from `users` - no such table", "no such table"),
        ("delete from `users` where 1 - SQLITE_BUSY", "SQLITE_BUSY"),
        ("Update failed - try again", "Update failed - try again"),
        ("Select a camera - or two", "Select a camera - or two"),
        ("errors.cameras.update.mtxPathIsRequired", "errors.cameras.update.mtxPathIsRequired"),
    ],
)
def test_only_sql_statements_are_removed(text: str, shown: str) -> None:
    assert redact_message(text) == shown
