"""The server's end of a WebRTC connection."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from .peer import Peer, Shown
from .viewer import Viewer

pytestmark = pytest.mark.usefixtures("socket_enabled")

LAST_CHECK = 0.06
"""Seconds in which connectivity checks are made several times."""


async def _no_frames() -> AsyncGenerator[tuple[int, bytes]]:
    await asyncio.Event().wait()
    yield 0, b""


async def _close_after(delay: float) -> None:
    """Close a peer whose viewer sends no candidates, during its checks."""
    peer = Peer(Shown(_no_frames()))
    async with Viewer("audio", "video") as viewer:
        await peer.take(await viewer.offer(trickle_later=True))
        await peer.answer()
        await asyncio.sleep(delay)
        await peer.close()


async def test_a_peer_is_closed_whenever_its_viewer_leaves_during_the_checks() -> None:
    async with asyncio.timeout(20):
        await asyncio.gather(*(_close_after(LAST_CHECK * each / 60) for each in range(60)))
