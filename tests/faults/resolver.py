"""Host names, without a network."""

import socket
from typing import Any, override

from aiohttp.abc import AbstractResolver, ResolveResult

NAME = "nestmtx.test"


class Names(AbstractResolver):
    """Resolves every name to loopback, while names are known."""

    def __init__(self) -> None:
        """Start with all names known."""
        self.known = True

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the address of a name. Raises the error of the system's resolver."""
        if not self.known:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [
            ResolveResult(
                hostname=host,
                host="127.0.0.1",
                port=port,
                family=socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    @override
    async def close(self) -> None:
        """Do nothing, as nothing is open."""

    async def real_close(self, *_: Any) -> None:
        """Do nothing; called by Home Assistant at its end."""
