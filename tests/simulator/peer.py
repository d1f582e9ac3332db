"""One viewer over WebRTC: a peer that is sent a camera's video, encoded once for all."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from fractions import Fraction
from typing import Any, Final

from aioice import Candidate
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCIceTransport,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError
import av

from . import trickle
from .picture import RATE, TICKS

LOOPBACK: Final = "127.0.0.1"
_H264: Final = [
    codec
    for codec in RTCRtpSender.getCapabilities("video").codecs
    if codec.mimeType in ("video/H264", "video/rtx")
]


_CHECKS: Final = 0.02
"""Seconds between two checks for a way to the viewer, as aioice has them."""

type _Gather = Callable[[int, list[str], int], Coroutine[Any, Any, list[Candidate]]]


class BadOffer(Exception):
    """Nothing in it that could be answered."""


class Shown(MediaStreamTrack):
    """A camera's video as a viewer is sent it."""

    kind = "video"

    def __init__(self, frames: AsyncIterator[tuple[int, bytes]]) -> None:
        """Frames come when they are due, with their numbers since the epoch."""
        super().__init__()
        self._frames = frames

    async def recv(self) -> av.Packet[Any]:
        """The next frame, when its time has come."""
        try:
            number, unit = await anext(self._frames)
        except StopAsyncIteration:
            raise MediaStreamError from None
        packet = av.Packet(unit)
        packet.time_base = Fraction(1, TICKS)
        packet.pts = number * TICKS // RATE
        return packet


class Peer:
    """The server's end of one viewer's connection."""

    def __init__(self, track: MediaStreamTrack) -> None:
        """Not yet connected; `close` it in any case."""
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._video = self._connection.addTransceiver(track, direction="sendonly")
        # Once there is a remote description, it would be ignored in silence.
        self._video.setCodecPreferences(_H264)

    @property
    def connected(self) -> bool:
        """Whether video is on its way."""
        return self._connection.connectionState == "connected"

    @property
    def over(self) -> bool:
        """Whether the viewer has gone, or never came through."""
        return self._connection.connectionState in ("failed", "closed")

    async def take(self, offer: str) -> None:
        """Agree on what is sent; raises BadOffer."""
        # An end of candidates before any candidate would be a failure at once.
        sdp, candidates = trickle.split(offer)
        try:
            await self._connection.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
            await self.add(candidates)
        except Exception as error:
            # Garbage raises whatever the parser stumbles over.
            raise BadOffer(str(error) or "invalid offer") from error
        if self._video.mid is None:
            raise BadOffer("no video is asked for")

    async def answer(self) -> str:
        """Open the sockets; answers the complete SDP."""
        for transceiver in self._connection.getTransceivers():
            if transceiver is not self._video:
                transceiver.direction = "inactive"
        gather_loopback(self._connection)
        await self._connection.setLocalDescription()
        return self._connection.localDescription.sdp

    async def add(self, candidates: list[str]) -> None:
        """Try these lines' addresses, too; raises BadFragment."""
        for candidate in [trickle.parse(line) for line in candidates]:
            if candidate is not None:
                await self._connection.addIceCandidate(candidate)

    async def vanish(self) -> None:
        """Fall silent: what is closed later says no goodbye any more."""
        for transport in _transports(self._connection):
            await transport.stop()

    async def close(self) -> None:
        """Hang up."""
        await hang_up(self._connection)


def gather_loopback(connection: RTCPeerConnection) -> None:
    """Have a connection offer this machine's loopback address, too, which aioice leaves out."""
    for transport in _transports(connection):
        ice = transport.iceGatherer._connection
        gather = _with_loopback(ice.get_component_candidates)
        ice.get_component_candidates = gather  # type: ignore[assignment, method-assign]


async def hang_up(connection: RTCPeerConnection) -> None:
    """Close a connection, and wait for what it runs."""
    checking = [ice for ice in _transports(connection) if ice.state == "checking"]
    await connection.close()
    # Its checks go on until the next is due: then they fail, and all ends with them.
    while any(ice.state == "closed" for ice in checking):
        await asyncio.sleep(_CHECKS)


def _transports(connection: RTCPeerConnection) -> set[RTCIceTransport]:
    return {each.receiver.transport.transport for each in connection.getTransceivers()}


def _with_loopback(gather: _Gather) -> _Gather:
    async def candidates(component: int, addresses: list[str], timeout: int = 5) -> list[Candidate]:
        return await gather(component, [*addresses, LOOPBACK], timeout)

    return candidates
