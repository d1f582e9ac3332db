"""Google's part: the consent page, and the error of a refused extension."""

from html import escape
import json
from urllib.parse import parse_qs, urlencode, urlsplit

from .devices import Json

CODE = "4/S3CRET-code"
"""The code that the server exchanges for tokens; valid once at Google, and always here."""

_PAGE = """<!doctype html>
<html lang="en">
<title>Sign in</title>
<h1>NestMTX wants to access your home</h1>
<p><a href="{allowed}">Allow</a> <a href="{denied}">Cancel</a></p>
</html>
"""


def callback_url(url: str, **changes: str | None) -> str:
    """Return the redirect of the page at `url`: with `iss` (since 2026), without `prompt`.

    `changes` replace parts of the query, or remove those that are None.
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


def failed_extension(uid: str) -> Json:
    """Return the error in the event of a refused extension, including the session."""
    data = {
        "command": "sdm.devices.commands.CameraLiveStream.ExtendWebRtcStream",
        "params": {"mediaSessionId": "ms-S3CRETsession"},
    }
    config = {
        "url": f"https://smartdevicemanagement.googleapis.com/v1/{uid}:executeCommand",
        "method": "POST",
        "data": data,
        "headers": {"Authorization": "<<REDACTED>"},
        "body": json.dumps(data, separators=(",", ":")),
    }
    error = {
        "code": 400,
        "message": "No active stream for this mediaSessionId.",
        "status": "FAILED_PRECONDITION",
    }
    response = {"config": config, "data": {"error": error}, "status": 400}
    return {"config": config, "response": response, "status": 400, "code": 400}
