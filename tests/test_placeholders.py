"""Placeholders for cameras without a picture."""

import io
from itertools import combinations
import json
from pathlib import Path

from homeassistant.components.camera import async_get_image
from homeassistant.core import HomeAssistant
from PIL import Image, ImageChops
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.nestmtx.client import Camera, CameraStatus
from custom_components.nestmtx.placeholders import (
    FOLDER,
    Placeholder,
    draw_placeholder,
    placeholder_for,
    writable,
)
from scripts.placeholders.__main__ import write

FRONT = "camera.front_yard_front_yard_cam"
WORDS = {
    path.stem: json.loads(path.read_text())["config_panel"]["picture"]
    for path in (FOLDER.parent / "translations").glob("*.json")
}


def _image(placeholder: Placeholder, state: str = "", name: str = "") -> Image.Image:
    return Image.open(io.BytesIO(draw_placeholder(placeholder, state, name)), formats=["JPEG"])


def _written(state: str, name: str) -> tuple[bool, bool]:
    """Return which of the two lines have text."""
    words = _image(Placeholder.ASLEEP, state, name)
    differences = ImageChops.difference(_image(Placeholder.ASLEEP), words).convert("L")
    lines = (differences.crop((0, top, 1280, top + 70)) for top in (490, 566))
    first, second = (sum(line.histogram()[64:]) > 100 for line in lines)
    return first, second


@pytest.mark.parametrize(
    ("camera", "authorized", "expected"),
    [
        (Camera(1), True, Placeholder.UNCONFIGURED),
        (Camera(1, is_enabled=True), False, Placeholder.UNCONFIGURED),
        (Camera(1, path="front"), True, Placeholder.DISABLED),
        (Camera(1, path="front"), False, Placeholder.DISABLED),
        (Camera(1, path="front", ready=True), True, Placeholder.DISABLED),
        (Camera(1, path="front", is_enabled=True), False, Placeholder.UNAUTHORIZED),
        (Camera(1, path="front", is_enabled=True, ready=True), False, Placeholder.UNAUTHORIZED),
        (Camera(1, path="front", is_enabled=True), True, Placeholder.ASLEEP),
        (
            Camera(1, path="front", is_enabled=True, status=CameraStatus.DEAD),
            True,
            Placeholder.ASLEEP,
        ),
        (
            Camera(1, path="front", is_enabled=True, status=CameraStatus.STOPPED),
            True,
            Placeholder.PROBLEM,
        ),
        (
            Camera(1, path="front", is_enabled=True, requested=True, status="unavailable"),
            True,
            Placeholder.PROBLEM,
        ),
        (
            Camera(1, path="front", is_enabled=True, ready=True, extension_failed=True),
            True,
            Placeholder.PROBLEM,
        ),
        (Camera(1, path="front", is_enabled=True, requested=True), True, Placeholder.STARTING),
        (
            Camera(1, path="front", is_enabled=True, requested=True, ready=True),
            True,
            Placeholder.LIVE,
        ),
    ],
)
def test_a_placeholder_says_why_there_is_no_picture(
    camera: Camera, authorized: bool, expected: Placeholder
) -> None:
    assert placeholder_for(camera, authorized=authorized) is expected


@pytest.mark.parametrize("placeholder", Placeholder)
def test_a_placeholder_is_as_large_as_a_camera_s_picture(placeholder: Placeholder) -> None:
    image = _image(placeholder)
    image.load()

    assert image.size == (1280, 720)


def test_a_placeholder_is_drawn_once() -> None:
    first = draw_placeholder(Placeholder.ASLEEP, "Asleep", "Front Door")

    assert draw_placeholder(Placeholder.ASLEEP, "Asleep", "Front Door") is first


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Front Door", "Front Door"),
        ("Küche Süd: Fenster ☂", "Küche Süd: Fenster"),
        ("Δρόμος", "Δρόμος"),
        ("Вход", "Вход"),
        ("כניסה", "כניסה"),
        ("كاميرا المدخل", "كاميرا المدخل"),
        ("👨\u200d👩\u200d👧 Nursery", "Nursery"),
        ("玄関", ""),
        ("玄関 Door", ""),
        ("", ""),
    ],
)
def test_a_name_with_missing_letters_is_not_written(name: str, written: str) -> None:
    assert writable(name) == written
    assert _written("Asleep", name) == (True, bool(written))


def test_a_long_name_stays_within_the_picture() -> None:
    words = _image(Placeholder.ASLEEP, "Asleep", "Camera " * 40)

    differences = ImageChops.difference(_image(Placeholder.ASLEEP), words).convert("L")
    box = differences.point(lambda value: 255 * (value > 64)).getbbox()
    assert box is not None
    assert box[0] > 0
    assert box[2] < 1280


@pytest.mark.parametrize("language", sorted(WORDS))
def test_each_language_has_words_for_each_state_that_can_be_written(language: str) -> None:
    words = WORDS[language]

    assert set(words) == {placeholder.name.lower() for placeholder in Placeholder}
    assert all(writable(word) == word for word in words.values())


async def test_the_words_are_in_the_language_of_home_assistant(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    name = hass.states.get(FRONT).name
    for language, word in (("en", "Asleep"), ("de", "Schläft"), ("pl", "Asleep")):
        hass.config.language = language

        image = await async_get_image(hass, FRONT)

        assert image.content == draw_placeholder(Placeholder.ASLEEP, word, name)


@pytest.mark.parametrize(("one", "other"), combinations(Placeholder, 2))
def test_placeholders_differ_visibly(one: Placeholder, other: Placeholder) -> None:
    differences = ImageChops.difference(_image(one), _image(other)).convert("L")

    assert sum(differences.histogram()[64:]) > 1000


def test_every_placeholder_has_its_file_and_no_file_is_left_over() -> None:
    files = list(FOLDER.iterdir())

    assert {file.name for file in files} == {placeholder.value for placeholder in Placeholder}
    assert all(file.stat().st_size < 40_000 for file in files)


@pytest.mark.parametrize("placeholder", Placeholder)
def test_the_file_of_a_placeholder_is_what_the_script_writes(
    placeholder: Placeholder, tmp_path: Path
) -> None:
    path = tmp_path / placeholder.value
    write(placeholder, path)
    with Image.open(path) as written:
        there = Image.open(FOLDER / placeholder.value)
        difference = ImageChops.difference(there, written).convert("L")

    # Other library versions round differently.
    assert difference.getextrema()[1] < 16
