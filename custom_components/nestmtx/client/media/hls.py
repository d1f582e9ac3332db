"""A reader of HLS that is patient, and asks for playlists only.

To MediaMTX, who asks for a playlist reads the stream, for a minute after each request. The request
is held while the stream is started.
"""

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING

import aiohttp
from yarl import URL

from ..errors import CannotConnect, StreamUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

_INTERVAL = 15.0
"""Seconds between two requests."""
_PATIENT = aiohttp.ClientTimeout(total=None, sock_connect=10.0)
MAX_REDIRECTS = 3
_REDIRECTED = range(300, 400)


async def read_hls(http: aiohttp.ClientSession, url: str, opened: Callable[[], None]) -> None:
    """Read a stream until cancelled; `opened` is called once there is one to be read.

    Raises CannotConnect, and StreamUnavailable when there is no stream or when it has ended.
    """
    address, cookies = URL(url), dict[str, str]()
    while True:
        try:
            address = await _request(http, address, cookies)
        except (aiohttp.ClientError, OSError, ValueError) as err:
            raise CannotConnect(f"MediaMTX cannot be reached: {err}") from err
        opened()
        await asyncio.sleep(_INTERVAL)


async def _request(http: aiohttp.ClientSession, address: URL, cookies: dict[str, str]) -> URL:
    """Ask for a playlist; return where it was found.

    Newer releases of MediaMTX give a cookie first, and lead back to see whether it comes.
    """
    for _ in range(MAX_REDIRECTS):
        async with http.get(
            address, allow_redirects=False, cookies=cookies, timeout=_PATIENT
        ) as response:
            status, location = response.status, response.headers.get("Location", "")
            cookies.update({name: each.value for name, each in response.cookies.items()})
        if status == HTTPStatus.OK:
            return address
        target = address.join(URL(location))
        if status not in _REDIRECTED or target.origin() != address.origin():
            break
        address = target
    raise StreamUnavailable(
        f"The playlist was answered with status {status}",
        is_missing=status == HTTPStatus.NOT_FOUND,
    )
