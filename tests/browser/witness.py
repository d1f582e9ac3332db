"""What live views show, second by second, while something happens to them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
import math
import sys
import time

from playwright.sync_api import ConsoleMessage, Locator

LOOK = 500
"""Milliseconds between two looks."""

_WORDS = """
elements => elements
    .filter(element => element.checkVisibility())
    .map(element => element.textContent.trim())
    .join(" ")
"""
_FRAMES = """
videos => videos
    .filter(video => video.checkVisibility())
    .reduce((sum, video) => sum + video.getVideoPlaybackQuality().totalVideoFrames, 0)
"""


@dataclass(frozen=True)
class Look:
    """What a view shows at one moment."""

    at: float
    """Seconds since it is watched for something."""
    words: str
    moves: bool

    def __str__(self) -> str:
        """Return a line of the journal."""
        return f"{'moves' if self.moves else 'stands'}{f', "{self.words}"' if self.words else ''}"


@dataclass
class Witness:
    """Looks at a view, and keeps what it has seen."""

    name: str
    view: Locator
    words: Locator
    """What shows words, of which those count that are visible."""
    looks: list[Look] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    """Of the page's console."""
    _frames: int = 0

    def look(self, at: float) -> None:
        """Look once."""
        words: str = self.words.evaluate_all(_WORDS)
        frames: int = self.view.locator("video").evaluate_all(_FRAMES)
        self.looks.append(Look(at, words, moves=frames > self._frames))
        self._frames = frames

    def is_live(self) -> bool:
        """Return whether its video moves by now."""
        return self.live_since < math.inf

    def says(self, words: str) -> Callable[[], bool]:
        """Return whether it says something by now."""
        return lambda: self.first(words) < math.inf

    def first(self, words: str) -> float:
        """Return when it said something first; infinite: it did not."""
        return next((look.at for look in self.looks if words in look.words), math.inf)

    @property
    def live_since(self) -> float:
        """Since when its video moves, with nothing over it; infinite: it does not."""
        still = [index for index, look in enumerate(self.looks) if not look.moves or look.words]
        since = still[-1] + 1 if still else 0
        return self.looks[since].at if since < len(self.looks) - 1 else math.inf

    def journal(self) -> Iterator[str]:
        """Yield a line for each change."""
        former = ""
        for look in self.looks:
            if str(look) != former:
                former = str(look)
                yield f"{look.at:+6.1f} s  {self.name}: {former}"
        yield from (f"          {self.name}, console: {error}" for error in self.errors)

    @contextmanager
    def reading_console(self) -> Iterator[None]:
        """Keep the errors of the page's console."""

        def read(message: ConsoleMessage) -> None:
            if message.type == "error":
                self.errors.append(f"{message.text} ({message.location['url']})")

        def take(error: Exception) -> None:
            self.errors.append(str(error))

        page = self.view.page
        page.on("console", read)
        page.on("pageerror", take)
        try:
            yield
        finally:
            page.remove_listener("console", read)
            page.remove_listener("pageerror", take)


def watch(
    *witnesses: Witness,
    seconds: float,
    until: Callable[[], bool],
    at_least: float = 0.0,
) -> None:
    """Look at views until something has been seen, and print what was; fails after a while."""
    begun = time.monotonic()
    for witness in witnesses:
        witness.looks.clear()
    try:
        while (passed := time.monotonic() - begun) < at_least or not until():
            assert passed < seconds, f"It was not seen within {seconds:.0f} s"
            for witness in witnesses:
                witness.look(passed)
            witnesses[0].view.page.wait_for_timeout(LOOK)
    finally:
        for witness in witnesses:
            print(*witness.journal(), sep="\n", file=sys.stderr)  # noqa: T201
