"""Rules of Home Assistant's quality scale that can be checked automatically.

Of a custom integration, hassfest does not read quality_scale.yaml.
"""

from importlib import import_module
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import yaml

from custom_components.nestmtx.const import DOMAIN, PLATFORMS

PRIMARY = {
    ("binary_sensor", "watched"),
    ("button", "take_picture"),
    ("camera", "camera"),
    ("event", "activity"),
    ("image", "last_picture"),
    ("sensor", "awake_today"),
    ("sensor", "cameras_streaming"),
    ("sensor", "viewers"),
}
"""Primary entities; all others are for configuration or diagnostics."""


def test_every_rule_is_done_or_exempt_with_a_reason() -> None:
    file = Path(__file__).parents[1] / "custom_components" / DOMAIN / "quality_scale.yaml"
    rules = yaml.safe_load(file.read_text())["rules"]
    exempt = {name: each for name, each in rules.items() if each != "done"}

    assert all(each["status"] in {"done", "exempt"} and each["comment"] for each in exempt.values())
    # According to the documentation of Home Assistant 2026.10.
    assert len(rules) == 54


@pytest.fixture
async def entities(
    hass: HomeAssistant, all_enabled: None, loaded_entry: MockConfigEntry
) -> list[er.RegistryEntry]:
    """All entities of an entry."""
    return er.async_entries_for_config_entry(er.async_get(hass), loaded_entry.entry_id)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_platform_says_how_many_updates_run_at_a_time(platform: str) -> None:
    module = import_module(f"custom_components.{DOMAIN}.{platform}")

    assert isinstance(module.PARALLEL_UPDATES, int)


async def test_every_platform_has_entities(entities: list[er.RegistryEntry]) -> None:
    assert {entity.domain for entity in entities} == set(PLATFORMS)


async def test_every_entity_has_an_id_of_its_own(
    entities: list[er.RegistryEntry],
) -> None:
    unique_ids = {entity.unique_id for entity in entities}

    assert len(unique_ids) == len({(entity.domain, entity.unique_id) for entity in entities})


async def test_every_entity_is_named_by_a_translation_after_its_device(
    entities: list[er.RegistryEntry],
) -> None:
    assert all(
        each.has_entity_name and each.translation_key and each.device_id for each in entities
    )
    # A camera has the name of its device.
    assert {entity.domain for entity in entities if not entity.original_name} == {"camera"}


async def test_every_entity_for_configuration_or_diagnostics_has_a_category(
    entities: list[er.RegistryEntry],
) -> None:
    assert {
        (entity.domain, entity.translation_key)
        for entity in entities
        if entity.entity_category is None
    } == PRIMARY
