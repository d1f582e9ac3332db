"""A user of a NestMTX server."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .auth import login
from .connection import Connection

if TYPE_CHECKING:
    import aiohttp

    from .address import ServerAddress
    from .timings import Timings


@dataclass(frozen=True, slots=True)
class Account:
    """A user of a server. `token` is what an earlier login gave, where there was one."""

    address: ServerAddress
    username: str
    password: str
    token: str | None = None

    def __repr__(self) -> str:
        """Leave the secrets out."""
        return f"Account({self.username} at {self.address.url})"


async def verify_account(http: aiohttp.ClientSession, account: Account, timings: Timings) -> str:
    """Log in, connect, and ask for something that needs authentication; return the token.

    Raises CannotConnect with its kinds, InvalidAuth, and the errors of a request.
    """
    token = await login(
        http,
        account.address,
        account.username,
        account.password,
        timeout=timings.connect_timeout,
    )
    connection = Connection(
        http, timings, on_event=lambda _topic, _payload: None, wants=lambda topic: topic != "log"
    )
    try:
        await connection.connect(account.address, token)
        await connection.request("list", "cameras", payload={"page": 1, "itemsPerPage": 1})
    finally:
        await connection.close()
    return token
