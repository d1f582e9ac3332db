"""brand/*.png: the images that Home Assistant shows, and their sizes."""

from pathlib import PurePosixPath
import re

from .repository import Finding, Findings, Repository

ICON = "brand/icon.png"
IMAGE = re.compile(r"(dark_)?(?P<kind>icon|logo)(?P<double>@2x)?\.png")
# A PNG begins with its signature, the length of its first chunk, and that chunk's name.
BEGINNING = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
END = b"\x00\x00\x00\x00IEND\xaeB\x60\x82"


def _size(image: bytes) -> tuple[int, int] | None:
    if not image.startswith(BEGINNING) or not image.endswith(END):
        return None
    sides = image[len(BEGINNING) :]
    return int.from_bytes(sides[:4]), int.from_bytes(sides[4:8])


def _problem(name: str, image: bytes) -> str | None:
    known = IMAGE.fullmatch(name)
    if known is None:
        return "is no image that Home Assistant asks for"
    size = _size(image)
    if size is None:
        return "is no PNG, or not all of one"
    side = 512 if known["double"] else 256
    if known["kind"] == "icon":
        return None if size == (side, side) else f"is not {side} by {side} pixels"
    if not side // 2 <= min(size) <= side:
        return f"has a shorter side of less than {side // 2} or more than {side} pixels"
    return None


def check(repository: Repository) -> Findings:
    """Check the images."""
    yield from repository.missing(ICON)
    folder = repository.path("brand/")
    for path, content in repository.files.items():
        if not path.startswith(folder):
            continue
        problem = _problem(PurePosixPath(path).name, content)
        if problem:
            yield Finding(path, problem)
