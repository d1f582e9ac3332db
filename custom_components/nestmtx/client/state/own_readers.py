"""The client's own tagged readers, tracked without events.

Their events may get lost like others. Without tracking, one of them could count as a viewer
forever, and the stream would never end for lack of viewers.
"""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_NOT_YET = float("inf")


@dataclass(slots=True)
class _OwnReader:
    camera_id: int
    began_at: float = _NOT_YET
    ended_at: float = _NOT_YET


class OwnReaders:
    """Counts the own readers of each camera that a list includes."""

    def __init__(
        self, lag: float, clock: Callable[[], float], on_change: Callable[[int], None]
    ) -> None:
        """Initialize without readers; `lag` is the lag of the server's lists in seconds.

        `on_change` is called with a camera's id when one of its readers starts or ends: during the
        lag, a list may include it or not.
        """
        self._lag = lag
        self._clock = clock
        self._on_change = on_change
        self._readers: list[_OwnReader] = []

    @contextmanager
    def reading(self, camera_id: int) -> Generator[Callable[[], None]]:
        """Track a reader of a camera, from calling the yielded function to the end of the block.

        Before that call, MediaMTX holds the request, and lists don't include the reader.
        """
        reader = _OwnReader(camera_id)
        try:
            yield partial(self._begin, reader)
        finally:
            if reader.began_at != _NOT_YET:
                reader.ended_at = self._clock()
                self._on_change(camera_id)

    def counts(self, asked_at: float) -> Mapping[int, int]:
        """Return the number of own readers in a list that was requested at a time, by camera id.

        A reader that has just ended may still be included, and must not count as a viewer.
        """
        now = self._clock()
        self._readers = [each for each in self._readers if now < each.ended_at + 2 * self._lag]
        counts: dict[int, int] = {}
        for reader in self._readers:
            if reader.began_at + self._lag <= asked_at < reader.ended_at + self._lag:
                counts[reader.camera_id] = counts.get(reader.camera_id, 0) + 1
        return counts

    def _begin(self, reader: _OwnReader) -> None:
        reader.began_at = self._clock()
        self._readers.append(reader)
        self._on_change(reader.camera_id)
