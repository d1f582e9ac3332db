"""The account on a NestMTX server, and its login over HTTP."""

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
import json
import ssl
from typing import TYPE_CHECKING, Any

import aiohttp

from ..errors import (
    CannotConnect,
    ConnectTimeout,
    InvalidAuth,
    InvalidCertificate,
    NotEncrypted,
    NotNestMTX,
)

if TYPE_CHECKING:
    from .address import ServerAddress

_REFUSAL = "Invalid user credentials"
"""The message of status 400 for a wrong username or password, as recorded."""
_CERTIFICATE_ERRORS = (ssl.SSLCertVerificationError, aiohttp.ClientConnectorCertificateError)
_PLAIN_TEXT_REASONS = {"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"}
"""OpenSSL's reasons for an answer in plain text."""
MAX_TOKEN_LENGTH = 4096
"""Characters. The server's tokens take about 90."""
MAX_ANSWER_SIZE = 64 * 1024
"""Bytes. The server's answer takes about 300."""


@dataclass(frozen=True, slots=True)
class Account:
    """A user of a server. `token` is from an earlier login, if there was one."""

    address: ServerAddress
    username: str
    password: str
    token: str | None = None

    def __repr__(self) -> str:
        """Return a representation without secrets."""
        return f"Account({self.username} at {self.address.url})"


async def login(http: aiohttp.ClientSession, account: Account, *, timeout: float) -> str:
    """Return a new token for the account's user; `timeout` is in seconds.

    The server keeps every token forever, regardless of its `expiration`: log in once, and again
    only when the token stops working. Raises InvalidAuth, and CannotConnect or a subclass.
    """
    address = account.address
    try:
        async with (
            asyncio.timeout(timeout),
            http.post(
                f"{address.url}/api/auth",
                json={"username": account.username, "password": account.password},
                allow_redirects=False,
            ) as response,
        ):
            status, body = response.status, await _read(response)
    except TimeoutError as err:
        raise ConnectTimeout(f"{address.url} did not answer within {timeout:g} s") from err
    except (aiohttp.ClientError, OSError, ValueError) as err:
        raise connect_error(err, address) from err
    return _token(status, body, address)


def connect_error(err: BaseException, address: ServerAddress) -> CannotConnect:
    """Return the error for a failed connection, by the chain of exceptions that caused it."""
    cause: BaseException | None = err
    while cause is not None:
        if isinstance(cause, _CERTIFICATE_ERRORS):
            return InvalidCertificate(f"The certificate of {address.url} is not trusted")
        if getattr(cause, "reason", None) in _PLAIN_TEXT_REASONS:
            return NotEncrypted(f"{address.url} answers in plain text")
        if isinstance(cause, TimeoutError):
            return ConnectTimeout(f"{address.url} did not answer in time")
        cause = cause.__cause__ or cause.__context__
    return CannotConnect(f"Cannot connect to {address.url}: {type(err).__name__}")


async def _read(response: aiohttp.ClientResponse) -> Any:
    """Return the body's JSON; None if it is invalid or exceeds MAX_ANSWER_SIZE."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > MAX_ANSWER_SIZE:
            return None
    try:
        return json.loads(body)
    except ValueError:
        return None


def _token(status: int, body: Any, address: ServerAddress) -> str:
    if isinstance(body, dict):
        bearer = body.get("bearer")
        if status < HTTPStatus.MULTIPLE_CHOICES and isinstance(bearer, str) and _is_token(bearer):
            return bearer
        if _is_refusal(status, body.get("error")):
            raise InvalidAuth("The server does not accept the user name and password")
        if status == HTTPStatus.BAD_REQUEST and "error" in body:
            raise CannotConnect(f"{address.url} could not process the login")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise CannotConnect(f"{address.url} answered with status {status}")
    raise NotNestMTX(f"{address.url} does not answer as a NestMTX server")


def _is_token(bearer: str) -> bool:
    return bearer.isascii() and bearer.isprintable() and 0 < len(bearer) <= MAX_TOKEN_LENGTH


def _is_refusal(status: int, error: Any) -> bool:
    """Return whether the server refuses the user, as opposed to failing."""
    if not isinstance(error, dict):
        return False
    if status == HTTPStatus.BAD_REQUEST:
        return error.get("message") == _REFUSAL
    return status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
