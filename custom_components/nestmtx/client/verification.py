"""Verifies an account before a session is started with it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .connection.auth import Account, login
from .connection.connection import Connection
from .connection.fetch import RowFetcher
from .data.marks import row_marks

if TYPE_CHECKING:
    import aiohttp

    from .connection.address import ServerAddress
    from .timings import Timings


@dataclass(frozen=True, slots=True)
class Verified:
    """The result of verifying an account."""

    token: str
    marks: tuple[str, ...]
    """Marks of the server's rows, which identify it at another address: see `data.marks`."""


async def verify_account(
    http: aiohttp.ClientSession, account: Account, timings: Timings
) -> Verified:
    """Log in, connect, and request something that needs authentication.

    Raises CannotConnect or a subclass, InvalidAuth, and the errors of a request.
    """
    token = await login(http, account, timeout=timings.connect_timeout)
    return Verified(token, await verify_token(http, account.address, token, timings))


async def verify_token(
    http: aiohttp.ClientSession, address: ServerAddress, token: str, timings: Timings
) -> tuple[str, ...]:
    """Connect, request something that needs authentication, and return the marks of the rows.

    Raises CannotConnect or a subclass, InvalidAuth, and the errors of a request.
    """
    connection = Connection(
        http, timings, on_event=lambda _topic, _payload: None, accepts=lambda topic: topic != "log"
    )
    fetcher = RowFetcher()
    try:
        await connection.connect(address, token)
        cameras = await fetcher.cameras(connection)
        credentials = await fetcher.credentials(connection)
    finally:
        await connection.close()
    return (*row_marks(credentials.rows), *row_marks(cameras.rows))
