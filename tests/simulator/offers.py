"""Requests to the WebRTC port, as the tests of it make them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from .probe import until
from .server import Simulator
from .viewer import Viewer

SDP = {"Content-Type": "application/sdp"}
FRAGMENT = {"Content-Type": "application/trickle-ice-sdpfrag"}
FRONT, CABIN = "/front/whep", "/cabin1/whep"
"""A camera that streams, and one whose credential has no tokens."""


@asynccontextmanager
async def http_of(simulator: Simulator) -> AsyncIterator[aiohttp.ClientSession]:
    """Requests that go to this simulator's WebRTC port."""
    base = f"http://127.0.0.1:{simulator.web_rtc_port}"
    async with aiohttp.ClientSession(base) as http:
        yield http


async def answered(http: aiohttp.ClientSession, offer: str, path: str = FRONT) -> tuple[str, str]:
    """The session's location, and the answer."""
    async with http.post(path, data=offer, headers=SDP) as response:
        assert response.status == 201, await response.text()
        return response.headers["Location"], await response.text()


async def watch(http: aiohttp.ClientSession, viewer: Viewer, path: str = FRONT) -> str:
    """Answers the location of a session that is connected."""
    location, answer = await answered(http, await viewer.offer(), path)
    await viewer.take(answer)
    await until(lambda: viewer.state == "connected")
    return location


async def refusal(
    http: aiohttp.ClientSession, method: str, path: str, **request: Any
) -> tuple[int, str]:
    """Status and reason of a request that fails."""
    async with http.request(method, path, **request) as response:
        return response.status, (await response.json())["error"]
