"""The snapshot action: a new picture, stored, with its age."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from homeassistant.components.camera import async_get_image
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.util import dt as dt_util
from PIL import Image
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.nestmtx.const import DOMAIN
from tests.conftest import Until
from tests.pictures import taken_at
from tests.simulator import Simulator, Times
from tests.simulator.picture import HEIGHT, WIDTH

CAMERA = "driveway_driveway_battery"
DRIVEWAY = f"camera.{CAMERA}"
CAMERA_ID = 2
LAST_PICTURE = f"image.{CAMERA}_last_snapshot"


@pytest.fixture
def times() -> Times:
    """Streams end when the last reader leaves, and are authorized for the real time."""
    return replace(Times.fast(), close_after=0.2)


@pytest.fixture
def folder(hass: HomeAssistant, tmp_path: Path) -> Path:
    """A folder where writing is allowed."""
    folder = tmp_path / "allowed"
    folder.mkdir()
    hass.config.allowlist_external_dirs = {str(folder)}
    return folder


def _files(folder: Path) -> list[Path]:
    return [*folder.iterdir()]


async def _snapshot(hass: HomeAssistant, entity_id: str = DRIVEWAY, **data: Any) -> dict[str, Any]:
    response = await hass.services.async_call(
        DOMAIN,
        "snapshot",
        data,
        blocking=True,
        target={"entity_id": entity_id},
        return_response=True,
    )
    return response[entity_id]


async def test_a_sleeping_camera_is_woken_for_a_picture_of_now_and_sleeps_again(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    folder: Path,
) -> None:
    asked_at, filename = dt_util.utcnow(), folder / "pictures" / "driveway.jpg"

    answer = await _snapshot(hass, filename=str(filename))

    taken, now = datetime.fromisoformat(answer["taken_at"]), dt_util.utcnow()
    assert asked_at <= taken <= now
    assert answer["filename"] == str(filename)
    assert 0 <= answer["age"] <= (now - taken).total_seconds() + 0.1
    image = Image.open(filename)
    assert (image.format, image.size) == ("JPEG", (WIDTH, HEIGHT))
    await until(lambda: simulator.world.cameras[CAMERA_ID].process is None)


async def test_without_a_file_the_last_picture_is_new_and_nothing_is_written(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, folder: Path
) -> None:
    answer = await _snapshot(hass)

    assert answer["filename"] is None
    assert hass.states.get(LAST_PICTURE).state == answer["taken_at"]
    assert taken_at(hass, DRIVEWAY).isoformat() == answer["taken_at"]
    assert _files(folder) == []


async def test_a_picture_from_before_the_action_does_not_count(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, until: Until
) -> None:
    await simulator.open_reader(CAMERA_ID)
    await until(lambda: taken_at(hass, DRIVEWAY) is not None)

    for _ in range(2):
        asked_at = dt_util.utcnow()
        answer = await _snapshot(hass)
        assert datetime.fromisoformat(answer["taken_at"]) >= asked_at


async def test_the_filename_may_be_a_template(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, folder: Path
) -> None:
    answer = await _snapshot(hass, filename=f"{folder}/{{{{ 20 + 6 }}}}.jpg")

    assert answer["filename"] == f"{folder}/26.jpg"
    assert (folder / "26.jpg").exists()


async def test_the_picture_is_stored_as_the_user_has_turned_the_camera(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, folder: Path
) -> None:
    await hass.data["camera_prefs"].async_update(DRIVEWAY, orientation=6)

    await _snapshot(hass, filename=f"{folder}/turned.jpg")

    assert Image.open(folder / "turned.jpg").size == (HEIGHT, WIDTH)


async def test_a_file_elsewhere_is_refused_before_the_camera_is_woken(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, simulator: Simulator, folder: Path
) -> None:
    with pytest.raises(ServiceValidationError, match="access to this path is not allowed"):
        await _snapshot(hass, filename=f"{folder}/../elsewhere.jpg")

    assert simulator.world.cameras[CAMERA_ID].process is None
    assert simulator.google_calls == []


async def test_a_file_that_cannot_be_written_is_an_error_and_the_picture_stays(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, folder: Path
) -> None:
    with pytest.raises(HomeAssistantError, match="Is a directory"):
        await _snapshot(hass, filename=str(folder))

    assert taken_at(hass, DRIVEWAY) is not None


async def test_a_camera_that_cannot_start_says_why(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, folder: Path
) -> None:
    with pytest.raises(HomeAssistantError, match="is disabled on the NestMTX server"):
        await _snapshot(hass, "camera.garage_garage", filename=f"{folder}/garage.jpg")

    assert _files(folder) == []


async def test_cores_snapshot_action_returns_the_last_picture_and_wakes_no_camera(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    simulator: Simulator,
    until: Until,
    folder: Path,
) -> None:
    await _snapshot(hass)
    await until(lambda: simulator.world.cameras[CAMERA_ID].process is None)
    shown, calls = await async_get_image(hass, DRIVEWAY), len(simulator.google_calls)

    await hass.services.async_call(
        "camera",
        "snapshot",
        {"entity_id": DRIVEWAY, "filename": f"{folder}/core.jpg"},
        blocking=True,
    )

    assert (folder / "core.jpg").read_bytes() == shown.content
    assert len(simulator.google_calls) == calls
    assert dt_util.utcnow() - taken_at(hass, DRIVEWAY) < timedelta(minutes=1)
