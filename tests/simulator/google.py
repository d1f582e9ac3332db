"""Google's side: the page that asks for an authorization, and the words of a refusal."""

from html import escape
import json
from urllib.parse import parse_qs, urlencode, urlsplit

from .devices import Json

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


def failed_extension(uid: str) -> Json:
    """Return what an event carries when Google does not extend a stream: session and all."""
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
