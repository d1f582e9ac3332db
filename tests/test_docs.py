"""The README and the pages in `docs`: examples work unchanged, and links are valid."""

import json
from pathlib import Path
import re
from typing import Any
from urllib.parse import unquote

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.generated.languages import NATIVE_ENTITY_IDS
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.script import Script
from homeassistant.setup import async_setup_component
from homeassistant.util import slugify
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service
import yaml

from custom_components.nestmtx.const import DOMAIN
from tests.conftest import ROOT
from tests.simulator import Simulator

PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)?(#[^)\s]+)?\)")


def _examples(page: str) -> list[Any]:
    """Return the YAML of a page."""
    blocks = re.findall(r"```yaml\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)
    return [yaml.safe_load(block) for block in blocks]


def _anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub gives the headings of a page."""
    headings = HEADING.findall(page.read_text())
    return {
        "#" + re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings
    }


def _example(page: str, action: str, text: str = "") -> Any:
    """Return the first example of a page that calls an action and contains a text."""
    return next(
        each
        for each in _examples(page)
        if f"action: {action}" in (dumped := yaml.safe_dump(each)) and text in dumped
    )


async def _run(hass: HomeAssistant, example: Any) -> list[ServiceCall]:
    """Run an example as a script, and return what was notified."""
    notified = async_mock_service(hass, "notify", "notify")
    sequence = cv.SCRIPT_SCHEMA(example.get("sequence", [example]))
    await Script(hass, sequence, "Example", "test").async_run()
    return notified


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_to_a_page_and_a_heading(page: Path) -> None:
    for path, anchor in LINK.findall(page.read_text()):
        target = page.parent / unquote(path) if path else page
        assert target.exists(), path
        if anchor:
            assert anchor in _anchors(target), f"{path}{anchor}"


def test_every_page_is_linked_from_the_readme() -> None:
    linked = {path for path, _ in LINK.findall((ROOT / "README.md").read_text())}

    assert {f"docs/{page.name}" for page in PAGES if page.parent.name == "docs"} <= linked


async def test_the_automations_of_the_readme_work_in_a_fresh_installation(
    hass: HomeAssistant, entry: MockConfigEntry, simulator: Simulator
) -> None:
    hass.config_entries.async_update_entry(entry, title="NestMTX")
    assert await hass.config_entries.async_setup(entry.entry_id)
    automations = _examples("README.md")
    assert await async_setup_component(hass, "automation", {"automation": automations})
    await hass.async_block_till_done()
    assert [state.state for state in hass.states.async_all("automation")] == ["on"] * 2

    watched = automations[0]["triggers"][0]["target"]["entity_id"]
    turned_off = async_mock_service(hass, "switch", "turn_off")
    await _run(hass, {"sequence": automations[1]["actions"]})

    assert hass.states.get(watched) is not None
    persistent = {each for each in hass.states.async_entity_ids("switch") if "persistent" in each}
    assert set(turned_off[0].data["entity_id"]) == persistent != set()

    # Turning the automations off ends their timers.
    entity_id = hass.states.async_entity_ids("automation")
    await hass.services.async_call(
        "automation", "turn_off", {"entity_id": entity_id}, blocking=True
    )


def test_the_readme_turns_off_only_persistent_in_every_language() -> None:
    [pattern] = re.findall(r'"search", "([^"]+)"', (ROOT / "README.md").read_text())
    for path in (ROOT / "custom_components" / DOMAIN / "translations").iterdir():
        if path.stem not in NATIVE_ENTITY_IDS:
            continue
        platforms = json.loads(path.read_text())["entity"]
        names = {
            key: slugify(f"Front door {words['name']}")
            for platform in platforms.values()
            for key, words in platform.items()
            if "name" in words
        }

        for number in ("", "_2"):
            chosen = {key for key, name in names.items() if re.search(pattern, name + number)}

            assert chosen == {"persistent"}, path.stem


async def test_the_cameras_that_are_not_streaming_are_listed(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    await simulator.set_ready(1, ready=True)
    await simulator.set_ready(2, ready=True)
    for camera in simulator.world.cameras.values():
        camera.settle()

    [notified] = await _run(hass, _example("docs/actions.md", "nestmtx.list"))

    message = notified.data["message"]
    streaming = {each.name for each in simulator.world.cameras.values() if each.name not in message}
    assert streaming == {"Front Yard Cam", "Driveway Battery"}


async def test_a_user_is_added_and_deleted(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    await _run(hass, _example("docs/actions.md", "nestmtx.create"))

    user = simulator.world.user_named("kitchen")
    assert user is not None and user.can_login

    await _run(hass, _example("docs/actions.md", "nestmtx.delete"))

    assert 2 not in simulator.world.users


async def test_the_synchronization_example_works(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    job = next(job for job in simulator.world.cron_jobs if job.name == "SyncCloudCamerasJob")
    before = job.last_end_at

    await _run(hass, _example("docs/actions.md", "nestmtx.update", "cronjobs"))

    assert job.last_end_at != before


async def test_a_process_is_stopped_and_started_again(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    await simulator.open_reader(1)
    former = simulator.world.cameras[1].process.pid

    await _run(hass, _example("docs/actions.md", "nestmtx.update", "htop"))

    assert simulator.world.cameras[1].process.pid != former


@pytest.mark.parametrize(
    "example",
    [each for page in ("docs/actions.md", "docs/clips.md") for each in _examples(page)],
    ids=lambda each: next(iter(each.values())) if isinstance(each, dict) else "",
)
async def test_every_example_of_an_action_is_a_valid_script(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, example: Any
) -> None:
    sequence = cv.SCRIPT_SCHEMA(example.get("sequence", example.get("actions", [example])))

    for step in sequence:
        domain, _, name = step["action"].partition(".")
        assert domain != DOMAIN or hass.services.has_service(domain, name)
