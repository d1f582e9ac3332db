"""The examples of the README work as they stand there."""

from pathlib import Path
import re
from typing import Any

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.script import Script
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service
import yaml

from tests.simulator import Simulator

README = (Path(__file__).parents[1] / "README.md").read_text()


def _examples(heading: str) -> list[Any]:
    """The YAML of a section."""
    section = README.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)]


ACTIONS = _examples("Actions")
AUTOMATIONS = _examples("Automate")
CARDS = _examples("Dashboards")


async def _run(hass: HomeAssistant, example: Any) -> list[ServiceCall]:
    """Run an example as a script, and return what was notified."""
    notified = async_mock_service(hass, "notify", "notify")
    sequence = cv.SCRIPT_SCHEMA(example.get("sequence", [example]))
    await Script(hass, sequence, "Example", "test").async_run()
    return notified


async def test_there_is_an_example_for_each_use() -> None:
    assert len(ACTIONS) == 4
    assert len(AUTOMATIONS) == 3
    assert len(CARDS) == 3


async def test_every_automation_can_be_set_up(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    assert await async_setup_component(hass, "automation", {"automation": AUTOMATIONS})
    await hass.async_block_till_done()

    assert [state.state for state in hass.states.async_all("automation")] == ["on"] * 3


async def test_the_cameras_that_are_not_streaming_are_told(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    await simulator.set_ready(1, ready=True)
    await simulator.set_ready(2, ready=True)
    for camera in simulator.world.cameras.values():
        camera.settle()

    [notified] = await _run(hass, ACTIONS[0])

    told = notified.data["message"]
    not_told = {each.name for each in simulator.world.cameras.values() if each.name not in told}
    assert not_told == {"Front Yard Cam", "Driveway Battery"}


async def test_a_user_is_added(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    await _run(hass, ACTIONS[1])

    user = simulator.world.user_named("kitchen")
    assert user is not None and user.can_login


async def test_the_synchronization_is_run(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    job = next(job for job in simulator.world.cron_jobs if job.name == "SyncCloudCamerasJob")
    before = job.last_end_at

    await _run(hass, ACTIONS[2])

    assert job.last_end_at != before


async def test_a_process_is_restarted(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator
) -> None:
    await simulator.open_reader(1)
    former = simulator.world.cameras[1].process.pid

    await _run(hass, ACTIONS[3])

    assert simulator.world.cameras[1].process.pid != former


async def test_the_built_in_cards_show_entities_that_cameras_and_credentials_have(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    # Of devices with these names; Home Assistant puts their areas in front.
    named = re.compile(r"entity(?:_id)?: (\w+)\.(?:front_door|home_account)(\w*)")
    shown = set(named.findall(yaml.safe_dump(CARDS)))

    assert len(shown) == 6
    for domain, key in shown:
        assert any(each.endswith(key) for each in hass.states.async_entity_ids(domain))
