"""A server that changes its cameras and rooms all the time cannot fill the registries."""

from collections.abc import Generator
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, entity_registry as er
import pytest

from custom_components.nestmtx.admission import (
    DAY,
    MAX_NEW_AREAS,
    MAX_NEW_OBJECTS,
    Admission,
)
from tests.simulator import World
from tests.simulator.scenario import recorded

from .bench import Bench


@pytest.fixture
def world() -> World:
    """A world with few cameras."""
    return recorded(5)


@pytest.fixture
def few() -> Generator[int]:
    """Allow only a few new cameras a day."""
    with patch("custom_components.nestmtx.admission.MAX_NEW_OBJECTS", 50):
        yield 50


def _cameras(hass: HomeAssistant) -> int:
    """Return the number of cameras known to Home Assistant, including deleted ones."""
    registry = er.async_get(hass)
    known = (*registry.entities.values(), *registry.deleted_entities.values())
    return sum(each.platform == "nestmtx" and each.domain == "camera" for each in known)


async def test_changing_cameras_are_added_up_to_a_limit(
    few: int, bench: Bench, hass: HomeAssistant
) -> None:
    for number in range(3):
        bench.simulator.requests.clear()
        for camera_id in [each for each in bench.world.cameras if each > 5]:
            bench.world.remove_camera(camera_id)
        for index in range(40):
            bench.world.add_camera(name=f"Camera {number}-{index}", uid=f"camera-{number}-{index}")
        await bench.until(
            lambda: sum(each["module"] == "credentials" for each in bench.simulator.requests) > 3
        )

    assert 5 < _cameras(hass) <= 5 + few
    assert "Too many new cameras on the server" in bench._caplog.text


async def test_nothing_is_added_beyond_a_limit_of_deleted_entities(
    bench: Bench, hass: HomeAssistant
) -> None:
    with patch("custom_components.nestmtx.admission.MAX_REMEMBERED", 30):
        for number in range(8):
            for camera_id in [each for each in bench.world.cameras if each > 5]:
                bench.world.remove_camera(camera_id)
            bench.world.add_camera(name=f"Camera {number}", uid=f"camera-{number}")
            await bench.while_resyncing(3)

        # A camera has some 20 entities: two cameras are deleted before the limit is reached.
        assert 5 < _cameras(hass) <= 5 + 3


async def test_changing_rooms_create_areas_up_to_a_limit(bench: Bench, hass: HomeAssistant) -> None:
    before = len(ar.async_get(hass).areas)
    for number in range(25):
        bench.simulator.requests.clear()
        for camera_id in (1, 2, 3):
            bench.world.cameras[camera_id].room = f"Room {number}-{camera_id}"
        await bench.until(
            lambda: any(each["module"] == "credentials" for each in bench.simulator.requests)
        )

    assert len(ar.async_get(hass).areas) - before <= MAX_NEW_AREAS


def test_waiting_cameras_are_added_a_day_later() -> None:
    admission = Admission("cameras")
    admission.admit({"first": 0}, 0.0)
    ids = {str(number): number for number in range(MAX_NEW_OBJECTS + 20)}

    assert len(admission.admit(ids, 1.0)) == MAX_NEW_OBJECTS
    assert len(admission.admit(ids, DAY + 2.0)) == MAX_NEW_OBJECTS + 20


def test_the_first_list_is_added_whole_and_so_are_known_cameras_with_other_ids() -> None:
    admission = Admission("cameras")
    ids = {str(number): number for number in range(600)}

    assert admission.admit(ids, 0.0) == ids
    again = {key: row_id + 600 for key, row_id in ids.items()}
    assert admission.admit(again, 1.0) == again
