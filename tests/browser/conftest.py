"""What the tests in a browser share: a browser, its page, and Home Assistants to be started."""

from collections.abc import Callable, Generator
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser, Page, Route, ViewportSize, sync_playwright
import pytest

from scripts.development.browser import launch
from tests.simulator import Simulator, Times, recorded

from .home import Home, running_home
from .server import Server, running_server

FRONTEND = Path(__file__).parents[2] / "custom_components" / "nestmtx" / "frontend"
FRONTEND_ORIGIN = "http://frontend.test"
SIZE: ViewportSize = {"width": 1280, "height": 1000}

type StartHome = Callable[..., Home]

_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Have fixtures know of a failure."""
    report = yield
    item.stash[_FAILED] = item.stash.get(_FAILED, False) or report.failed
    return report


@pytest.fixture
def browser() -> Generator[Browser]:
    """The system's browser, which no other test can have brought down."""
    with sync_playwright() as playwright, launch(playwright) as browser:
        yield browser


@pytest.fixture
def start_home(tmp_path: Path) -> Generator[StartHome]:
    """Start a Home Assistant whose cameras nobody watches, and take 20 seconds to start."""
    with ExitStack() as homes:

        def start(**options: object) -> Home:
            defaults = {"scenario": "recorded", "cold_start": 20}
            return homes.enter_context(running_home(tmp_path / "home", **defaults | options))

        yield start


@pytest.fixture(scope="module")
def server() -> Generator[Server]:
    """A server whose cameras start fast, and whose world can be changed."""
    times = Times(process_start=1.0, rtsp_start=1.0)
    with running_server(Simulator(recorded(), times=times)) as server:
        yield server


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, server: Server) -> Generator[Home]:
    """A Home Assistant that has that server."""
    folder = tmp_path_factory.mktemp("browser") / "home"
    with running_home(folder, scenario="empty") as home:
        home.use_server(server.simulator.port)
        yield home


@pytest.fixture
def page(browser: Browser, tmp_path: Path, request: pytest.FixtureRequest) -> Generator[Page]:
    """A new visitor's page; what it shows is kept when the test fails."""
    with browser.new_page(viewport=SIZE) as page:
        yield page
        if request.node.stash.get(_FAILED, False):
            path = tmp_path / "failure.png"
            page.screenshot(path=path)
            request.node.add_report_section("teardown", "page", f"The page: {path}")


@pytest.fixture(scope="module")
def frontend() -> Generator[Page]:
    """A page that has the frontend's modules, and nothing else."""
    with sync_playwright() as playwright, launch(playwright) as browser:
        page = browser.new_page()
        page.route(f"{FRONTEND_ORIGIN}/**", _serve)
        page.goto(f"{FRONTEND_ORIGIN}/")
        yield page


def _serve(route: Route) -> None:
    name = route.request.url.removeprefix(f"{FRONTEND_ORIGIN}/")
    if name.endswith(".js"):
        route.fulfill(content_type="text/javascript", body=(FRONTEND / name).read_text())
    else:
        route.fulfill(content_type="text/html", body="")
