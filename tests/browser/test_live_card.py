"""The card's live view: it shows a picture all the time, says what it does, and heals."""

from collections.abc import Callable, Generator
import time

from playwright.sync_api import Locator, Page, expect
import pytest

from scripts.development.browser import log_in

from .home import Home
from .live_view import CARD, CUT, wait_for_video
from .server import Server
from .visitor import no_errors

PLAYER = "nestmtx-live-video"
LIVE = f"{PLAYER}[data-phase=live]"
ASLEEP = "Driveway Battery"
PATH = "driveway"
SECONDS = 90.0
WAITING = SECONDS * 1000
# With a key frame in 25 seconds, and the pauses in between.
SOON = 10.0

RECORD = """
view => {
    window.phases = [];
    view.addEventListener("live-view", ({ detail: { phase } }) => {
        if (window.phases.at(-1) !== phase) window.phases.push(phase);
    });
}
"""
SHOWN = """
view => {
    const canvas = view.shadowRoot.querySelector("canvas");
    return !canvas.hidden && canvas.width > 0;
}
"""
# What a camera that stalls comes to: the session goes on, and no frame comes.
STALL = "video => video.srcObject.removeTrack(window.track = video.srcObject.getVideoTracks()[0])"
GO_ON = "video => video.srcObject.addTrack(window.track)"
SET_HIDDEN = """
isHidden => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => isHidden });
    document.dispatchEvent(new Event("visibilitychange"));
}
"""
DROP_CONNECTION = "document.querySelector('home-assistant').hass.connection.socket.close()"


@pytest.fixture
def card(page: Page, home: Home) -> Generator[Locator]:
    """The card of a camera that is asleep; no error may be told in the browser's console."""
    with no_errors(page):
        yield _open(page, home, ASLEEP)


def _open(page: Page, home: Home, camera: str) -> Locator:
    log_in(page, home.show_card(camera))
    card = page.locator(CARD)
    card.locator(PLAYER).evaluate(RECORD)
    return card


def _play(card: Locator) -> None:
    card.get_by_role("button", name="Watch").click()


def _stop(card: Locator) -> None:
    card.get_by_role("button", name="Stop").click()


def _status(card: Locator) -> Locator:
    return card.locator(".status .text")


def _phases(card: Locator) -> list[str]:
    phases: list[str] = card.page.evaluate("window.phases")
    return phases


def _wait_until(reached: Callable[[], bool], seconds: float = SOON) -> None:
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_the_picture_stays_until_the_video_moves_and_again_after_it(
    card: Locator, server: Server
) -> None:
    _play(card)
    expect(_status(card)).to_have_text(f"Starting {ASLEEP}…")
    wait_for_video(card, PLAYER, seconds=SECONDS)

    expect(card.locator(LIVE)).to_be_attached()
    assert _phases(card) == ["starting", "waiting", "live"]
    expect(_status(card)).to_be_hidden()
    assert server.offers == len(server.sessions) == 1

    _stop(card)

    expect(card.locator(f"{PLAYER}[data-phase=idle]")).to_be_attached()
    assert card.locator(PLAYER).evaluate(SHOWN)
    _wait_until(lambda: not server.sessions)


def test_a_view_whose_session_was_ended_comes_back_by_itself(card: Locator, server: Server) -> None:
    _play(card)
    wait_for_video(card, PLAYER, seconds=SECONDS)
    offers, ended = server.offers, time.time()

    server.end_sessions()

    expect(_status(card)).to_have_text("Reconnecting…", timeout=WAITING)
    assert card.locator(PLAYER).evaluate(SHOWN)
    wait_for_video(card, PLAYER, seconds=SECONDS, filmed_after=ended + 1)
    assert _phases(card)[-3:] == ["live", "reconnecting", "live"]
    assert server.offers == offers + 1
    assert len(server.sessions) == 1


def test_a_view_comes_back_with_the_connection_to_home_assistant(
    card: Locator, server: Server
) -> None:
    _play(card)
    wait_for_video(card, PLAYER, seconds=SECONDS)
    offers, lost = server.offers, time.time()

    # Home Assistant makes the whole dashboard anew then.
    card.page.evaluate(DROP_CONNECTION)

    _wait_until(lambda: server.offers > offers)
    wait_for_video(card, PLAYER, seconds=SECONDS, filmed_after=lost + 1)
    _wait_until(lambda: len(server.sessions) == 1)


def test_a_view_comes_back_when_the_server_does(card: Locator, server: Server) -> None:
    _play(card)
    wait_for_video(card, PLAYER, seconds=SECONDS)

    server.do(server.simulator.kill())

    expect(_status(card)).to_have_text("Reconnecting…", timeout=WAITING)
    card.page.wait_for_timeout(SOON * 1000)
    started = time.time()
    server.do(server.simulator.start())
    wait_for_video(card, PLAYER, seconds=SECONDS, filmed_after=started)


def test_a_picture_that_stands_still_is_not_called_live(card: Locator, server: Server) -> None:
    _play(card)
    wait_for_video(card, PLAYER, seconds=SECONDS)
    video = card.locator(f"{PLAYER} video")
    offers = server.offers

    video.evaluate(STALL)

    expect(_status(card)).to_contain_text("The video froze", timeout=WAITING)
    video.evaluate(GO_ON)
    expect(card.locator(LIVE)).to_be_attached(timeout=WAITING)
    assert server.offers == offers


def test_a_hidden_page_ends_its_live_view_after_a_minute(
    page: Page, home: Home, server: Server
) -> None:
    page.clock.install()
    card = _open(page, home, ASLEEP)
    _play(card)
    wait_for_video(card, PLAYER, seconds=SECONDS)

    page.evaluate(SET_HIDDEN, True)
    page.clock.fast_forward("01:01")

    _wait_until(lambda: not server.sessions)
    page.wait_for_timeout(3000)
    assert not server.sessions

    page.evaluate(SET_HIDDEN, False)

    wait_for_video(card, PLAYER, seconds=SECONDS)


def test_a_view_that_cannot_start_says_why_and_is_retried_on_request(
    page: Page, home: Home, server: Server
) -> None:
    server.simulator.faults.missing_paths.add(PATH)
    card = _open(page, home, ASLEEP)
    _play(card)
    try:
        expect(_status(card)).to_have_text(
            "The NestMTX server has no stream at the camera's path.", timeout=WAITING
        )
        offers = server.offers
        page.wait_for_timeout(SOON * 1000)
        assert server.offers == offers
        assert _phases(card)[-1] == "ended"
    finally:
        server.simulator.faults.missing_paths.clear()

    card.get_by_role("button", name="Retry").press("Enter")

    wait_for_video(card, PLAYER, seconds=SECONDS)


@pytest.mark.parametrize(
    "leave",
    [lambda page: page.close(), lambda page: page.goto("about:blank")],
    ids=["closed", "another"],
)
def test_a_page_that_is_left_leaves_no_session(
    page: Page, home: Home, server: Server, leave: Callable[[Page], object]
) -> None:
    card = _open(page, home, ASLEEP)
    _play(card)
    wait_for_video(card, PLAYER, seconds=SECONDS)

    leave(page)

    _wait_until(lambda: not server.sessions)


def test_a_view_that_is_closed_while_it_starts_leaves_no_session(
    card: Locator, server: Server
) -> None:
    offers = server.offers
    _play(card)
    _wait_until(lambda: server.offers > offers)

    card.get_by_role("button", name="Cancel").click()

    _wait_until(lambda: not server.sessions)
    card.page.wait_for_timeout(SOON * 1000)
    assert not server.sessions


def test_a_browser_without_udp_plays_over_hls_and_remembers_that(
    page: Page, home: Home, server: Server
) -> None:
    page.add_init_script(CUT)
    card = _open(page, home, ASLEEP)
    _play(card)
    wait_for_video(card, PLAYER, seconds=SECONDS)
    expect(card.locator("ha-hls-player")).to_be_attached()
    offers = server.offers
    _stop(card)

    _play(card)

    wait_for_video(card, PLAYER, seconds=SECONDS)
    assert server.offers == offers


def test_without_web_rtc_it_plays_over_hls(page: Page, home: Home, server: Server) -> None:
    home.set_options(web_rtc=False)
    try:
        card = _open(page, home, ASLEEP)
        offers = server.offers
        _play(card)
        wait_for_video(card, PLAYER, seconds=SECONDS)
        expect(card.locator("ha-hls-player")).to_be_attached()
        assert server.offers == offers
    finally:
        home.set_options(web_rtc=True)
