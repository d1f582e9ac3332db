"""What is drawn of a camera of which there is no picture."""

import io
from itertools import combinations

from PIL import Image, ImageChops
import pytest

from custom_components.nestmtx.client import Camera, CameraStatus
from custom_components.nestmtx.placeholders import Placeholder, draw_placeholder, placeholder_for


def _image(placeholder: Placeholder) -> Image.Image:
    return Image.open(io.BytesIO(draw_placeholder(placeholder)), formats=["JPEG"])


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
def test_a_placeholder_is_drawn_once(placeholder: Placeholder) -> None:
    assert draw_placeholder(placeholder) is draw_placeholder(placeholder)


@pytest.mark.parametrize(("one", "other"), combinations(Placeholder, 2))
def test_placeholders_can_be_told_apart(one: Placeholder, other: Placeholder) -> None:
    differences = ImageChops.difference(_image(one), _image(other)).convert("L")

    assert sum(differences.histogram()[64:]) > 1000
