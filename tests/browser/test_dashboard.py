"""The dashboard that the integration makes, and the repair that it leads to."""

from collections.abc import Generator
import re
from typing import Literal

from playwright.sync_api import Browser, Locator, Page, Route, ViewportSize, expect
import pytest

from scripts.development.browser import log_in
from scripts.development.options import DASHBOARD
from tests.simulator.google import consent_page
from tests.simulator.scenario import recorded

from .home import GUEST, Home, running_home
from .visitor import no_errors

CARD = "nestmtx-camera-card"
CAMERA = "Front Door"
ASLEEP = "Driveway Battery"
PLAYING = "nestmtx-live-video:not([data-phase=idle])"
IDLE = "nestmtx-live-video[data-phase=idle]"
STATES = "document.querySelector('home-assistant').hass.states"
RIGHT_ENDS = "tiles => tiles.map(tile => tile.getBoundingClientRect().right)"
GOOGLE = "https://accounts.google.com/**"
OWN = "own-dashboard"
PHONE: ViewportSize = {"width": 390, "height": 844}
WAKING = 30_000
SECONDS = 90.0


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Generator[Home]:
    """A Home Assistant for all of these: what one of them changes does not matter to another."""
    folder = tmp_path_factory.mktemp("browser") / "home"
    with running_home(folder, scenario="recorded", cold_start=2) as home:
        yield home


@pytest.fixture
def visit(page: Page, home: Home) -> Generator[Page]:
    """The dashboard, opened; no error may be told in the browser's console."""
    with no_errors(page):
        log_in(page, f"{home.url}/{DASHBOARD}/cameras")
        page.locator(CARD).first.wait_for()
        yield page


def _card(page: Page, camera: str) -> Locator:
    return page.locator(CARD).filter(has_text=camera)


def test_each_camera_has_a_card(visit: Page) -> None:
    used = [each for each in recorded().cameras.values() if each.path and each.enabled]
    expect(visit.locator(CARD)).to_have_count(len(used))
    visit.get_by_text("Not in use").click()
    expect(visit.locator(CARD)).to_have_count(len(recorded().cameras))


def test_cards_have_the_corners_of_the_theme(visit: Page) -> None:
    # A panel view takes them away.
    card = visit.locator(CARD).first.locator("ha-card")

    expect(card).not_to_have_css("border-radius", "0px")


@pytest.mark.parametrize("view", ["cameras", "server"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_cut_off_on_a_phone(
    browser: Browser, home: Home, view: str, scheme: Literal["light", "dark"]
) -> None:
    with browser.new_page(viewport=PHONE, color_scheme=scheme) as page, no_errors(page):
        log_in(page, f"{home.url}/{DASHBOARD}/{view}")
        shown = page.locator(CARD if view == "cameras" else "hui-tile-card")
        shown.first.wait_for()

        width = page.evaluate("document.scrollingElement.scrollWidth")
        ends = shown.evaluate_all(RIGHT_ENDS)

        assert width <= PHONE["width"]
        assert max(ends) <= PHONE["width"]


def test_the_server_has_a_view_of_its_own(visit: Page, home: Home) -> None:
    visit.goto(f"{home.url}/{DASHBOARD}/server")

    for text in ("Connected", "Healthy", "Synchronize cameras", "Home account"):
        expect(visit.locator("hui-view")).to_contain_text(text)
    link = visit.get_by_role("link", name="the server's device page").first
    expect(link).to_have_attribute("href", re.compile("^/config/devices/device/"))


def test_a_job_is_run_by_a_tap_and_says_when_it_is_done(visit: Page, home: Home) -> None:
    visit.goto(f"{home.url}/{DASHBOARD}/server")

    visit.get_by_role("button", name="Run Synchronize cameras").click()

    expect(visit.get_by_role("button", name="Synchronize cameras is done")).to_be_visible()
    expect(visit.get_by_role("button", name="Run Synchronize cameras")).to_be_visible()


def test_a_new_name_does_not_end_a_live_view(visit: Page, home: Home) -> None:
    card = _card(visit, ASLEEP)
    card.get_by_role("button", name=f"Watch {ASLEEP} live").click()
    expect(card.locator(PLAYING)).to_be_attached()
    element = card.element_handle()

    home.rename(ASLEEP, "Zebra")
    expect(_card(visit, "Zebra")).to_be_attached()

    try:
        expect(_card(visit, "Zebra").locator(PLAYING)).to_be_attached()
        assert element is not None
        assert element.evaluate("card => card.isConnected")
    finally:
        home.rename("Zebra", None)


def test_a_guest_sees_the_cameras_and_nothing_that_is_for_administrators(
    page: Page, home: Home
) -> None:
    home.add_guest()
    with no_errors(page):
        log_in(page, f"{home.url}/{DASHBOARD}/cameras", GUEST)
        page.locator(CARD).first.wait_for()

        banner = page.get_by_text("Google access for Cabin account has expired")
        expect(banner).to_be_visible()
        expect(page.locator("hui-view").get_by_role("link")).to_have_count(0)
        expect(page.get_by_role("tab")).to_have_count(0)


def test_the_dashboard_has_options(visit: Page, home: Home) -> None:
    visit.get_by_role("button", name="Edit dashboard").click()
    dialog = visit.locator("dialog-dashboard-strategy-editor")
    expect(dialog).to_contain_text("Cameras to hide")
    dialog.locator("ha-switch").first.click()
    dialog.get_by_role("button", name="Save").click()

    expect(visit.locator("nestmtx-camera-wall[compact]")).to_be_attached()
    assert home.dashboard(DASHBOARD) == {"strategy": {"type": "custom:nestmtx", "compact": True}}


def test_a_credential_that_needs_attention_is_authorized_at_google(visit: Page, home: Home) -> None:
    visit.context.route(GOOGLE, _answer_as_google)
    visit.context.route("https://127.0.0.1:*/credentials/authorize*", _answer_nothing)
    expect(visit.get_by_text("Google access for Cabin account has expired")).to_be_visible()

    visit.get_by_role("link", name="Authorize").click()
    visit.get_by_text("NestMTX credential Cabin account needs authorization").click()
    submit = visit.get_by_role("button", name="Submit")
    submit.click()
    with visit.context.expect_page() as opened:
        visit.get_by_role("link", name="Google sign-in page").click()
    with opened.value.expect_request("**/credentials/authorize*") as callback:
        opened.value.get_by_role("link", name="Allow").click()
    visit.get_by_role("textbox", name="URL from the address bar").fill(callback.value.url)
    submit.click()

    expect(visit.get_by_text("The issue is repaired!")).to_be_visible()
    assert home.state(home.entities("Cabin account")["sensor.authorization"]) == "authenticated"
    visit.goto(f"{home.url}/{DASHBOARD}/cameras")
    visit.locator(CARD).first.wait_for()
    expect(visit.get_by_text("Google access")).not_to_be_visible()


def test_a_dashboard_says_that_the_integration_is_gone_until_it_is_back(
    page: Page, home: Home
) -> None:
    log_in(page, f"{home.url}/{DASHBOARD}")
    page.locator(CARD).first.wait_for()

    with home.removed():
        page.reload()
        expect(page.get_by_text("NestMTX was removed from Home Assistant")).to_be_visible()

    page.reload()
    page.locator(CARD).first.wait_for()


def _answer_as_google(route: Route) -> None:
    route.fulfill(content_type="text/html", body=consent_page(route.request.url))


def _answer_nothing(route: Route) -> None:
    """Most who do this do not serve NestMTX over HTTPS: the page does not load."""
    route.abort()
