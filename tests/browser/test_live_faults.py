"""What live views show while something goes wrong, with the times of the real server.

Each test prints a journal of what was seen, second by second.
"""

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
import time

from playwright.sync_api import Page, expect
import pytest

from tests.simulator import Simulator, recorded
from tests.simulator.faults import Trouble
from tests.simulator.records import wall_clock

from .conftest import SIZE
from .home import Home, running_home
from .live_view import (
    CARD,
    CARD_WORDS,
    CUT,
    DIALOG,
    MORE_INFO_WORDS,
    open_camera,
    play_card,
)
from .server import Server, running_server
from .witness import Witness, watch

NAME = "Driveway Battery"
CAMERA = 2
SECONDS = 90.0
TOLD_WITHIN = 10.0
"""Seconds until more-info says that its view has ended: it does not come back by itself."""
KEY_FRAME = 28.0
"""Seconds until a view of a stream that runs has a picture: up to 25 to the next key frame."""
START = 40.0
"""Seconds from a request to the moving picture: 9 until ready, and the second key frame."""
SETTLED = 15.0
"""Seconds that a restart takes."""
STALL = 50.0
"""Seconds without a picture, and with "connecting", of a camera that stalls."""
UNCONNECTED = 40.0
"""Seconds more over HLS: 13 until WebRTC is given up, and up to 25 to the next key frame."""
REFUSED_WITHIN = 15.0
MISSED = 10.0
"""Seconds until MediaMTX misses a viewer whose packets do not come through any more."""
DOWN = 30.0
"""Seconds that MediaMTX is gone when it was killed."""

REFUSED_STREAM = "start_stream_failed"
"""The only error that a page's console may tell of: `camera/stream` is refused."""


@pytest.fixture(scope="module")
def server() -> Generator[Server]:
    """A server that is as slow as the real one."""
    with running_server(Simulator(recorded())) as server:
        yield server


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, server: Server) -> Generator[Home]:
    """A Home Assistant that has that server."""
    folder = tmp_path_factory.mktemp("browser") / "home"
    with running_home(folder, scenario="empty") as home:
        home.use_server(server.simulator.port)
        yield home


@pytest.fixture
def asleep(server: Server) -> Iterator[None]:
    """Nobody watches the camera, before and after."""
    yield
    end = time.monotonic() + SECONDS
    while server.simulator.world.cameras[CAMERA].process is not None:
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.fixture
def other_page(page: Page) -> Generator[Page]:
    """A page of another visitor."""
    browser = page.context.browser
    assert browser
    with browser.new_page(viewport=SIZE) as other:
        yield other


@pytest.fixture
def more_info(asleep: None, page: Page) -> Generator[Witness]:
    """The camera's more-info window, which is not open yet."""
    yield from _witness("more-info", page, DIALOG, MORE_INFO_WORDS)


@pytest.fixture
def card(asleep: None, other_page: Page) -> Generator[Witness]:
    """The card of the camera, which does not play yet."""
    yield from _witness("card", other_page, CARD, CARD_WORDS)


def _witness(name: str, page: Page, view: str, words: str) -> Iterator[Witness]:
    witness = Witness(name, page.locator(view), page.locator(words))
    with witness.reading_console():
        yield witness
    assert not [error for error in witness.errors if REFUSED_STREAM not in error]


def _play_both(home: Home, more_info: Witness, card: Witness) -> None:
    dashboard = home.show_both(NAME)
    open_camera(more_info.view.page, dashboard)
    play_card(card.view.page, dashboard)
    watch(more_info, card, seconds=SECONDS, until=lambda: more_info.is_live() and card.is_live())


def test_the_end_of_a_session_is_reported_and_the_card_recovers(
    home: Home, server: Server, more_info: Witness, card: Witness
) -> None:
    _play_both(home, more_info, card)

    server.end_sessions()
    watch(more_info, card, seconds=SECONDS, at_least=TOLD_WITHIN, until=card.is_live)

    assert more_info.first("The stream ended") < TOLD_WITHIN
    assert card.first("Reconnecting…") < TOLD_WITHIN
    assert card.live_since < KEY_FRAME


def test_a_network_that_breaks_off_is_reported_and_the_card_comes_back(
    home: Home, server: Server, more_info: Witness, card: Witness
) -> None:
    _play_both(home, more_info, card)

    server.cut_sessions()
    watch(more_info, card, seconds=SECONDS, at_least=MISSED + TOLD_WITHIN, until=card.is_live)

    assert MISSED / 2 < more_info.first("The stream ended") < MISSED + TOLD_WITHIN
    assert card.first("Reconnecting…") < MISSED + TOLD_WITHIN
    assert card.live_since < MISSED + TOLD_WITHIN + KEY_FRAME


def test_a_killed_video_server_is_named_and_the_card_comes_back_with_it(
    home: Home, server: Server, more_info: Witness, card: Witness
) -> None:
    _play_both(home, more_info, card)

    server.do(server.simulator.kill_video())
    try:
        _be_without_video(more_info, card)
    finally:
        server.do(server.simulator.start_video())
    watch(more_info, card, seconds=SECONDS, at_least=TOLD_WITHIN, until=card.is_live)

    assert card.live_since < START


def test_a_server_that_is_gone_is_named_and_the_card_comes_back_with_it(
    home: Home, server: Server, more_info: Witness, card: Witness
) -> None:
    _play_both(home, more_info, card)

    server.do(server.simulator.kill())
    try:
        _be_without_video(more_info, card)
    finally:
        server.do(server.simulator.start())
    watch(more_info, card, seconds=SECONDS, at_least=TOLD_WITHIN, until=card.is_live)

    assert card.live_since < START


def _be_without_video(more_info: Witness, card: Witness) -> None:
    watch(more_info, card, seconds=SECONDS, at_least=DOWN, until=lambda: True)
    assert more_info.first("Failed to connect to the video server") < TOLD_WITHIN
    assert card.first("Reconnecting…") < TOLD_WITHIN


def test_a_restart_is_reported_and_the_card_recovers_after_it(
    home: Home, more_info: Witness, card: Witness
) -> None:
    _play_both(home, more_info, card)

    with ThreadPoolExecutor(max_workers=1) as pool:
        # It lasts until the server is at rest.
        pressing = pool.submit(home.press, home.entities(NAME)["button.restart_stream"])
        watch(more_info, card, seconds=SECONDS, at_least=TOLD_WITHIN, until=card.is_live)
        pressing.result()

    assert more_info.first("The stream ended") < TOLD_WITHIN
    assert card.live_since < SETTLED + START


def test_a_stalled_camera_is_reported_and_the_card_resumes_with_it(
    home: Home, server: Server, more_info: Witness, card: Witness
) -> None:
    _play_both(home, more_info, card)
    offers = server.offers

    server.simulator.world.cameras[CAMERA].trouble = Trouble(stalled_since=wall_clock())
    watch(more_info, card, seconds=SECONDS, at_least=STALL, until=card.is_live)

    assert more_info.first("The camera isn't sending video") < TOLD_WITHIN
    assert card.first("The video froze") < TOLD_WITHIN
    assert card.live_since < STALL + TOLD_WITHIN
    assert server.offers == offers


def test_a_refusal_by_google_is_reported_and_not_retried(
    home: Home, server: Server, more_info: Witness, card: Witness
) -> None:
    dashboard = home.show_both(NAME)
    camera = server.simulator.world.cameras[CAMERA]
    camera.trouble = Trouble(refused=True)
    server.simulator.google_calls.clear()
    try:
        for witness, begin in ((more_info, open_camera), (card, play_card)):
            begin(witness.view.page, dashboard)
            words = "Google refuses it"
            watch(witness, seconds=SECONDS, at_least=REFUSED_WITHIN, until=witness.says(words))
            assert witness.first(words) < REFUSED_WITHIN
        assert len(server.simulator.google_calls) <= 4
    finally:
        camera.trouble = Trouble()


def test_a_second_viewer_sees_the_camera_with_the_next_key_frame(
    home: Home, more_info: Witness, card: Witness
) -> None:
    dashboard = home.show_both(NAME)
    open_camera(more_info.view.page, dashboard)
    watch(more_info, seconds=SECONDS, until=more_info.is_live)

    play_card(card.view.page, dashboard)
    watch(more_info, card, seconds=SECONDS, until=card.is_live)

    assert card.live_since < KEY_FRAME
    assert more_info.live_since < KEY_FRAME / 2


def test_browsers_that_udp_does_not_reach_play_over_hls(
    home: Home, more_info: Witness, card: Witness
) -> None:
    dashboard = home.show_both(NAME)
    for witness, begin in ((more_info, open_camera), (card, play_card)):
        witness.view.page.add_init_script(CUT)
        begin(witness.view.page, dashboard)
        watch(witness, seconds=SECONDS, until=witness.is_live)
        assert witness.live_since < START + UNCONNECTED

    video = card.view.locator("nestmtx-live-video")
    video.evaluate("video => video.style.setProperty('--fit', 'contain')")
    expect(video.locator("ha-hls-player video")).to_have_css("object-fit", "contain")
