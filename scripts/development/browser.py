"""The system's browser, and Home Assistant's page in it."""

import shutil

from playwright.sync_api import Browser, Page, Playwright

from .failure import Failure
from .options import HOME_ASSISTANT, Account

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Allow WebRTC with a server on this machine.
    "--allow-loopback-in-peer-connection",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
)


def launch(playwright: Playwright) -> Browser:
    """Start the system's browser, as Playwright's own cannot decode H.264."""
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        raise Failure("no browser was found: install Chromium or Chrome")
    return playwright.chromium.launch(executable_path=executable, args=BROWSER_ARGUMENTS)


def log_in(page: Page, url: str, account: Account = HOME_ASSISTANT) -> None:
    """Open a page of Home Assistant through its login form."""
    page.goto(url)
    page.locator("input[name=username]").fill(account.user)
    page.locator("input[name=password]").fill(account.password)
    page.locator("input[name=password]").press("Enter")
    page.locator("home-assistant-main").wait_for()
