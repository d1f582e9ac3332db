"""Whoever opens a camera sees it, and does nothing but that, once."""

import time

from playwright.sync_api import Page, expect
import pytest

from .conftest import StartHome
from .live_view import DIALOG, close_camera, open_again, open_camera, wait_for_video

SLEEPING = "Driveway Battery"
"""It needs 20 seconds to start, and 5 more for Google's answer."""
UNAUTHORIZED = "Cabin Cam 1"
DISABLED = "Garage"
ALL = "rtsp,hls,web_rtc"
# Opening takes HLS 7 seconds more, and machines can be slow.
SECONDS = 90.0


def test_a_sleeping_camera_plays_over_web_rtc(start_home: StartHome, page: Page) -> None:
    home = start_home(protocols=ALL)
    open_camera(page, home.show(SLEEPING))
    wait_for_video(page.locator(DIALOG), "ha-web-rtc-player", seconds=SECONDS)


def test_a_sleeping_camera_plays_over_hls_from_rtsp(start_home: StartHome, page: Page) -> None:
    home = start_home(protocols=ALL)
    home.set_options(web_rtc=False)
    open_camera(page, home.show(SLEEPING))
    wait_for_video(page.locator(DIALOG), "ha-hls-player", seconds=SECONDS)


def test_a_live_view_over_hls_that_broke_off_plays_when_it_is_opened_again(
    start_home: StartHome, page: Page
) -> None:
    # After a restart, the next picture comes later than Home Assistant's player waits for it.
    home = start_home(protocols=ALL, cold_start=5)
    home.set_options(web_rtc=False)
    open_camera(page, home.show(SLEEPING))
    wait_for_video(page.locator(DIALOG), "ha-hls-player", seconds=SECONDS)
    restarted = time.time()
    home.press(home.entities(SLEEPING)["button.restart_stream"])
    close_camera(page)
    open_again(page)
    wait_for_video(
        page.locator(DIALOG), "ha-hls-player", seconds=SECONDS, filmed_after=restarted + 5
    )


def test_a_live_view_over_web_rtc_says_that_its_stream_broke_off(
    start_home: StartHome, page: Page
) -> None:
    # Home Assistant's player does not connect again by itself when the server hangs up.
    home = start_home(protocols=ALL, cold_start=5)
    open_camera(page, home.show(SLEEPING))
    wait_for_video(page.locator(DIALOG), "ha-web-rtc-player", seconds=SECONDS)
    home.press(home.entities(SLEEPING)["button.restart_stream"])
    alert = page.locator(f"{DIALOG} ha-web-rtc-player ha-alert")
    expect(alert).to_contain_text("The stream ended.", timeout=30_000)
    close_camera(page)
    open_again(page)
    wait_for_video(page.locator(DIALOG), "ha-web-rtc-player", seconds=SECONDS)


@pytest.mark.parametrize(
    ("camera", "reason"),
    [
        (UNAUTHORIZED, "The credential Cabin account needs authorization."),
        (DISABLED, "The camera is disabled on the NestMTX server."),
    ],
)
def test_a_camera_that_cannot_start_says_why(
    start_home: StartHome, page: Page, camera: str, reason: str
) -> None:
    home = start_home(protocols=ALL)
    open_camera(page, home.show(camera))
    alert = page.locator(f"{DIALOG} ha-web-rtc-player ha-alert")
    expect(alert).to_contain_text(f"Failed to start the WebRTC stream: {reason}", timeout=15_000)
    expect(alert).to_be_visible()
