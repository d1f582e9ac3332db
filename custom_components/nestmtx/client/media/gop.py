"""The video since a stream's last key frame, which is all that its newest picture is made of.

NestMTX sends a key frame each 25 s, and spends 100 kbit/s: a key frame is so coarse that parts of
it may be grey, and is refined by what follows. So a picture is made of a key frame and some frames
more. What is kept is bounded for each stream, and for all of them together.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .h264 import AccessUnit

RIPE: Final = (20, 40, 120)
"""Frames that follow a key frame when a picture is made, and made again while there is none. By 20,
2 s of NestMTX's video, both the coarse key frame and its refinement are over."""
FINE: Final = 10
"""Frames that are enough where they take FINE_SIZE bytes: neither is coarse then, and decoding many
takes long. NestMTX's take 12 kB, and the key frame up to 140 kB."""
FINE_SIZE: Final = 200 * 1024
MAX_UNITS: Final = 300
"""Access units of a group. NestMTX's have 250."""
MAX_SIZE: Final = 8 * 1024 * 1024
"""Bytes of a group. 25 s at 100 kbit/s are 310 kB."""
MAX_TOTAL_SIZE: Final = 32 * 1024 * 1024
"""Bytes of all groups that share a budget: a hundred cameras that are watched at the same time."""


@dataclass(slots=True)
class Budget:
    """Bytes that may still be kept, by all who share it."""

    left: int = MAX_TOTAL_SIZE


MAX_GAP = 3.0
"""Seconds between two access units of a stream that goes on. A camera has 10 or more a second."""
STEADY = 16.0
"""Seconds after the authorization of a stream, or a gap in it, for which "connecting" may be shown:
it comes for 5 to 15 s after the 40 s for which a camera that stalls is frozen."""


@dataclass(slots=True)
class GroupOfPictures:
    """A key frame and what came after it; nothing once it became too much."""

    budget: Budget
    units: list[bytes] = field(default_factory=list)
    size: int = 0
    received_at: float = float("-inf")
    """When the newest of them came, by the receiver's clock."""
    steady_since: float = float("inf")
    """Since when the stream goes on without a gap, by the same clock."""
    is_tried: bool = False
    """Whether a picture was to be made of it."""
    is_pictured: bool = False
    """Whether there is a picture of it."""

    def add(self, unit: AccessUnit, received_at: float) -> None:
        """Keep an access unit, or give all of them up where that is too much."""
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
        """Keep nothing of it."""
        self.budget.left += self.size
        self.units, self.size = [], 0

    @property
    def is_steady(self) -> bool:
        """Whether the newest frame can be no "connecting" picture any more."""
        return self.received_at - self.steady_since >= STEADY

    @property
    def is_refined(self) -> bool:
        """Whether any frame of it from now on makes a good picture."""
        return len(self.units) > RIPE[0]

    @property
    def is_ripe(self) -> bool:
        """Whether it is time to make a picture of it."""
        following = len(self.units) - 1
        return following in RIPE or (following == FINE and self.size >= FINE_SIZE)
