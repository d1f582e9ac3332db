"""The readers of a camera's stream, by events that may be late, duplicated or out of order.

Each reader has a unique id, except over HLS: for MediaMTX, all HLS readers of a stream are one
reader with an empty id, which connects and disconnects repeatedly.

Clients tag the readers that hold streams and take pictures, which are not viewers. This client
tracks its own (see `own_readers`); those of other clients are known by events only.
"""

from dataclasses import dataclass, replace

MAX_LEFT = 200
"""Departed readers of one camera to remember."""
MAX_PRESENT = 1000
"""Readers of one camera to track by id."""


@dataclass(frozen=True, slots=True)
class Readers:
    """The readers of one camera, without this client's tagged ones."""

    present: frozenset[str] = frozenset()
    """Ids of viewers whose arrival was reported by an event."""
    views: frozenset[str] = frozenset()
    """Ids of viewers with a session opened by this client, with or without an event."""
    unnamed: int = 0
    """Number of further viewers by the last settling list, which only has a count."""
    left: tuple[str, ...] = ()
    """Ids of departed readers, so that a late or duplicated event does not count them again."""
    foreign: frozenset[str] = frozenset()
    """Ids of other clients' tagged readers, which are not viewers."""
    went_unheard: int = 0
    """Number of viewers with an id that have left by a list, before an event identified them."""
    unheard_since: float = 0.0
    """When that list was requested."""
    counted_at: float = float("-inf")
    """When the last settling list was requested."""

    @property
    def viewers(self) -> int:
        """The number of viewers."""
        return self.unnamed + len(self.present | self.views) - self.went_unheard

    def came(self, reader: str, *, foreign: bool = False) -> Readers:
        """Return the readers after an event for a new one."""
        if reader in self.left or len(self.present) + len(self.foreign) >= MAX_PRESENT:
            return self
        if foreign:
            return replace(self, foreign=self.foreign | {reader})
        if not reader and reader in self.present and self.went_unheard:
            # The departed one has returned.
            return replace(self, went_unheard=self.went_unheard - 1)
        return replace(self, present=self.present | {reader})

    def view_came(self, reader: str, offered_at: float) -> Readers:
        """Return the readers after this client opened a session; lists count it from its offer on.

        If a list has already counted it without an id, it moves from `unnamed` to `views`.
        """
        if reader in self.left or reader in self.views:
            return self
        is_counted = self.counted_at >= offered_at and reader not in self.present
        return replace(
            self,
            views=self.views | {reader},
            unnamed=max(0, self.unnamed - 1) if is_counted else self.unnamed,
        )

    def went(self, reader: str) -> Readers:
        """Return the readers after one left."""
        if reader in self.left:
            return self
        left = _remembered(*self.left, reader)
        if reader in self.foreign:
            return replace(self, foreign=self.foreign - {reader}, left=left)
        if reader in self.present or reader in self.views:
            return replace(
                self,
                present=self.present - {reader},
                views=self.views - {reader},
                left=left,
                went_unheard=max(0, self.went_unheard - 1),
            )
        return replace(self, unnamed=max(0, self.unnamed - 1), left=left)

    def all_went(self) -> Readers:
        """Return the readers after the stream ended."""
        gone = sorted(self.present | self.views | self.foreign)
        return Readers(left=_remembered(*self.left, *gone))

    def after_a_gap(self) -> Readers:
        """Return the readers to keep after missed events: the foreign ones, which are not viewers.

        Lists only count readers: two clients would mistake each other's for viewers, and both keep
        the camera awake for them.
        """
        return Readers(foreign=self.foreign)

    def counted(self, count: int, asked_at: float, lag: float, own: int = 0) -> Readers:
        """Return the readers after a list counted them; `own` of them are this client's.

        If it counts fewer than events have reported, the events of the departed ones may be late:
        within the lag, a reader that leaves is one of them. After that, the viewers are no longer
        known by id, except those with a session opened by this client.
        """
        if not count and self.foreign:
            # Their departure was not reported.
            left = _remembered(*self.left, *sorted(self.foreign))
            return replace(self, foreign=frozenset(), left=left).counted(0, asked_at, lag)
        viewers = max(0, count - own - len(self.foreign))
        unheard = len(self.present | self.views) - viewers
        since = self.unheard_since if self.went_unheard else asked_at
        if unheard > 0 and asked_at - since >= lag:
            known = replace(self, present=self.present & self.views)
            unheard = len(known.views) - viewers
        else:
            known = self
        return replace(
            known,
            unnamed=max(0, -unheard),
            went_unheard=max(0, unheard),
            unheard_since=since,
            counted_at=asked_at,
        )


def _remembered(*left: str) -> tuple[str, ...]:
    return tuple(reader for reader in left if reader)[-MAX_LEFT:]
