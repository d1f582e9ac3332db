"""`credentials`: the accounts at Google, and their authorization."""

import base64
import binascii
import json
from typing import Final
from urllib.parse import quote, urlsplit

from tests.simulator.devices import Json
from tests.simulator.records import Credential, ciphertext, utc_now
from tests.simulator.rows import credential_row

from .call import Answer, Call, ModuleError
from .paging import matching, page_of

_COLUMNS: Final = ("description", "oauth_client_id", "oauth_client_secret", "dac_project_id")
_REQUIRED: Final = ("state", "code", "scope", "prompt", "origin")
_ALLOWED: Final = (*_REQUIRED, "authuser")
_MALFORMED: Final = "errors.credentials.authorize.malformed"
_TWIN: Final = (
    "insert into `credentials` (`checksum`, `description`, `oauth_client_id`) values"
    " ('0f', '{description}', '{cipher}') - UNIQUE constraint failed: credentials.checksum"
)
"""According to the server's source, the checksum is that of the client's id."""
_UNREACHABLE: Final = (
    "request to https://oauth2.googleapis.com/token failed, reason: getaddrinfo EAI_AGAIN"
    " oauth2.googleapis.com"
)
REFUSED_CODE: Final = "refused"
"""The authorization code that the simulated Google refuses."""


async def list_all(call: Call) -> Answer:
    """List raw rows, newest first."""
    payload = call.search
    credentials = sorted(call.world.credentials.values(), key=lambda row: -row.id)
    rows = [credential_row(credential) for credential in credentials]
    columns = ("description", "oauth_client_id", "dac_project_id")
    return page_of(matching(rows, payload.get("search"), columns), payload)


async def create(call: Call) -> Answer:
    """Create a credential, and return its bare id."""
    missing = [column for column in _COLUMNS[:3] if not call.given.get(column)]
    if missing:
        raise ModuleError(f"NOT NULL constraint failed: credentials.{missing[0]}")
    client_id = str(call.given["oauth_client_id"])
    if any(row.oauth_client_id == client_id for row in call.world.credentials.values()):
        description, cipher = call.given["description"], ciphertext(client_id)
        raise ModuleError(_TWIN.format(description=description, cipher=cipher))
    credential = call.world.add_credential(str(call.given["description"]), authorized=False)
    for column in _COLUMNS:
        setattr(credential, column, str(call.given.get(column) or ""))
    return credential.id


async def read(call: Call) -> Answer:
    """Finish an authorization: `entity` is base64 of Google's redirect query and `origin`."""
    query = _decoded(call.entity, _MALFORMED)
    _check(query, strict=call.quirks.strict_authorization)
    state = _decoded(query["state"], "errors.credentials.authorize.invalidState")
    credential = call.world.credentials.get(state.get("id", 0))
    if credential is None:
        raise ModuleError("Row not found")
    _exchange(call, credential, query)
    credential.tokens = json.dumps({"access_token": query["code"]})
    credential.token_redirect_url = _redirect_url(query["origin"])
    credential.updated_at = utc_now()
    await call.effects.fire("credentials", "authenticated", credential.id)
    return {"success": True}


async def update(call: Call) -> Answer:
    """Return a bare URL: Google's consent page, or the partner connections if it has tokens."""
    credential = call.row(call.world.credentials)
    if credential.tokens is not None:
        return f"https://nestservices.google.com/partnerconnections/{credential.dac_project_id}"
    return _consent_url(credential, _redirect_url(call.given.get("origin")))


async def delete(call: Call) -> Answer:
    """Delete a credential; its cameras stay."""
    del call.world.credentials[call.row(call.world.credentials).id]
    return None


def _decoded(text: str, error: str) -> Json:
    try:
        value = json.loads(base64.b64decode(text + "=" * (-len(text) % 4)))
    except binascii.Error, ValueError:
        raise ModuleError(error) from None
    if not isinstance(value, dict):
        raise ModuleError(error)
    return value


def _exchange(call: Call, credential: Credential, query: Json) -> None:
    """Exchange the code for tokens at Google, which may refuse it."""
    registered, redirect_url = credential.redirect_uris, _redirect_url(query["origin"])
    if not call.world.reaches_google:
        raise ModuleError(_UNREACHABLE)
    if not credential.knows_its_secret:
        raise ModuleError("invalid_client")
    if registered is not None and redirect_url not in registered:
        raise ModuleError("redirect_uri_mismatch")
    if query["code"] == REFUSED_CODE:
        raise ModuleError("invalid_grant")


def _check(query: Json, *, strict: bool) -> None:
    complete = all(isinstance(query.get(key), str) and query[key] for key in _REQUIRED)
    unknown = strict and any(key not in _ALLOWED for key in query)
    if not complete or unknown or not str(query.get("authuser", 0)).isdecimal():
        raise ModuleError(_MALFORMED)
    if not urlsplit(query["origin"]).scheme:
        raise ModuleError(_MALFORMED)


def _redirect_url(origin: object) -> str:
    """Return the redirect URI; always https, regardless of the origin's scheme, as recorded."""
    parts = urlsplit(str(origin))
    if not parts.scheme or not parts.netloc:
        raise ModuleError("Invalid URL")
    return f"https://{parts.netloc}/credentials/authorize"


def _consent_url(credential: Credential, redirect_url: str) -> str:
    state = base64.b64encode(json.dumps({"id": credential.id}, separators=(",", ":")).encode())
    query = {
        "access_type": "offline",
        "scope": "openid https://www.googleapis.com/auth/sdm.service",
        "prompt": "consent",
        "include_granted_scopes": "true",
        "state": state.decode(),
        "response_type": "code",
        "client_id": credential.oauth_client_id,
        "redirect_uri": redirect_url,
    }
    encoded = "&".join(f"{key}={quote(value, safe='')}" for key, value in query.items())
    return f"https://accounts.google.com/o/oauth2/v2/auth?{encoded}"
