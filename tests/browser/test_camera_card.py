"""A camera's card, as those see it who have one on their wall."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
import re
import time

from playwright.sync_api import Locator, Page, ViewportSize, expect
import pytest

from scripts.development import house
from scripts.development.browser import log_in
from scripts.development.options import Account
from tests.simulator import Simulator, Times, recorded
from tests.simulator.faults import Trouble
from tests.simulator.streams import Picture

from .home import GUEST, Home
from .server import Server, running_server
from .visitor import no_errors

CARD = "nestmtx-camera-card"
ASLEEP = "Driveway Battery"
ASLEEP_ID = 2
OTHER = "Front Yard Cam"
OTHER_ID = 1
DISABLED = "Garage"
NOT_SET_UP = "Living Room"
UNAUTHORIZED = "Cabin Cam 1"
DIALOG = "ha-more-info-dialog"
OWN = "own-dashboard"
WAKING = 40_000
SOON = 15_000
HOLD = 700
PHONE: ViewportSize = {"width": 390, "height": 844}
FOCUSED = """
card => {
    const focused = card.shadowRoot.activeElement;
    return focused && (focused.dataset.button ?? focused.className);
}
"""
PICTURE = """
card => {
    const view = card.shadowRoot.querySelector("nestmtx-live-video").shadowRoot;
    const canvas = view.querySelector("canvas");
    const frame = !canvas.hidden && canvas.width > 0;
    return frame || view.querySelector(".still img")?.naturalWidth > 0;
}
"""
SOURCE = "video => [video.videoWidth, video.muted]"


@pytest.fixture(scope="module")
def server() -> Generator[Server]:
    """A server whose cameras start fast, and are seen soon."""
    times = Times(
        process_start=4.0,
        rtsp_start=4.0,
        key_frame_interval=2,
        misses_first_key_frame=False,
    )
    with running_server(Simulator(recorded(), times=times)) as server:
        yield server


@contextmanager
def _visit(
    page: Page, home: Home, *cameras: str, account: Account | None = None, **options: object
) -> Generator[Locator]:
    """The cards of some cameras; no error may be told in the browser's console."""
    with no_errors(page):
        url = home.show_cards(*cameras, **options)
        log_in(page, url, *([account] if account else []))
        cards = page.locator(CARD)
        expect(cards).to_have_count(len(cameras))
        expect(cards.last.locator(".chip.state")).to_be_attached()
        yield cards


@pytest.fixture
def card(page: Page, home: Home) -> Generator[Locator]:
    """The card of a camera that is asleep, and of which there is a picture."""
    home.press(home.entities(ASLEEP)["button.take_picture"])
    with _visit(page, home, ASLEEP) as card:
        expect(_chip(card)).to_have_text("Asleep · now", timeout=WAKING)
        yield card


def _wait_until(reached: Callable[[], object]) -> None:
    end = time.monotonic() + SOON / 1000
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.1)


def _chip(card: Locator) -> Locator:
    return card.locator(".chip.state")


def _status(card: Locator) -> Locator:
    return card.locator(".status .text")


def _state(card: Locator, state: str) -> Locator:
    return card.locator(f".chip[data-state={state}]")


def _surface(card: Locator) -> Locator:
    return card.locator(".surface")


def _play_until_live(card: Locator) -> None:
    _surface(card).click()
    expect(_state(card, "live")).to_be_attached(timeout=WAKING)


def _menu(card: Locator, item: str) -> Locator:
    card.get_by_role("button", name="More options").click()
    return card.get_by_role("menu").get_by_text(item)


# While it wakes


def test_the_last_picture_stays_while_it_wakes_with_its_age_the_phase_and_cancel(
    card: Locator,
) -> None:
    expect(card.locator(".play")).to_be_visible()

    _surface(card).click()

    expect(_chip(card)).to_have_text(re.compile(r"^Waking \d+ s$"))
    expect(_status(card)).to_have_text(f"Starting {ASLEEP}…")
    expect(card.locator(".status .detail")).to_have_text("Last snapshot: now")
    expect(card.locator(".ring")).to_be_visible()
    expect(card.locator(".view.dimmed")).to_be_attached()
    expect(card.locator(".play")).to_be_hidden()
    assert card.evaluate(PICTURE)

    card.get_by_role("button", name="Cancel").click()

    expect(card.locator(".play")).to_be_visible()
    expect(card.locator(".view.dimmed")).not_to_be_attached()
    assert card.evaluate(PICTURE)
    assert card.evaluate(FOCUSED) == "surface"


def test_a_connecting_picture_is_never_shown_as_live(card: Locator, server: Server) -> None:
    camera = server.simulator.world.cameras[ASLEEP_ID]
    camera.trouble = Trouble(connecting=12)
    seen: list[tuple[Picture | None, str | None]] = []
    try:
        _surface(card).click()
        while not seen or seen[-1][1] != "live":
            card.page.wait_for_timeout(250)
            # In this order: what is live was the camera's picture before.
            state = _chip(card).get_attribute("data-state")
            seen.append((server.simulator.picture(ASLEEP_ID), state))
            assert len(seen) < WAKING / 250
    finally:
        camera.trouble = Trouble()

    assert Picture.CONNECTING in {picture for picture, _ in seen}
    assert {picture for picture, state in seen if state == "live"} == {Picture.VIDEO}


def test_stop_returns_to_the_last_frame(card: Locator) -> None:
    _play_until_live(card)
    expect(_chip(card)).to_have_text("LIVE")

    card.get_by_role("button", name="Stop").click()

    expect(card.locator(".play")).to_be_visible()
    assert card.evaluate(PICTURE)


def test_viewers_are_counted_while_there_are_any(card: Locator) -> None:
    viewers = card.locator(".chip.viewers")
    expect(viewers).to_be_hidden()

    _play_until_live(card)

    expect(viewers).to_have_accessible_name("Viewers: 1", timeout=SOON)
    card.get_by_role("button", name="Stop").click()
    expect(viewers).to_be_hidden(timeout=SOON)


# Controls


def test_controls_unmute_enlarge_and_save_a_live_view(card: Locator) -> None:
    _play_until_live(card)
    video = card.locator("nestmtx-live-video video")

    card.get_by_role("button", name="Unmute").click()
    assert video.evaluate(SOURCE)[1] is False
    card.get_by_role("button", name="Mute").click()
    assert video.evaluate(SOURCE)[1] is True

    with card.page.expect_download() as download:
        card.get_by_role("button", name="Download snapshot").click()
    assert re.fullmatch(rf"{ASLEEP} [-\d]+ [.\d]+\.jpg", download.value.suggested_filename)

    card.get_by_role("button", name="Full screen").click()
    expect(video).to_have_css("object-fit", "contain")
    card.get_by_role("button", name="Exit full screen").click()
    expect(card.get_by_role("button", name="Full screen", exact=True)).to_be_attached()
    expect(video).to_have_css("object-fit", "cover")


def test_the_picture_keeps_the_focus_of_a_button_that_disappears(card: Locator) -> None:
    _play_until_live(card)

    card.get_by_role("button", name="Stop").press("Enter")

    expect(_state(card, "asleep")).to_be_attached(timeout=WAKING)
    assert card.evaluate(FOCUSED) == "surface"


def test_a_second_click_closes_the_menu(card: Locator) -> None:
    options = card.get_by_role("button", name="More options")

    options.click()
    expect(options).to_have_attribute("aria-expanded", "true")
    options.click()

    expect(options).to_have_attribute("aria-expanded", "false")


def test_the_picture_of_another_camera_is_not_kept(card: Locator, home: Home) -> None:
    assert card.evaluate(PICTURE)

    config = {"type": f"custom:{CARD}", "entity": home.entities(DISABLED)["camera.camera"]}
    card.evaluate("(card, config) => card.setConfig(config)", config)

    expect(_chip(card)).to_have_text("Disabled")
    assert not card.evaluate(PICTURE)


def test_another_camera_is_not_woken_by_the_choice_for_the_former_one(
    card: Locator, home: Home, server: Server
) -> None:
    _play_until_live(card)

    config = {"type": f"custom:{CARD}", "entity": home.entities(OTHER)["camera.camera"]}
    card.evaluate("(card, config) => card.setConfig(config)", config)

    expect(_state(card, "asleep")).to_be_attached()
    time.sleep(2)
    assert server.simulator.world.cameras[OTHER_ID].process is None


def test_the_menu_makes_it_persistent_with_a_word_about_batteries(
    card: Locator, home: Home
) -> None:
    switch = home.entities(ASLEEP)["switch.persistent"]
    item = _menu(card, "Persistent")
    expect(item).to_contain_text("drains battery cameras")

    item.click()

    # It streams anyway: nothing is kept awake by being shown.
    expect(_state(card, "live")).to_be_attached(timeout=WAKING)
    assert home.state(switch) == "on"
    entry = _menu(card, "Persistent").locator("xpath=ancestor::button")
    expect(entry).to_have_attribute("aria-checked", "true")
    entry.click()
    expect(_state(card, "asleep")).to_be_attached(timeout=2 * WAKING)


def test_taking_a_picture_shows_that_it_works_and_when_it_is_done(card: Locator) -> None:
    _menu(card, "Take snapshot").click()

    expect(card.locator(".notice")).to_contain_text("Taking snapshot…")
    expect(card.locator(".notice")).to_contain_text("Snapshot taken", timeout=WAKING)
    expect(card.locator(".notice")).to_be_hidden(timeout=SOON)


def test_the_menu_leads_to_the_device_page(card: Locator) -> None:
    _menu(card, "Device page").click()

    card.page.wait_for_url("**/config/devices/device/*")


# Errors


def test_a_disabled_camera_is_enabled_by_one_action(page: Page, home: Home) -> None:
    with _visit(page, home, DISABLED) as card:
        expect(_chip(card)).to_have_text("Disabled")
        expect(_status(card)).to_have_text("Disabled on the NestMTX server.")
        expect(card.locator(".play")).to_be_hidden()

        card.get_by_role("button", name="Enable").click()

        expect(_chip(card)).to_have_text("Asleep", timeout=SOON)
        expect(card.locator(".play")).to_be_visible()
    home.call("switch/turn_off", home.entities(DISABLED)["switch.enabled"])


@pytest.mark.parametrize(
    ("camera", "chip", "action", "page_of_action"),
    [
        (UNAUTHORIZED, "Needs sign-in", "Authorize", "**/config/repairs*"),
        (NOT_SET_UP, "Not set up", "Set up", "**/config/devices/device/*"),
    ],
)
def test_what_cannot_play_says_so_and_leads_to_what_helps(
    page: Page, home: Home, camera: str, chip: str, action: str, page_of_action: str
) -> None:
    with _visit(page, home, camera) as card:
        expect(_chip(card)).to_have_text(chip)
        expect(card.locator(".play")).to_be_hidden()

        card.get_by_role("button", name=action).click()

        page.wait_for_url(page_of_action)


def test_a_guest_gets_no_links_but_can_watch(page: Page, home: Home) -> None:
    home.add_guest()
    with _visit(page, home, ASLEEP, UNAUTHORIZED, NOT_SET_UP, account=GUEST) as cards:
        for card in cards.all()[1:]:
            expect(_status(card)).not_to_be_empty()
            expect(card.locator(".pill")).to_be_hidden()
        sleeping = cards.first
        expect(_menu(sleeping, "Device page")).to_have_count(0)
        page.keyboard.press("Escape")

        _play_until_live(sleeping)

        page.keyboard.press("Escape")


# Taps and keys


def test_a_second_tap_shows_more_information(card: Locator) -> None:
    _surface(card).click()
    expect(_state(card, "waking")).to_be_attached()

    _surface(card).click(position={"x": 20, "y": 100})

    expect(card.page.locator(DIALOG).get_by_text(ASLEEP).first).to_be_visible()


def test_a_hold_shows_more_information_and_wakes_nothing(card: Locator) -> None:
    _surface(card).click(delay=HOLD)

    expect(card.page.locator(DIALOG).get_by_text(ASLEEP).first).to_be_visible()
    assert _state(card, "waking").count() == 0


def test_what_a_tap_and_a_hold_do_is_configured(page: Page, home: Home) -> None:
    hold = {"action": "navigate", "navigation_path": "/profile"}
    with _visit(page, home, ASLEEP, tap_action="none", hold_action=hold) as card:
        _surface(card).click()
        page.wait_for_timeout(1000)
        assert _state(card, "waking").count() == 0

        _surface(card).click(delay=HOLD)

        page.wait_for_url("**/profile**")


def test_the_keyboard_stops_once_at_a_card_and_then_at_its_controls_in_order(
    card: Locator,
) -> None:
    _surface(card).focus()
    card.page.keyboard.press("Enter")
    expect(_state(card, "live")).to_be_attached(timeout=WAKING)
    stops = []
    for _ in range(6):
        stops.append(card.evaluate(FOCUSED))
        card.page.keyboard.press("Tab")

    assert stops == ["surface", "mute", "snapshot", "full_screen", "stop", "menu"]
    assert card.evaluate(FOCUSED) is None

    _surface(card).focus()
    card.page.keyboard.press("Escape")

    expect(card.locator(".play")).to_be_visible()


def test_screen_readers_get_names_and_the_state(card: Locator) -> None:
    expect(_surface(card)).to_have_accessible_name(f"Watch {ASLEEP} live")
    expect(_surface(card)).to_have_accessible_description("Asleep · now")
    expect(card.locator("[data-button=menu]")).to_have_accessible_name("More options")
    expect(card.get_by_role("group", name=ASLEEP)).to_be_attached()


def test_reduced_motion_turns_animations_off(card: Locator) -> None:
    card.page.emulate_media(reduced_motion="reduce")
    _surface(card).click()
    expect(card.locator(".ring")).to_be_visible()

    assert card.locator(".ring svg").evaluate("ring => getComputedStyle(ring).animationName") == (
        "none"
    )
    card.page.keyboard.press("Escape")


# Calm


def test_reconnecting_shows_the_last_frame_dimmed(card: Locator, server: Server) -> None:
    _play_until_live(card)

    server.end_sessions()

    expect(_status(card)).to_have_text("Reconnecting…", timeout=WAKING)
    expect(card.locator(".view.dimmed")).to_be_attached()
    assert card.evaluate(PICTURE)
    expect(_state(card, "live")).to_be_attached(timeout=WAKING)
    expect(card.locator(".view.dimmed")).not_to_be_attached()


def test_a_camera_that_streams_without_viewers_is_marked(card: Locator, server: Server) -> None:
    server.do(server.simulator.set_ready(ASLEEP_ID, True))
    try:
        expect(_chip(card)).to_have_text("Still awake", timeout=SOON)
    finally:
        server.do(server.simulator.set_ready(ASLEEP_ID, False))
    expect(_chip(card)).to_contain_text("Asleep", timeout=SOON)


def test_a_live_view_that_is_forgotten_ends(page: Page, home: Home) -> None:
    page.clock.install()
    with _visit(page, home, ASLEEP) as card:
        _surface(card).click()
        expect(_state(card, "waking")).to_be_attached()

        page.clock.fast_forward("05:01")

        expect(card.locator("nestmtx-live-video[data-phase=idle]")).to_be_attached()


# Options


def test_a_camera_that_is_hidden_on_purpose_works_in_a_card(page: Page, home: Home) -> None:
    entity = home.entities(ASLEEP)[house.CAMERA]
    home.show_card(ASLEEP)
    home.hide(entity, hidden=True)
    try:
        with no_errors(page):
            log_in(page, f"{home.url}/nest-cameras")
            card = page.locator(CARD)
            expect(_surface(card)).to_have_accessible_name(f"Watch {ASLEEP} live")
            expect(card.locator(".name")).to_have_text(ASLEEP)
    finally:
        home.hide(entity, hidden=False)


def test_the_options_change_what_is_shown(page: Page, home: Home) -> None:
    options = {
        "name": "Drive",
        "aspect_ratio": "1:1",
        "fit": "contain",
        "show_state": False,
        "show_controls": False,
    }
    with _visit(page, home, ASLEEP, **options) as card:
        expect(card.locator(".name")).to_have_text("Drive")
        expect(_chip(card)).to_be_hidden()
        expect(card.locator("[data-button=menu]")).to_be_hidden()
        box = card.locator(".view").bounding_box()

        assert box is not None
        assert box["width"] == pytest.approx(box["height"], abs=1)


def test_a_card_is_picked_and_configured_by_hand(page: Page, home: Home) -> None:
    home.add_dashboard(OWN)
    with no_errors(page):
        log_in(page, f"{home.url}/{OWN}/0?edit=1")
        page.get_by_role("button", name="Add card").first.click()
        page.get_by_text("By card", exact=True).click()
        page.get_by_placeholder("Search cards").fill("nestmtx")
        name = page.get_by_text("NestMTX camera", exact=True)
        page.locator(".card").filter(has=name).locator(".overlay").click()
        form = page.locator("hui-form-editor")
        expect(form).to_contain_text("A camera from a NestMTX server.")
        form.get_by_text("Interactions").click()
        form.locator("ha-switch").filter(has_text="Play automatically").click()
        page.get_by_role("button", name="Save").click()
        page.get_by_role("button", name="Done").click()

        expect(page.locator(f"hui-view {CARD} .chip.state")).to_be_visible()
    card = home.dashboard(OWN)["views"][0]["cards"][0]
    assert card["type"] == f"custom:{CARD}"
    assert card["live_when_ready"] is True
    # One that is set up is offered first.
    others = {home.entities(each)[house.CAMERA] for each in (DISABLED, NOT_SET_UP, UNAUTHORIZED)}
    assert card["entity"] not in others


def test_nothing_is_cut_off_on_a_phone(page: Page, home: Home) -> None:
    page.set_viewport_size(PHONE)
    with _visit(page, home, ASLEEP, DISABLED, UNAUTHORIZED) as cards:
        for card in cards.all():
            for part in (".chip.state", ".name"):
                box = card.locator(part).bounding_box()
                whole = card.bounding_box()
                assert box is not None
                assert whole is not None
                assert box["x"] >= whole["x"]
                assert box["x"] + box["width"] <= whole["x"] + whole["width"]
        assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]


def test_a_camera_of_a_server_that_is_away_keeps_its_picture_and_says_so(
    card: Locator, server: Server
) -> None:
    server.simulator.faults.silent = True
    server.simulator.faults.http_status = 503
    server.do(server.simulator.disconnect_all())
    try:
        expect(_chip(card)).to_have_text("Offline", timeout=WAKING)
        expect(_status(card)).to_have_text("This camera can't be reached right now.")
        assert card.evaluate(PICTURE)
        expect(card.locator(".play")).to_be_hidden()
    finally:
        server.simulator.faults.silent = False
        server.simulator.faults.http_status = None

    expect(_chip(card)).to_contain_text("Asleep", timeout=WAKING)
