"""Google's side of an authorization: the page that asks, and where it sends the browser."""

from html import escape
from urllib.parse import parse_qs, urlencode, urlsplit

CODE = "4/S3CRET-code"
"""What the server changes for tokens; good once at Google, and always here."""

_PAGE = """<!doctype html>
<html lang="en">
<title>Sign in</title>
<h1>NestMTX wants to access your home</h1>
<p><a href="{allowed}">Allow</a> <a href="{denied}">Cancel</a></p>
</html>
"""


def callback_url(url: str, **changes: str | None) -> str:
    """Where the page at `url` sends the browser: with `iss` (since 2026), without `prompt`.

    `changes` replace parts of the query, or leave them out where they are None.
    """
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    answer = {
        "iss": "https://accounts.google.com",
        "state": asked["state"],
        "code": CODE,
        "scope": "https://www.googleapis.com/auth/sdm.service",
        "authuser": "0",
    } | changes
    query = urlencode({name: value for name, value in answer.items() if value is not None})
    return f"{asked['redirect_uri']}?{query}"


def consent_page(url: str) -> str:
    """Return the page at `url`, in HTML."""
    return _PAGE.format(
        allowed=escape(callback_url(url)),
        denied=escape(callback_url(url, error="access_denied", code=None, scope=None)),
    )
