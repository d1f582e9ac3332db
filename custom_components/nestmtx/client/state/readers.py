"""Who reads a camera's stream, by events that come late, twice or in the wrong order.

A reader has an id of its own, but for one: all who read a stream over HLS are one reader to
MediaMTX, whose id is empty, and who comes and goes again and again.

Clients hold streams and take pictures with readers that nobody watches, and tag them. This client
knows its own by itself (see `own_readers`); those of others are known by events only.
"""

from dataclasses import dataclass, replace

MAX_LEFT = 200
"""Readers of one camera that left and are remembered."""
MAX_PRESENT = 1000
"""Readers of one camera that are told apart."""


@dataclass(frozen=True, slots=True)
class Readers:
    """The readers of one camera, without this client's tagged ones."""

    present: frozenset[str] = frozenset()
    """Ids of viewers whose coming was told by an event."""
    views: frozenset[str] = frozenset()
    """Ids of viewers that this client has let in itself, whether or not an event has told."""
    unnamed: int = 0
    """How many more there are by the last list that settled it, which only counts them."""
    left: tuple[str, ...] = ()
    """Ids of those who left: an event that comes late or twice does not count them again."""
    foreign: frozenset[str] = frozenset()
    """Ids of other clients' tagged readers, who are no viewers."""
    went_unheard: int = 0
    """How many of the viewers with an id have left by a list, before an event has told who."""
    unheard_since: float = 0.0
    """When that list was requested."""
    counted_at: float = float("-inf")
    """When the last list was requested that settled it."""

    @property
    def viewers(self) -> int:
        """How many watch."""
        return self.unnamed + len(self.present | self.views) - self.went_unheard

    def came(self, reader: str, *, foreign: bool = False) -> Readers:
        """Return the readers after an event that one came."""
        if reader in self.left or len(self.present) + len(self.foreign) >= MAX_PRESENT:
            return self
        if foreign:
            return replace(self, foreign=self.foreign | {reader})
        if not reader and reader in self.present and self.went_unheard:
            # Who had gone has come again.
            return replace(self, went_unheard=self.went_unheard - 1)
        return replace(self, present=self.present | {reader})

    def view_came(self, reader: str, offered_at: float) -> Readers:
        """Return the readers after this client let a viewer in, whom lists count since its offer.

        One that a list has counted without a name already has got a name now.
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
        """Return the readers after one went."""
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
        """Return what is kept where events were missed: who is no viewer, by former events.

        Lists only count readers: two clients would take each other's for viewers, and both keep the
        camera awake for them.
        """
        return Readers(foreign=self.foreign)

    def counted(self, count: int, asked_at: float, lag: float, own: int = 0) -> Readers:
        """Return the readers after a list counted them; `own` of them are this client's.

        Where it counts fewer than events have told of, the events of those who left may be on their
        way: for as long as the lag, whoever leaves then is one of them. Later, it is not known any
        more who is there, but for the viewers that this client has let in.
        """
        if not count and self.foreign:
            # Their going was not reported.
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
