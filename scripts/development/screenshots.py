"""Take screenshots of Home Assistant in a browser for the documentation."""

import argparse
from pathlib import Path
import sys
from typing import Literal

from playwright.sync_api import Browser, Error, Page, ViewportSize, expect, sync_playwright

from . import recording
from .browser import launch, log_in
from .failure import Failure
from .options import DASHBOARD, ROOT
from .pictures import Shot, save

type Scheme = Literal["light", "dark"]

SIZE: ViewportSize = {"width": 1440, "height": 800}
DASHBOARDS: tuple[tuple[str, Scheme], ...] = (("dashboard", "light"), ("dashboard-dark", "dark"))
"""The screenshots of the dashboard: name and theme."""


def main() -> int:
    """Take the screenshots; return 0, or 1 with the reason on stderr."""
    parser = argparse.ArgumentParser(prog="scripts/screenshots", description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8123", help="Home Assistant's address")
    parser.add_argument(
        "--output", type=Path, default=ROOT / "docs" / "images", metavar="DIR", help="their folder"
    )
    options = parser.parse_args()
    try:
        with sync_playwright() as playwright, launch(playwright) as browser:
            take_all(browser, f"{options.url}/{DASHBOARD}", options.output)
    except (Failure, Error, AssertionError) as failure:
        print(f"screenshots: {failure}", file=sys.stderr)
        return 1
    return 0


def take_all(browser: Browser, url: str, folder: Path) -> None:
    """Record how a camera wakes, and take the dashboard while it is live."""
    with browser.new_page(**recording.WINDOW) as page:
        page.add_init_script(recording.NO_MENU)
        save(recording.take(open_wall(page, url)), folder / "live.webp", recording.MAX_BYTES)
    for name, scheme in DASHBOARDS:
        with browser.new_page(viewport=SIZE, color_scheme=scheme) as page:
            card = recording.asleep(open_wall(page, url))
            card.click()
            recording.wait_live(card)
            page.mouse.move(0, 0)
            page.wait_for_timeout(recording.SETTLED)
            save([Shot.of(page)], folder / f"{name}.webp")


def open_wall(page: Page, url: str) -> Page:
    """Open the dashboard, and wait until its pictures are loaded."""
    log_in(page, url)
    page.locator(recording.CARD).first.wait_for()
    page.wait_for_timeout(recording.SETTLED)
    # Persistent cameras start by themselves.
    waking = page.locator(".chip[data-state=waking]")
    expect(waking).to_have_count(0, timeout=recording.START_TIMEOUT)
    return page


if __name__ == "__main__":
    sys.exit(main())
