"""A sleeping camera is played from Home Assistant's own Google Nest integration."""

from collections.abc import Generator, Iterator
import json
from pathlib import Path

from playwright.sync_api import Page, expect
import pytest

from scripts.development.browser import log_in
from scripts.development.folder import CONFIGURATION, MARKER
from tests.simulator import Simulator, Times, recorded
from tests.simulator.streams import Picture

from .home import Home, running_home
from .live_view import CARD, wait_for_video
from .server import Server, running_server
from .visitor import no_errors

NAME, CAMERA = "Driveway Battery", 2
# Google's answer, as another camera that has no "connecting" picture.
GOOGLES, GOOGLES_PATH = 1, "front"
COMPONENTS = Path(__file__).parent / "google"
SECONDS = 60.0


@pytest.fixture(scope="module")
def server() -> Generator[Server]:
    """A server that is slower than Google."""
    times = Times(process_start=6.0, rtsp_start=1.0, key_frame_interval=2)
    with running_server(Simulator(recorded(), times=times)) as server:
        yield server


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, server: Server) -> Generator[Home]:
    """A Home Assistant that has the camera twice: of the server, and of Google's account."""
    simulator = server.simulator
    folder = tmp_path_factory.mktemp("browser") / "home"
    folder.mkdir()
    (folder / MARKER).touch()
    account = {
        "camera": simulator.world.cameras[CAMERA].uid,
        "whep": f"http://{simulator.host}:{simulator.web_rtc_port}/{GOOGLES_PATH}/whep",
    }
    configuration = f"{CONFIGURATION}\ngoogle_account: {json.dumps(account)}\n"
    (folder / "configuration.yaml").write_text(configuration)
    with running_home(folder, scenario="empty", components=COMPONENTS) as home:
        home.use_server(simulator.port)
        yield home


@pytest.fixture(autouse=True)
def asleep(server: Server) -> Iterator[None]:
    """All cameras sleep before and after."""
    cameras = server.simulator.world.cameras.values()
    yield
    server.wait(lambda: all(camera.process is None for camera in cameras))


def test_a_sleeping_camera_is_played_from_google_nest(
    page: Page, home: Home, server: Server
) -> None:
    dashboard = home.show_card(NAME, fast_start=True)
    with no_errors(page):
        log_in(page, dashboard)
        card = page.locator(CARD)

        card.get_by_role("button", name="Watch").click()
        wait_for_video(card, "nestmtx-live-video", seconds=SECONDS)
        expect(card.locator(".chip.state")).to_have_attribute("data-state", "live")

        assert server.simulator.picture(GOOGLES) is Picture.VIDEO
        assert server.simulator.picture(CAMERA) is None
        card.get_by_role("button", name="Stop").click()


def test_a_camera_that_google_nest_cannot_play_is_played_from_the_server(
    page: Page, home: Home, server: Server
) -> None:
    dashboard = home.show_card(NAME, fast_start=True)
    server.simulator.faults.missing_paths.add(GOOGLES_PATH)
    try:
        log_in(page, dashboard)
        card = page.locator(CARD)

        card.get_by_role("button", name="Watch").click()
        wait_for_video(card, "nestmtx-live-video", seconds=SECONDS)

        assert server.simulator.picture(CAMERA) is Picture.VIDEO
        card.get_by_role("button", name="Stop").click()
    finally:
        server.simulator.faults.missing_paths.clear()


def test_without_the_option_it_is_played_from_the_server(
    page: Page, home: Home, server: Server
) -> None:
    dashboard = home.show_card(NAME)
    with no_errors(page):
        log_in(page, dashboard)
        card = page.locator(CARD)

        card.get_by_role("button", name="Watch").click()
        wait_for_video(card, "nestmtx-live-video", seconds=SECONDS)

        assert server.simulator.picture(CAMERA) is Picture.VIDEO
        assert server.simulator.picture(GOOGLES) is None
        card.get_by_role("button", name="Stop").click()
