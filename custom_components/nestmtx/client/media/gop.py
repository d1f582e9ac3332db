"""The video since a stream's last key frame, from which its newest picture is decoded.

NestMTX sends a key frame every 25 s, at 100 kbit/s: a key frame is so coarse that parts of it may
be gray, and the following frames refine it. So a picture is made of a key frame and some more
frames. The kept data is limited per stream and in total.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .h264 import AccessUnit

RIPE: Final = (20, 40, 120)
"""Numbers of frames after a key frame at which a picture is made, or tried again while there is
none. At 20, 2 s of NestMTX's video, the key frame has been refined."""
FINE: Final = 10
"""Frames that are enough if they have FINE_SIZE bytes: they are not coarse then, and decoding many
takes long. NestMTX's take 12 kB, and its key frames up to 140 kB."""
FINE_SIZE: Final = 200 * 1024
MAX_UNITS: Final = 300
"""Access units of a group. NestMTX's have 250."""
MAX_SIZE: Final = 8 * 1024 * 1024
"""Bytes of a group. 25 s at 100 kbit/s are 310 kB."""
MAX_TOTAL_SIZE: Final = 32 * 1024 * 1024
"""Bytes of all groups that share a budget: a hundred cameras watched at the same time."""


@dataclass(slots=True)
class Budget:
    """Bytes that the groups sharing it may still keep."""

    left: int = MAX_TOTAL_SIZE


MAX_GAP = 3.0
"""Seconds between two access units without a gap. A camera sends 10 or more a second."""
STEADY = 16.0
"""Seconds after a stream's authorization or a gap during which it may show "connecting": a stalled
camera is frozen for 40 s, and then shows it for 5 to 15 s."""


@dataclass(slots=True)
class GroupOfPictures:
    """A key frame and the frames after it; empty after exceeding a limit."""

    budget: Budget
    units: list[bytes] = field(default_factory=list)
    size: int = 0
    received_at: float = float("-inf")
    """When the newest was received, by the receiver's clock."""
    steady_since: float = float("inf")
    """Since when the stream has had no gap, by the same clock."""
    is_tried: bool = False
    """Whether making a picture of it was tried."""
    is_pictured: bool = False
    """Whether a picture was made of it."""

    def add(self, unit: AccessUnit, received_at: float) -> None:
        """Keep an access unit, or drop all of them if that exceeds a limit."""
        if not self.units and not unit.is_key_frame:
            return
        size = len(unit.data)
        fits = len(self.units) < MAX_UNITS and self.size + size <= MAX_SIZE
        if not fits or size > self.budget.left:
            self.clear()
            return
        self.units.append(unit.data)
        self.size += size
        self.budget.left -= size
        self.received_at = received_at

    def clear(self) -> None:
        """Drop all access units."""
        self.budget.left += self.size
        self.units, self.size = [], 0

    @property
    def is_steady(self) -> bool:
        """Whether the newest frame is certainly not a "connecting" picture."""
        return self.received_at - self.steady_since >= STEADY

    @property
    def is_refined(self) -> bool:
        """Whether every frame from now on makes a good picture."""
        return len(self.units) > RIPE[0]

    @property
    def is_ripe(self) -> bool:
        """Whether to make a picture of it now."""
        following = len(self.units) - 1
        return following in RIPE or (following == FINE and self.size >= FINE_SIZE)
