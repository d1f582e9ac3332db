"""Take screenshots of Home Assistant in a browser for the documentation."""

import argparse
from collections.abc import Iterable
import io
from itertools import starmap, zip_longest
from pathlib import Path
import sys
import time
from typing import Literal, NamedTuple

from PIL import Image
from playwright.sync_api import Browser, Error, Locator, Page, ViewportSize, sync_playwright

from .browser import launch, log_in
from .failure import Failure
from .options import DASHBOARD, ROOT

type Scheme = Literal["light", "dark"]

SIZE: ViewportSize = {"width": 1440, "height": 1000}
PHONE: ViewportSize = {"width": 390, "height": 844}
DASHBOARDS: tuple[tuple[str, ViewportSize, Scheme], ...] = (
    ("dashboard", SIZE, "light"),
    ("dashboard-dark", SIZE, "dark"),
    ("dashboard-phone", PHONE, "dark"),
)
"""The screenshots of the dashboard: name, window size and theme."""
# For slow connections.
MAX_BYTES = 150_000
QUALITY = 80

DEVICES = {"camera": "Front Door", "server": "127.0.0.1"}
"""The devices whose pages are shown, by screenshot name."""
SETTLED = 2000
"""Milliseconds until a page is complete."""
PICTURES = 15_000
"""Milliseconds until each card has reloaded its picture."""

LIVE_VIEW = "nestmtx-live-video:not([data-phase=idle])"
# Seconds: a sleeping camera takes long to send its first picture.
PLAY_TIMEOUT = 90.0
HAVE_CURRENT_DATA = 2


class Video(NamedTuple):
    """A <video> at one moment."""

    ready_state: int
    width: int
    time: float


def main() -> int:
    """Take the screenshots; return 0, or print the reason and return 1."""
    parser = argparse.ArgumentParser(prog="scripts/screenshots", description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8123", help="Home Assistant's address")
    parser.add_argument(
        "--output", type=Path, default=ROOT / "docs" / "images", metavar="DIR", help="their folder"
    )
    options = parser.parse_args()
    try:
        with sync_playwright() as playwright, launch(playwright) as browser:
            take_all(browser, options.url, options.output)
    except (Failure, Error) as failure:
        print(f"screenshots: {failure}", file=sys.stderr)
        return 1
    return 0


def take_all(browser: Browser, url: str, folder: Path) -> None:
    """Take screenshots of the dashboard once its live views play, and of the pages of DEVICES."""
    for name, size, scheme in DASHBOARDS:
        with browser.new_page(viewport=size, color_scheme=scheme) as page:
            log_in(page, f"{url}/{DASHBOARD}")
            # A browser plays only visible videos.
            page.locator(LIVE_VIEW).first.scroll_into_view_if_needed()
            wait_until_playing(page)
            page.wait_for_timeout(PICTURES)
            save(page.screenshot(), folder / f"{name}.webp")
    with browser.new_page(viewport=SIZE, color_scheme="light") as page:
        log_in(page, f"{url}/{DASHBOARD}")
        for name, device in DEVICES.items():
            page.goto(f"{url}/config/devices/device/{device_id(page, device)}")
            page.locator("ha-device-entities-card").first.wait_for()
            page.wait_for_timeout(SETTLED)
            save(page.screenshot(), folder / f"{name}.webp")


def device_id(page: Page, name: str) -> str:
    """Return the id of a device by its name."""
    found = page.evaluate(
        "name => Object.values(document.querySelector('home-assistant').hass.devices)"
        ".find(device => device.name === name)?.id",
        name,
    )
    if found is None:
        raise Failure(f"device {name} does not exist")
    return str(found)


def wait_until_playing(page: Page) -> None:
    """Wait until each live view plays. Raises Failure after PLAY_TIMEOUT."""
    before: list[list[Video]] = []
    end = time.monotonic() + PLAY_TIMEOUT
    while time.monotonic() < end:
        now = live_views(page)
        if now and all(starmap(any_plays, zip_longest(before, now, fillvalue=[]))):
            return
        before = now
        page.wait_for_timeout(1000)
    raise Failure(f"a live view did not play within {PLAY_TIMEOUT:.0f} seconds: {before}")


def live_views(page: Page) -> list[list[Video]]:
    """Return the videos of each live view."""
    return [videos(view) for view in page.locator(LIVE_VIEW).all()]


def videos(view: Locator) -> list[Video]:
    """Return each <video> in an element's shadow trees."""
    states = view.locator("video").evaluate_all(
        "videos => videos.map(video => [video.readyState, video.videoWidth, video.currentTime])"
    )
    return [Video(*state) for state in states]


def any_plays(before: Iterable[Video], now: Iterable[Video]) -> bool:
    """Return whether one of a view's videos plays."""
    return any(map(plays, before, now, strict=False))


def plays(before: Video, now: Video) -> bool:
    """Return whether a video has a picture and has advanced."""
    return now.ready_state >= HAVE_CURRENT_DATA and now.width > 0 and now.time > before.time


def save(png: bytes, path: Path) -> None:
    """Write a screenshot as WebP. Raises Failure if it is larger than MAX_BYTES."""
    webp = io.BytesIO()
    Image.open(io.BytesIO(png)).save(webp, "WEBP", quality=QUALITY, method=6)
    if webp.tell() > MAX_BYTES:
        raise Failure(f"{path.name} would have {webp.tell()} bytes, more than {MAX_BYTES}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(webp.getvalue())
    print(f"screenshots: wrote {path} ({webp.tell()} bytes)", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
