"""How Google lets a server's credential in.

The server names Google's page; Google sends the browser back to the server's page, with a code in
the address. That page passes the address on to the server, whose check is strict: since Google adds
`iss`, the page of NestMTX 1.1.1 can no longer finish it. Here only what the server knows is passed.
"""

import base64
import binascii
from enum import StrEnum
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from . import modules
from .errors import InvalidAnswer, NestMTXError, RequestError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .mirror import Mirror

_KNOWN = ("state", "code", "scope", "authuser", "prompt")
"""What the server's check knows of the query that Google answers."""
_REQUIRED = ("state", "code", "scope")
_PROMPT = "consent"
"""What Google was asked for, and does not always repeat."""
_LONGEST = 8192
"""Characters of an address that somebody pastes."""


class AuthorizationProblem(StrEnum):
    """Why a credential could not be authorized."""

    INVALID_ORIGIN = "invalid_origin"
    """The address of the server is none."""
    INVALID_CALLBACK = "invalid_callback"
    """What was pasted is not where Google sends the browser to."""
    DENIED = "access_denied"
    """Google was told not to let the server in."""
    OTHER_CREDENTIAL = "other_credential"
    EXPIRED = "code_expired"
    """Google does not accept the code, or not any more."""


class RefusedAuthorization(NestMTXError):
    """A credential is not authorized."""

    def __init__(self, problem: AuthorizationProblem) -> None:
        """Keep the reason."""
        super().__init__(problem.value)
        self.problem = problem


def origin_of(url: str | None) -> str | None:
    """Return scheme, host and port of a URL; None where it is none of a page."""
    try:
        parts = urlsplit((url or "").strip())
        has_host = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not has_host or "@" in parts.netloc:
        return None
    return f"{parts.scheme}://{parts.netloc}"


def callback_query(text: str, credential_id: int) -> Mapping[str, str]:
    """Return what the server has to know of the address that Google sent the browser to.

    Raises RefusedAuthorization.
    """
    query = dict(parse_qsl(text.strip()[:_LONGEST].rpartition("?")[2]))
    if query.get("error") == "access_denied":
        raise RefusedAuthorization(AuthorizationProblem.DENIED)
    if any(not query.get(name) for name in _REQUIRED):
        raise RefusedAuthorization(AuthorizationProblem.INVALID_CALLBACK)
    # In an address, a plus may have become a space.
    query["state"] = query["state"].replace(" ", "+")
    if _credential_id(query["state"]) != credential_id:
        raise RefusedAuthorization(AuthorizationProblem.OTHER_CREDENTIAL)
    return {"prompt": _PROMPT} | {name: query[name] for name in _KNOWN if name in query}


class Authorizing:
    """Has Google let a credential in. Methods raise the errors of a request, too."""

    def __init__(self, requester: modules.Requester, mirror: Mirror) -> None:
        """Nothing is under way."""
        self._requester = requester
        self._mirror = mirror

    async def origin(self, credential_id: int) -> str | None:
        """Return the server's address as Google knows it, if it was told before."""
        rows = (await modules.list_all(self._requester, "credentials")).rows
        row = next((row for row in rows if row.get("id") == credential_id), {})
        url = row.get("token_redirect_url")
        return origin_of(url) if isinstance(url, str) else None

    async def begin(self, credential_id: int, origin: str) -> str:
        """Return the address of Google's page. Raises RefusedAuthorization."""
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

    async def finish(self, credential_id: int, origin: str, callback: str) -> None:
        """Pass on where Google sent the browser to. Raises RefusedAuthorization."""
        query = {**callback_query(callback, credential_id), "origin": origin_of(origin)}
        entity = base64.b64encode(json.dumps(query).encode()).decode()
        try:
            await self._requester.request("read", "credentials", entity=entity)
        except RequestError as err:
            # Its words may repeat the code.
            raise RefusedAuthorization(AuthorizationProblem.EXPIRED) from err
        finally:
            self._mirror.resync_soon()


def _credential_id(state: str) -> Any:
    try:
        value = json.loads(base64.b64decode(state + "=" * (-len(state) % 4)))
    except binascii.Error, ValueError, RecursionError:
        return None
    return value.get("id") if isinstance(value, dict) else None


def _is_googles(url: str) -> bool:
    origin = origin_of(url)
    host = urlsplit(origin).hostname if origin else None
    is_plain = url.isascii() and url.isprintable() and not set(url) & set(" <>()[]\"'`\\")
    return is_plain and url.startswith("https://") and str(host).endswith(".google.com")
