"""Who reads a camera's stream, by events that come late, twice or in the wrong order.

A reader has an id of its own, but for one: all who read a stream over HLS are one reader to
MediaMTX, whose id is empty, and who comes and goes again and again.
"""

from dataclasses import dataclass, replace

_LEFT = 200
"""How many readers that left are remembered for each camera."""


@dataclass(frozen=True, slots=True)
class Readers:
    """The readers of one camera."""

    present: frozenset[str] = frozenset()
    """Ids of those whose coming was told by an event."""
    unnamed: int = 0
    """How many more there are by the last settled snapshot, which only counts them."""
    left: tuple[str, ...] = ()
    """Ids of those who left: an event that comes late or twice does not count them again."""
    own: frozenset[str] = frozenset()
    """Ids of this client's own, who are no viewers."""

    @property
    def viewers(self) -> int:
        """How many there are, without our own."""
        return self.unnamed + len(self.present)

    def came(self, reader: str, *, own: bool) -> Readers:
        """Return the readers after one came."""
        if reader in self.left:
            return self
        if own:
            return replace(self, own=self.own | {reader})
        return replace(self, present=self.present | {reader})

    def went(self, reader: str) -> Readers:
        """Return the readers after one went."""
        if reader in self.left:
            return self
        known = reader in self.present or reader in self.own
        return Readers(
            present=self.present - {reader},
            unnamed=self.unnamed if known else max(0, self.unnamed - 1),
            left=_remembered(*self.left, reader),
            own=self.own - {reader},
        )

    def all_went(self) -> Readers:
        """Return the readers after the stream ended."""
        return Readers(left=_remembered(*self.left, *sorted(self.present | self.own)))

    def counted(self, count: int) -> Readers:
        """Return the readers after a settled snapshot counted them, our own included."""
        viewers = max(0, count - len(self.own))
        present = self.present if len(self.present) <= viewers else frozenset()
        return Readers(present, viewers - len(present), self.left, self.own)


def _remembered(*left: str) -> tuple[str, ...]:
    return tuple(reader for reader in left if reader)[-_LEFT:]
