"""What a visitor of Home Assistant's page does and sees."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import ConsoleMessage, Page

# Core asks the internet for the icons of integrations, and these tests do without. Its player of
# HLS asks again for a playlist that is not there yet, and fails when it is taken away before it has
# the playlist; it then looks for its own sources.
_NOT_OURS = (
    "brands",
    "Failed to load resource: net::ERR",
    "/api/hls/",
    "buildAbsoluteURL",
    "/node_modules/",
)


@contextmanager
def no_errors(page: Page) -> Iterator[None]:
    """Fail when the page's console tells of an error, or of an exception that nobody caught."""
    errors: list[str] = []

    def tell(message: ConsoleMessage) -> None:
        text = f"{message.text} ({message.location['url']})"
        if message.type == "error":
            errors.append(text)

    page.on("console", tell)
    page.on("pageerror", lambda error: errors.append(error.stack or str(error)))
    yield
    ours = [error for error in errors if not any(each in error for each in _NOT_OURS)]
    assert not ours, ours
