"""Record a camera that is tapped, wakes, and goes live, for the README."""

from collections.abc import Iterator
import time
from typing import Final, TypedDict

from playwright.sync_api import Locator, Page, ViewportSize

from .failure import Failure
from .pictures import Shot


class Window(TypedDict):
    """Options of the recorded window."""

    viewport: ViewportSize
    device_scale_factor: float
    has_touch: bool


CARD = "nestmtx-camera-card"
SCALE: Final = 800 / 900
# Three columns of cards, wide enough for all text.
WINDOW: Final = Window(
    viewport={"width": 900, "height": 500}, device_scale_factor=SCALE, has_touch=True
)
NO_MENU = """localStorage.dockedSidebar = '"always_hidden"'"""
MAX_BYTES = 2_000_000
SETTLED = 4_000
"""Milliseconds until a page is complete."""
START_TIMEOUT = 90_000
"""Milliseconds until a sleeping camera has sent its first picture."""
BEFORE, TAP, END = 1500, 500, 1500
"""How long the first frame, the fingertip, and the last frame are shown."""
WAKING, WAKING_SHOWN = 500, 100
"""Interval between frames while it wakes, and how long each is shown: sped up five times."""
LIVE, LIVE_SHOTS = 200, 24


def asleep(page: Page) -> Locator:
    """Return the card of a sleeping camera with a picture."""
    card = page.locator(CARD, has=page.locator(".view:not(.blank) .chip[data-state=asleep]"))
    name = card.first.locator(".name").inner_text()
    return page.locator(CARD, has=page.locator(".name").get_by_text(name, exact=True))


def wait_live(card: Locator) -> None:
    """Wait until a card is live."""
    card.locator(".chip[data-state=live]").wait_for(timeout=START_TIMEOUT)


def take(page: Page) -> list[Shot]:
    """Tap a sleeping camera, and return screenshots until it is live."""
    return [*_shots(page, asleep(page))]


def _shots(page: Page, card: Locator) -> Iterator[Shot]:
    box = card.bounding_box()
    if box is None:
        raise Failure("the camera's card is gone")
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    before = Shot.of(page, BEFORE)
    yield before
    yield before.touched(x, y, SCALE)._replace(milliseconds=TAP)
    page.touchscreen.tap(x, y)
    live = card.locator(".chip[data-state=live]")
    end = time.monotonic() + START_TIMEOUT / 1000
    while not live.count():
        if time.monotonic() > end:
            raise Failure("the camera did not go live")
        yield Shot.of(page, WAKING_SHOWN)
        page.wait_for_timeout(WAKING)
    for _ in range(LIVE_SHOTS):
        yield Shot.of(page, LIVE)
        page.wait_for_timeout(LIVE)
    yield Shot.of(page, END)
