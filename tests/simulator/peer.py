"""The server's WebRTC peer of one viewer, which sends a camera's shared encoded video."""

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
"""Seconds between two connectivity checks of aioice."""

type _Gather = Callable[[int, list[str], int], Coroutine[Any, Any, list[Candidate]]]


class BadOffer(Exception):
    """An offer that cannot be answered."""


class Shown(MediaStreamTrack):
    """A camera's video as sent to a viewer."""

    kind = "video"

    def __init__(self, frames: AsyncIterator[tuple[int, bytes]]) -> None:
        """Initialize with frames, which arrive when due, with their numbers since the epoch."""
        super().__init__()
        self._frames = frames

    async def recv(self) -> av.Packet[Any]:
        """Return the next frame when it is due."""
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
        """Initialize; not connected yet. `close` it in any case."""
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._video = self._connection.addTransceiver(track, direction="sendonly")
        # After setting a remote description, it would be ignored silently.
        self._video.setCodecPreferences(_H264)

    @property
    def connected(self) -> bool:
        """Whether video is being sent."""
        return self._connection.connectionState == "connected"

    @property
    def over(self) -> bool:
        """Whether the viewer has disconnected, or failed to connect."""
        return self._connection.connectionState in ("failed", "closed")

    async def take(self, offer: str) -> None:
        """Apply an offer. Raises BadOffer."""
        # An end of candidates without any candidate would fail at once.
        sdp, candidates = trickle.split(offer)
        try:
            await self._connection.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
            await self.add(candidates)
        except Exception as error:
            # The parser raises various errors for invalid offers.
            raise BadOffer(str(error) or "invalid offer") from error
        if self._video.mid is None:
            raise BadOffer("no video is asked for")

    async def answer(self) -> str:
        """Open the sockets, and return the complete SDP."""
        for transceiver in self._connection.getTransceivers():
            if transceiver is not self._video:
                transceiver.direction = "inactive"
        gather_loopback(self._connection)
        await self._connection.setLocalDescription()
        return self._connection.localDescription.sdp

    async def add(self, candidates: list[str]) -> None:
        """Add candidates. Raises BadFragment."""
        for candidate in [trickle.parse(line) for line in candidates]:
            if candidate is not None:
                await self._connection.addIceCandidate(candidate)

    async def vanish(self) -> None:
        """Fall silent: what is closed later says no goodbye any more."""
        for transport in _transports(self._connection):
            await transport.stop()

    async def close(self) -> None:
        """Close the connection."""
        await hang_up(self._connection)


def gather_loopback(connection: RTCPeerConnection) -> None:
    """Make a connection also offer the loopback address, which aioice omits."""
    for transport in _transports(connection):
        ice = transport.iceGatherer._connection
        gather = _with_loopback(ice.get_component_candidates)
        ice.get_component_candidates = gather  # type: ignore[assignment, method-assign]


async def hang_up(connection: RTCPeerConnection) -> None:
    """Close a connection, and wait for its tasks."""
    # One that has vanished is closed already, perhaps during its checks.
    may_check = any(ice.state in ("checking", "closed") for ice in _transports(connection))
    await connection.close()
    if may_check:
        # Its checks continue until the next one is due, which fails and ends them all.
        await asyncio.sleep(2 * _CHECKS)


def _transports(connection: RTCPeerConnection) -> set[RTCIceTransport]:
    return {each.receiver.transport.transport for each in connection.getTransceivers()}


def _with_loopback(gather: _Gather) -> _Gather:
    async def candidates(component: int, addresses: list[str], timeout: int = 5) -> list[Candidate]:
        return await gather(component, [*addresses, LOOPBACK], timeout)

    return candidates
