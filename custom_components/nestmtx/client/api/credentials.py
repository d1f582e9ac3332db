"""Authorization of a server's credentials with Google.

The server returns the URL of Google's consent page; Google redirects the browser to the server's
page, with a code in the URL. That page forwards the query to the server, whose validation is
strict: since Google adds `iss`, the page of NestMTX 1.1.1 can no longer finish an authorization.
This module forwards only the parameters that the server accepts.
"""

import base64
import binascii
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from ..connection import fetch
from ..errors import AuthorizationProblem, InvalidAnswer, RefusedAuthorization, RequestError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..state.sync import StateSync

_KNOWN = ("state", "code", "scope", "authuser", "prompt")
"""Parameters of Google's redirect that the server accepts."""
_REQUIRED = ("state", "code", "scope")
_PROMPT = "consent"
"""The `prompt` sent to Google, which doesn't always repeat it."""
_PAGES = (
    re.compile(r"https://accounts\.google\.com/o/oauth2/v2/auth\?[^#]+"),
    re.compile(r"https://nestservices\.google\.com/partnerconnections/[0-9A-Za-z-]+"),
)
"""Google's consent page, and the page that selects the devices of a project, as recorded."""
_SCOPES = frozenset({"openid", "https://www.googleapis.com/auth/sdm.service"})
"""Scopes the server requests, as recorded: the user's identity, and the selected devices."""
MAX_CALLBACK_LENGTH = 8192
"""Characters of a pasted URL."""


_REFUSALS = (
    (re.compile(r"\binvalid_grant\b"), AuthorizationProblem.EXPIRED),
    (re.compile(r"\b(invalid|unauthorized)_client\b"), AuthorizationProblem.WRONG_CLIENT),
    (re.compile(r"\bredirect_uri_mismatch\b"), AuthorizationProblem.UNKNOWN_REDIRECT),
    (
        # Node.js error codes of failed connections.
        re.compile(
            r"\b(EAI_AGAIN|ECONNABORTED|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ENOTFOUND"
            r"|EPIPE|ETIMEDOUT|socket hang up)\b"
        ),
        AuthorizationProblem.GOOGLE_UNREACHABLE,
    ),
)
"""Problems by the server's message when a code could not be exchanged for tokens."""
_NETLOC = re.compile(r"[A-Za-z0-9.:\-_\[\]]+")


def refusal(message: str) -> AuthorizationProblem:
    """Return why the server could not finish an authorization, by its message."""
    known = (problem for words, problem in _REFUSALS if words.search(message))
    return next(known, AuthorizationProblem.NOT_FINISHED)


def redirect_uri(origin: str) -> str | None:
    """Return the redirect URI to register with Google; None if the origin is not a web page's.

    The server always uses HTTPS, regardless of the origin's scheme.
    """
    known = origin_of(origin)
    return f"https://{urlsplit(known).netloc}/credentials/authorize" if known else None


def origin_of(url: str | None) -> str | None:
    """Return scheme, host and port of a URL; None if it is not an HTTP URL."""
    try:
        parts = urlsplit((url or "").strip())
        has_host = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return None
    is_plain = has_host and _NETLOC.fullmatch(parts.netloc) is not None
    if parts.scheme not in {"http", "https"} or not is_plain:
        return None
    return f"{parts.scheme}://{parts.netloc}"


def callback_query(text: str, credential_id: int) -> Mapping[str, str]:
    """Return the query parameters of Google's redirect URL that the server needs.

    Raises RefusedAuthorization.
    """
    query = dict(parse_qsl(text.strip()[:MAX_CALLBACK_LENGTH].rpartition("?")[2]))
    if query.get("error") == "access_denied":
        raise RefusedAuthorization(AuthorizationProblem.DENIED)
    if any(not query.get(name) for name in _REQUIRED):
        raise RefusedAuthorization(AuthorizationProblem.INVALID_CALLBACK)
    # URL decoding turns a plus into a space.
    query["state"] = query["state"].replace(" ", "+")
    if _credential_id(query["state"]) != credential_id:
        raise RefusedAuthorization(AuthorizationProblem.OTHER_CREDENTIAL)
    return {"prompt": _PROMPT} | {name: query[name] for name in _KNOWN if name in query}


class CredentialsAPI:
    """Authorizes credentials with Google. Methods also raise the errors of a request."""

    def __init__(self, requester: fetch.Requester, sync: StateSync) -> None:
        """Initialize; nothing is sent yet."""
        self._requester = requester
        self._sync = sync

    async def redirect_origin(self, credential_id: int) -> str | None:
        """Return the origin of the redirect URI registered with Google, if the server has one."""
        rows = (await fetch.list_all(self._requester, "credentials")).rows
        row = next((row for row in rows if row.get("id") == credential_id), {})
        url = row.get("token_redirect_url")
        return origin_of(url) if isinstance(url, str) else None

    async def authorization_url(self, credential_id: int, origin: str) -> str:
        """Return the URL of Google's consent page. Raises RefusedAuthorization."""
        if origin_of(origin) is None:
            raise RefusedAuthorization(AuthorizationProblem.INVALID_ORIGIN)
        url = await self._requester.request(
            "update",
            "credentials",
            entity=str(credential_id),
            payload={"origin": origin_of(origin)},
        )
        if not isinstance(url, str) or not _is_googles(url):
            raise InvalidAnswer("The server names a page that is not Google's")
        return url

    async def authorize(self, credential_id: int, origin: str, callback: str) -> None:
        """Forward the URL that Google redirected to. Raises RefusedAuthorization."""
        query = {**callback_query(callback, credential_id), "origin": origin_of(origin)}
        entity = base64.b64encode(json.dumps(query).encode()).decode()
        try:
            await self._requester.request("read", "credentials", entity=entity)
        except RequestError as err:
            # The message may repeat the code, so it is not kept.
            raise RefusedAuthorization(refusal(err.message)) from err
        finally:
            self._sync.resync_soon()


def _credential_id(state: str) -> Any:
    try:
        value = json.loads(base64.b64decode(state + "=" * (-len(state) % 4)))
    except binascii.Error, ValueError, RecursionError:
        return None
    return value.get("id") if isinstance(value, dict) else None


def _is_googles(url: str) -> bool:
    """Return whether a URL is one of the pages in server recordings.

    Other Google pages may redirect elsewhere, or show content that anyone can publish.
    """
    is_plain = url.isascii() and url.isprintable() and not set(url) & set(" <>()[]\"'`\\")
    return is_plain and any(page.fullmatch(url) for page in _PAGES) and _asks_for_devices_only(url)


def _asks_for_devices_only(url: str) -> bool:
    """Return whether a consent page requests only the known scopes: no mail, no files."""
    scopes = [value for name, value in parse_qsl(urlsplit(url).query) if name.lower() == "scope"]
    return all(_SCOPES.issuperset(scope.split()) for scope in scopes)
