"""Requests to the WebRTC port for tests."""

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
"""A streaming camera, and one whose credential has no tokens."""


@asynccontextmanager
async def http_of(simulator: Simulator) -> AsyncIterator[aiohttp.ClientSession]:
    """Open an HTTP session for a simulator's WebRTC port."""
    base = f"http://127.0.0.1:{simulator.web_rtc_port}"
    async with aiohttp.ClientSession(base) as http:
        yield http


async def answered(http: aiohttp.ClientSession, offer: str, path: str = FRONT) -> tuple[str, str]:
    """Send an offer; return the session's location, and the answer."""
    async with http.post(path, data=offer, headers=SDP) as response:
        assert response.status == 201, await response.text()
        return response.headers["Location"], await response.text()


async def watch(http: aiohttp.ClientSession, viewer: Viewer, path: str = FRONT) -> str:
    """Connect a viewer, and return the location of its session."""
    location, answer = await answered(http, await viewer.offer(), path)
    await viewer.take(answer)
    await until(lambda: viewer.state == "connected")
    return location


async def refusal(
    http: aiohttp.ClientSession, method: str, path: str, **request: Any
) -> tuple[int, str]:
    """Return the status and reason of a failed request."""
    async with http.request(method, path, **request) as response:
        return response.status, (await response.json())["error"]
