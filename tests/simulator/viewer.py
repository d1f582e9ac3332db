"""A WebRTC viewer for tests: sends an offer, applies the answer, and receives frames."""

import random
import re
from typing import Self

from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
import av

from . import trickle
from .peer import gather_loopback, hang_up
from .picture import frame_number


class Viewer:
    """The viewer's end of a connection; as a context manager, it is closed at the end."""

    def __init__(self, *kinds: str) -> None:
        """Initialize for video, or other kinds of media."""
        self.candidates: list[str] = []
        """The lines of its own candidates, after its offer."""
        # Browsers use random numbers for their offers, aiortc the time in seconds.
        self._number = random.getrandbits(62)
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._tracks: dict[str, MediaStreamTrack] = {}
        for kind in kinds or ("video",):
            self._connection.addTransceiver(kind, direction="recvonly")
        self._connection.on("track", lambda track: self._tracks.update({track.kind: track}))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.close()

    @property
    def state(self) -> str:
        """The connection's state: new, connecting, connected, failed or closed."""
        return self._connection.connectionState

    async def offer(self, *, trickle_later: bool = False) -> str:
        """Return an offer, with or without its candidates."""
        gather_loopback(self._connection)
        await self._connection.setLocalDescription()
        offer = re.sub(
            r"^o=- \d+",
            f"o=- {self._number}",
            self._connection.localDescription.sdp,
            count=1,
            flags=re.MULTILINE,
        )
        without, self.candidates = trickle.split(offer)
        return without if trickle_later else offer

    def fragment(self) -> str:
        """Return its candidates as sent after the offer."""
        return trickle.fragment(self._connection.localDescription.sdp, self.candidates)

    async def take(self, answer: str) -> None:
        """Apply an answer; the connection is made in the background."""
        await self._connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))

    async def frame(self) -> int:
        """Return the number shown in the next frame. Raises MediaStreamError without one."""
        frame = await self._tracks["video"].recv()
        assert isinstance(frame, av.VideoFrame)
        return frame_number(frame.to_ndarray(format="gray"))

    async def close(self) -> None:
        """Close the connection."""
        await hang_up(self._connection)
