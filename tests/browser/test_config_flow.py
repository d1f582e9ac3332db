"""A server is added by hand, from the page of integrations to its cameras."""

from playwright.sync_api import Page, expect

from scripts.development import entry
from scripts.development.api import Api
from scripts.development.browser import log_in

from .conftest import StartHome
from .visitor import no_errors

CAMERA = "Front Door"


async def _remove_entry(api: Api) -> None:
    await entry.remove(api, await entry.find(api))


def test_a_server_is_added_by_hand(start_home: StartHome, page: Page) -> None:
    home = start_home()
    home.do(_remove_entry)
    with no_errors(page):
        log_in(page, f"{home.url}/config/integrations/dashboard")
        page.get_by_role("button", name="Add integration").first.click()
        page.get_by_placeholder("Search for a brand name").fill("nestmtx")
        page.get_by_text("NestMTX", exact=True).click()
        page.get_by_role("textbox", name="Host").fill(home.simulator_url)
        page.get_by_role("textbox", name="Username").fill("nestmtx")
        password = page.get_by_role("textbox", name="Password")
        password.fill("wrong")
        submit = page.get_by_role("button", name="Submit")

        submit.click()
        expect(page.get_by_text("Invalid authentication")).to_be_visible()

        password.fill("nestmtx")
        submit.click()
        page.get_by_role("button", name="Finish").click()
        expect(page.get_by_role("dialog")).to_be_hidden()
    assert home.state(home.entities(CAMERA)["binary_sensor.watched"]) == "off"
