"""Who reads a camera's stream, by events that come late, twice or in the wrong order.

A reader has an id of its own, but for one: all who read a stream over HLS are one reader to
MediaMTX, whose id is empty, and who comes and goes again and again.
"""

from dataclasses import dataclass, replace

MAX_LEFT = 200
"""Readers of one camera that left and are remembered."""
MAX_PRESENT = 1000
"""Readers of one camera that are told apart."""


@dataclass(frozen=True, slots=True)
class Readers:
    """The readers of one camera."""

    present: frozenset[str] = frozenset()
    """Ids of those whose coming was told by an event."""
    unnamed: int = 0
    """How many more there are by the last list that settled it, which only counts them."""
    left: tuple[str, ...] = ()
    """Ids of those who left: an event that comes late or twice does not count them again."""
    own: frozenset[str] = frozenset()
    """Ids of this client's own, who are no viewers."""
    went_unheard: int = 0
    """How many of those present have left by a list, before an event has told who."""
    unheard_since: float = 0.0
    """When that list was requested."""

    @property
    def viewers(self) -> int:
        """How many there are, without our own."""
        return self.unnamed + len(self.present) - self.went_unheard

    def came(self, reader: str, *, own: bool) -> Readers:
        """Return the readers after one came."""
        if reader in self.left or len(self.present) + len(self.own) >= MAX_PRESENT:
            return self
        if own:
            return replace(self, own=self.own | {reader})
        if not reader and reader in self.present and self.went_unheard:
            # Who had gone has come again.
            return replace(self, went_unheard=self.went_unheard - 1)
        return replace(self, present=self.present | {reader})

    def went(self, reader: str) -> Readers:
        """Return the readers after one went."""
        if reader in self.left:
            return self
        left = _remembered(*self.left, reader)
        if reader in self.present:
            return replace(
                self,
                present=self.present - {reader},
                left=left,
                went_unheard=max(0, self.went_unheard - 1),
            )
        if reader in self.own:
            return replace(self, own=self.own - {reader}, left=left)
        return replace(self, unnamed=max(0, self.unnamed - 1), left=left)

    def all_went(self) -> Readers:
        """Return the readers after the stream ended."""
        return Readers(left=_remembered(*self.left, *sorted(self.present | self.own)))

    def counted(self, count: int, asked_at: float, lag: float, own: int | None = None) -> Readers:
        """Return the readers after a list counted them, our own included.

        `own` is how many of them are our own, where that is known otherwise than by events.

        Where it counts fewer than events have told of, the events of those who left may be on their
        way: for as long as the lag, whoever leaves then is one of them. Later, it is not known any
        more who is there.
        """
        if own == 0 and self.own:
            # Their going was not reported.
            return replace(self, own=frozenset()).counted(count, asked_at, lag, own)
        viewers = max(0, count - (len(self.own) if own is None else own))
        unheard = len(self.present) - viewers
        if unheard <= 0:
            return Readers(self.present, -unheard, self.left, self.own)
        since = self.unheard_since if self.went_unheard else asked_at
        if asked_at - since >= lag:
            return Readers(unnamed=viewers, left=self.left, own=self.own)
        return Readers(self.present, 0, self.left, self.own, unheard, since)


def _remembered(*left: str) -> tuple[str, ...]:
    return tuple(reader for reader in left if reader)[-MAX_LEFT:]
