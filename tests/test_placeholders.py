"""What is shown of a camera of which there is no picture."""

import io
from itertools import combinations
from pathlib import Path

from PIL import Image, ImageChops
import pytest

from custom_components.nestmtx.client import Camera, CameraStatus
from custom_components.nestmtx.placeholders import (
    FOLDER,
    Placeholder,
    placeholder_for,
    read_placeholder,
)
from scripts.placeholders.__main__ import write


def _image(placeholder: Placeholder) -> Image.Image:
    return Image.open(io.BytesIO(read_placeholder(placeholder)), formats=["JPEG"])


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


@pytest.mark.parametrize("placeholder", Placeholder)
def test_a_placeholder_is_read_once(placeholder: Placeholder) -> None:
    assert read_placeholder(placeholder) is read_placeholder(placeholder)


@pytest.mark.parametrize(("one", "other"), combinations(Placeholder, 2))
def test_placeholders_can_be_told_apart(one: Placeholder, other: Placeholder) -> None:
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
        difference = ImageChops.difference(_image(placeholder), written).convert("L")

    # Other versions of the libraries round differently.
    assert difference.getextrema()[1] < 16
