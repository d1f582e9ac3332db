"""A wall of cameras, in a page that has nothing else: what it shows, and what it leaves alone."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect
import pytest

CARD = "nestmtx-camera-card"
SHOW = """
async ([home, options]) => {
    const { CameraWall } = await import("/camera-wall.js");
    if (!customElements.get("test-wall")) {
        customElements.define("test-wall", CameraWall);
        customElements.define("nestmtx-camera-card", class extends HTMLElement {
            setConfig(config) {
                this.config = config;
                this.textContent = config.entity;
                this.style.display = "block";
            }
            disconnectedCallback() { this.dataset.moved = "true"; }
        });
    }
    document.body.innerHTML = "<test-wall></test-wall>";
    document.body.style.margin = "0";
    const wall = document.querySelector("test-wall");
    const words = (key, values = {}) =>
        [key.split(".config_panel.")[1], ...Object.values(values)].join(" ");
    window.flows = [];
    window.show = home => {
        wall.hass = {
            connected: true,
            language: "en",
            config: { time_zone: "UTC" },
            locale: window.locale ??= { language: "en", time_format: "24", time_zone: "server" },
            loadBackendTranslation: async () => words,
            connection: { subscribeMessage: async (callback, message) => {
                window.flows.push(message.type);
                callback(home.flows ?? []);
                return async () => window.flows.push("ended");
            } },
            ...home,
        };
    };
    wall.setConfig({ type: "custom:test-wall", ...options });
    window.show(home);
    await new Promise(resolve => setTimeout(resolve));
}
"""
COLUMNS = """
() => {
    const cards = [...document.querySelector("test-wall").shadowRoot.querySelectorAll(
        "section:first-child nestmtx-camera-card")];
    const top = cards[0].getBoundingClientRect().top;
    return cards.filter(card => card.getBoundingClientRect().top === top).length;
}
"""
SINCE = "2026-11-29T14:06:00+00:00"
AUTHORIZE = "wall.credential_action"

type Home = dict[str, Any]
type Show = Callable[..., None]


def _camera(
    name: str, area: str | None = None, state: str = "idle", status: str = "dead"
) -> dict[str, Any]:
    return {"name": name, "area": area, "state": state, "status": status}


def _home(*cameras: dict[str, Any], admin: bool = True) -> Home:
    """Return a house with a server, a credential and some cameras, as `hass` describes it."""
    entities: dict[str, Any] = {}
    states: dict[str, Any] = {}
    devices: dict[str, Any] = {
        "server": {"name": "NestMTX", "area_id": None, "config_entries": ["entry"]},
        "credential": {"name": "Home account", "area_id": None},
    }

    def add(device: str, entity_id: str, key: str, state: str, **attributes: Any) -> None:
        entities[entity_id] = {
            "entity_id": entity_id,
            "device_id": device,
            "platform": "nestmtx",
            "translation_key": key,
        }
        states[entity_id] = {"state": state, "last_changed": SINCE, "attributes": attributes}

    add("server", "binary_sensor.connection", "connection", "on")
    add("server", "sensor.health", "health", "healthy")
    add("credential", "sensor.authorization", "authorization", "authenticated")
    for camera in cameras:
        name = camera["name"]
        devices[name] = {"name": name, "area_id": camera["area"]}
        add(name, f"camera.{name}", "camera", camera["state"])
        add(name, f"sensor.{name}", "status", camera["status"])
    areas = {
        area: {"area_id": area, "name": area.title(), "icon": None}
        for area in sorted({camera["area"] for camera in cameras} - {None})
    }
    return {
        "entities": entities,
        "states": states,
        "devices": devices,
        "areas": areas,
        "user": {"is_admin": admin},
    }


def _reauth(entry: str) -> dict[str, Any]:
    """Return a flow in progress, as Home Assistant lists it."""
    context = {"source": "reauth", "entry_id": entry}
    return {"type": None, "flow_id": "1", "flow": {"handler": "nestmtx", "context": context}}


def _with_state(home: Home, entity_id: str, state: str) -> Home:
    former = home["states"][entity_id]
    return home | {"states": home["states"] | {entity_id: former | {"state": state}}}


def _away(home: Home) -> Home:
    return _with_state(
        _with_state(home, "binary_sensor.connection", "off"), "sensor.health", "unavailable"
    )


@pytest.fixture
def show(frontend: Page) -> Show:
    """Show a wall of a house."""

    def show(home: Home, **options: Any) -> None:
        frontend.evaluate(SHOW, [home, options])

    return show


def test_areas_with_two_or_more_cameras_have_a_heading_and_the_others_come_first(
    frontend: Page, show: Show
) -> None:
    show(_home(_camera("a", "garden"), _camera("b", "hall"), _camera("c", "garden"), _camera("d")))

    headings = frontend.get_by_role("heading")
    expect(headings).to_have_text(["Garden"])
    expect(frontend.locator(CARD)).to_have_text(["camera.b", "camera.d", "camera.a", "camera.c"])


def test_unused_cameras_are_folded_and_loaded_when_they_are_unfolded(
    frontend: Page, show: Show
) -> None:
    show(
        _home(
            _camera("a"),
            _camera("b", status="disabled"),
            _camera("c", status="unconfigured"),
        )
    )

    expect(frontend.locator(CARD)).to_have_text(["camera.a"])
    frontend.get_by_text("wall.unused 2").click()

    expect(frontend.locator(CARD)).to_have_text(["camera.a", "camera.b", "camera.c"])


def test_chips_count_the_cameras(frontend: Page, show: Show) -> None:
    show(
        _home(
            _camera("a", state="streaming", status="running"),
            _camera("b"),
            _camera("c"),
            _camera("d", status="starting"),
            _camera("e", status="not_available"),
            _camera("f", state="unavailable"),
            _camera("g", status="disabled"),
        )
    )

    expect(frontend.get_by_role("listitem")).to_have_text(
        ["wall.live 1", "wall.waking 1", "wall.asleep 2", "wall.problem 1", "wall.offline 1"]
    )


def test_a_number_that_changes_leaves_its_chip_in_place(frontend: Page, show: Show) -> None:
    home = _home(_camera("a", state="streaming"), _camera("b"), _camera("c"))
    show(home)
    chip = frontend.get_by_role("listitem").first.element_handle()

    home = _with_state(home, "camera.b", "streaming")
    frontend.evaluate("home => window.show(home)", home)

    expect(frontend.get_by_role("listitem")).to_have_text(["wall.live 2", "wall.asleep 1"])
    assert chip.evaluate("chip => chip.isConnected && chip.textContent") == "wall.live 2"


def test_a_banner_is_announced_and_the_numbers_are_not(frontend: Page, show: Show) -> None:
    show(_away(_home(_camera("a", state="unavailable"), _camera("b"))))

    live = "element => element.closest('[aria-live]').ariaLive"
    assert frontend.locator(".banner").evaluate(live) == "polite"
    assert frontend.get_by_role("listitem").first.evaluate(live) == "off"


@pytest.mark.parametrize(
    ("attributes", "chip"),
    [
        ({"start_problem": "camera_unauthorized"}, "wall.problem 1"),
        ({"requested": True}, "wall.waking 1"),
        ({"start_problem": None}, "wall.asleep 1"),
    ],
)
def test_a_camera_without_sensors_is_known_by_its_attributes(
    frontend: Page, show: Show, attributes: dict[str, Any], chip: str
) -> None:
    home = _home(_camera("a"))
    del home["entities"]["sensor.a"]
    home["states"]["camera.a"]["attributes"] = attributes

    show(home)

    expect(frontend.get_by_role("listitem")).to_have_text([chip])


def test_an_offline_server_is_shown_with_the_time(frontend: Page, show: Show) -> None:
    show(_away(_home(_camera("a", state="unavailable"))))
    banner = frontend.locator(".banner")

    expect(banner).to_contain_text("wall.away NestMTX")
    expect(banner).to_contain_text("14:06")
    expect(banner.get_by_role("link")).to_have_attribute(
        "href", "/config/integrations/integration/nestmtx"
    )


def test_unused_cameras_stay_folded_while_the_server_is_offline(frontend: Page, show: Show) -> None:
    show(_home(_camera("a"), _camera("b", status="disabled")))

    away = _home(*(_camera(name, state="unavailable", status="unavailable") for name in "ab"))
    frontend.evaluate("home => window.show(home)", _away(away))

    expect(frontend.get_by_role("listitem")).to_have_text(["wall.offline 1"])
    expect(frontend.locator(CARD)).to_have_text(["camera.a"])


def test_a_hiccup_of_the_connection_is_not_worth_a_banner(frontend: Page, show: Show) -> None:
    show(_with_state(_home(_camera("a")), "binary_sensor.connection", "off"))

    expect(frontend.locator(CARD)).to_have_count(1)
    expect(frontend.locator(".banner")).to_have_count(0)


def test_a_server_that_needs_a_password_asks_administrators_to_sign_in(
    frontend: Page, show: Show
) -> None:
    show(_away(_home(_camera("a"))) | {"flows": [_reauth("entry")]})

    expect(frontend.locator(".banner")).to_contain_text("wall.sign_in NestMTX")

    # It looks for that only while it matters.
    frontend.evaluate("home => window.show(home)", _home(_camera("a")))
    frontend.wait_for_function("window.flows.length === 2")
    assert frontend.evaluate("window.flows") == ["config_entries/flow/subscribe", "ended"]
    expect(frontend.locator(".banner")).to_have_count(0)


def test_of_two_offline_servers_the_one_that_needs_a_password_is_named(
    frontend: Page, show: Show
) -> None:
    home = _away(_home(_camera("a"))) | {"flows": [_reauth("tower")]}
    home["devices"]["tower"] = {"name": "Tower", "area_id": None, "config_entries": ["tower"]}
    connection = "binary_sensor.tower"
    home["entities"][connection] = home["entities"]["binary_sensor.connection"] | {
        "entity_id": connection,
        "device_id": "tower",
    }
    home["states"][connection] = home["states"]["binary_sensor.connection"]
    show(home)
    expect(frontend.locator(".banner")).to_contain_text("wall.sign_in Tower")

    frontend.evaluate("home => window.show(home)", _with_state(home, connection, "on"))

    expect(frontend.locator(".banner")).to_contain_text("wall.away NestMTX")


def test_a_credential_that_has_ended_leads_to_repairs(frontend: Page, show: Show) -> None:
    show(_with_state(_home(_camera("a")), "sensor.authorization", "unauthenticated"))
    banner = frontend.locator(".banner")

    expect(banner).to_contain_text("wall.credential Home account")
    expect(banner.get_by_role("link")).to_have_attribute("href", "/config/repairs")


@pytest.mark.parametrize("trouble", ["away", "credential", "no_server", "no_cameras"])
def test_a_guest_gets_no_links(frontend: Page, show: Show, trouble: str) -> None:
    home = _home(_camera("a"), admin=False)
    home = {
        "away": _away(home),
        "credential": _with_state(home, "sensor.authorization", "unauthenticated"),
        "no_server": _home(admin=False) | {"entities": {}},
        "no_cameras": _home(admin=False),
    }[trouble]

    show(home)

    expect(frontend.get_by_text("wall.").first).to_be_visible()
    expect(frontend.get_by_role("link")).to_have_count(0)
    assert frontend.evaluate("window.flows") == []


def test_a_chip_of_a_problem_leads_to_the_status(frontend: Page, show: Show) -> None:
    show(_home(_camera("a"), _camera("b", status="stopped")))
    frontend.evaluate(
        "addEventListener('hass-more-info', event => { document.title = event.detail.entityId; })"
    )

    frontend.get_by_role("button", name="wall.problem").click()

    expect(frontend).to_have_title("sensor.b")


def test_a_new_name_and_a_new_camera_leave_the_cards_where_they_are(
    frontend: Page, show: Show
) -> None:
    show(_home(_camera("b", "hall"), _camera("c"), _camera("d", "hall")))
    cards = frontend.locator(CARD)
    former = cards.element_handles()

    renamed = _home(_camera("b", "hall"), _camera("c"), _camera("d", "hall"))
    renamed["devices"]["b"]["name_by_user"] = "z"
    frontend.evaluate("home => window.show(home)", renamed)
    more = _home(_camera("a"), _camera("b", "hall"), _camera("c"), _camera("d", "hall"))
    frontend.evaluate("home => window.show(home)", more)

    expect(cards).to_have_text(["camera.a", "camera.c", "camera.b", "camera.d"])
    assert all(card.evaluate("card => card.isConnected && !card.dataset.moved") for card in former)


def test_a_state_that_changes_nothing_shown_changes_no_element(frontend: Page, show: Show) -> None:
    home = _home(_camera("a"), _camera("b"))
    show(home)
    frontend.evaluate(
        """() => {
            window.mutations = 0;
            new MutationObserver(list => { window.mutations += list.length; }).observe(
                document.querySelector("test-wall").shadowRoot,
                { subtree: true, childList: true, attributes: true, characterData: true },
            );
        }"""
    )

    home["states"]["sensor.viewers"] = {"state": "1", "attributes": {}}
    frontend.evaluate("home => window.show(home)", home)
    assert frontend.evaluate("Promise.resolve().then(() => window.mutations)") == 0

    home = _with_state(home, "camera.a", "streaming")
    frontend.evaluate("home => window.show(home)", home)
    expect(frontend.get_by_role("listitem")).to_have_text(["wall.live 1", "wall.asleep 1"])


def test_the_options_choose_order_and_hide(frontend: Page, show: Show) -> None:
    home = _home(
        _camera("a", "hall"), _camera("b", "hall"), _camera("c", "attic"), _camera("d", "garden")
    )

    show(home, areas=["hall", "garden"], order=["camera.b"], hidden=["camera.d"], compact=True)

    cards = frontend.locator(CARD)
    expect(cards).to_have_text(["camera.b", "camera.a"])
    assert cards.first.evaluate("card => card.config.compact") is True


@pytest.mark.parametrize(
    ("width", "count", "compact", "columns"),
    [
        (390, 3, False, 1),
        (390, 20, False, 2),
        (390, 3, True, 2),
        (820, 20, False, 3),
        (1184, 20, False, 4),
        (1664, 20, False, 5),
        (1664, 1, False, 1),
        (1664, 2, False, 2),
    ],
)
def test_as_many_stand_beside_one_another_as_there_is_room_for(
    frontend: Page, show: Show, width: int, count: int, compact: bool, columns: int
) -> None:
    frontend.set_viewport_size({"width": width, "height": 800})

    show(_home(*(_camera(f"c{number}") for number in range(count))), compact=compact)

    assert frontend.evaluate(COLUMNS) == columns
