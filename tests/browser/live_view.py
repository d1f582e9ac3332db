"""A camera's live view in the page, and which frames of the simulated video it shows."""

import base64
from dataclasses import dataclass
import io
import time
from typing import Literal

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, Page

from scripts.development.browser import log_in
from tests.simulator.picture import BITS, HEIGHT, RATE, WIDTH, frame_number

type Player = Literal["ha-web-rtc-player", "ha-hls-player", "nestmtx-live-video"]

DIALOG = "ha-more-info-dialog"
CARD = "nestmtx-camera-card"
MORE_INFO_WORDS = f"{DIALOG} ha-camera-stream ha-alert"
CARD_WORDS = f"{CARD} .status .text"
LOOK = 250
"""Milliseconds between two looks at the picture."""
LATEST = 30.0
"""Seconds that a picture may be old, to be called live; HLS needs some."""

# As a browser is that reaches the server's web page, and not its UDP port.
CUT = """
window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration) {
        super({ ...configuration, iceTransportPolicy: "relay" });
    }
};
"""

# Nothing while there is no picture, or nobody sees it: our card shows it when it is the camera's.
GRAB = """
videos => videos
    .filter(video => video.readyState >= 2 && video.videoWidth)
    .filter(video => video.checkVisibility({ opacityProperty: true }))
    .map(video => {
        const canvas = document.createElement("canvas");
        canvas.width = video.videoWidth;
        canvas.height = video.videoHeight;
        canvas.getContext("2d").drawImage(video, 0, 0);
        return [video.currentTime, canvas.toDataURL("image/png")];
    })[0]
"""


@dataclass(frozen=True)
class Frame:
    """What a <video> shows at one moment."""

    position: float
    """The video's own time, in seconds."""
    taken: float
    """When the camera filmed it, in seconds since the epoch."""

    @property
    def is_live(self) -> bool:
        """Whether it was filmed just now; a picture without a number never was."""
        return abs(time.time() - self.taken) < LATEST


def open_camera(page: Page, dashboard: str) -> None:
    """Do what a user does: click a camera's picture, once."""
    log_in(page, dashboard)
    open_again(page)


def open_again(page: Page) -> None:
    """Click the picture on the dashboard."""
    page.locator("hui-picture-entity-card").click()
    page.locator(f"{DIALOG} ha-camera-stream").wait_for()


def play_card(page: Page, dashboard: str) -> Locator:
    """Do what a user does: press play on the card of a camera, once."""
    log_in(page, dashboard)
    card = page.locator(CARD)
    card.get_by_role("button", name="Watch").click()
    return card


def close_camera(page: Page) -> None:
    """Close the dialog."""
    page.keyboard.press("Escape")
    page.locator(f"{DIALOG} ha-camera-stream").wait_for(state="detached")


def wait_for_video(
    view: Locator, player: Player, *, seconds: float, filmed_after: float = 0.0
) -> Frame:
    """Wait until a view's player shows what a camera films now, and goes on; answers a frame."""
    end = time.monotonic() + seconds
    first: Frame | None = None
    frame: Frame | None = None
    while time.monotonic() < end:
        frame = grab(view, player)
        if frame is not None and frame.is_live and frame.taken > filmed_after:
            if first and frame.taken > first.taken and frame.position > first.position:
                return frame
            first = first or frame
        view.page.wait_for_timeout(LOOK)
    raise AssertionError(f"{player} shows no live video after {seconds:.0f} s, but {frame}")


def grab(view: Locator, player: Player) -> Frame | None:
    """Read which frame a player shows, if it can be seen, and shows any."""
    grabbed = view.locator(f"{player} video").evaluate_all(GRAB)
    if grabbed is None:
        return None
    position, url = grabbed
    image = Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2])))
    assert image.size == (WIDTH, HEIGHT)
    number = frame_number(np.asarray(image.convert("L")))
    return Frame(position=float(position), taken=_moment(number))


def _moment(number: int) -> float:
    """When the frame with a number was filmed: numbers begin anew after a while."""
    now = int(time.time() * RATE)
    cycle = 1 << BITS
    return (now + (number - now + cycle // 2) % cycle - cycle // 2) / RATE
