"""Render the brand's drawings as the images that Home Assistant serves for the integration."""

from collections.abc import Iterator
import io
from itertools import product
from pathlib import Path
import sys
from typing import Literal, NamedTuple

from PIL import Image
from playwright.sync_api import Browser, Error, Page, sync_playwright

from scripts.development.browser import launch
from scripts.development.failure import Failure
from scripts.development.options import ROOT

DRAWINGS = Path(__file__).parent
OUTPUT = ROOT / "custom_components" / "nestmtx" / "brand"

HEIGHT = 256
"""Height of each picture in pixels; those named @2x have twice as many."""
SCHEMES: dict[str, Literal["light", "dark"]] = {"": "light", "dark_": "dark"}
"""The colour schemes of the drawings, by the prefix of their pictures' names."""
SCALES = {"": 1, "@2x": 2}


class Picture(NamedTuple):
    """A file, and how it is rendered from a drawing."""

    name: str
    drawing: str
    scheme: Literal["light", "dark"]
    scale: int


def main() -> int:
    """Render all pictures; return 0, or print the reason and return 1."""
    try:
        with sync_playwright() as playwright, launch(playwright) as browser:
            for picture in pictures():
                save(render(browser, picture), OUTPUT / picture.name)
    except (Failure, Error) as failure:
        print(f"render-brand: {failure}", file=sys.stderr)
        return 1
    return 0


def pictures() -> Iterator[Picture]:
    """Yield the pictures that Home Assistant requests."""
    for drawing, prefix, suffix in product(("icon", "logo"), SCHEMES, SCALES):
        name = f"{prefix}{drawing}{suffix}.png"
        yield Picture(name, f"{drawing}.svg", SCHEMES[prefix], SCALES[suffix])


def render(browser: Browser, picture: Picture) -> Image.Image:
    """Render a picture on a transparent background, in the aspect ratio of its drawing."""
    with browser.new_page(color_scheme=picture.scheme, device_scale_factor=picture.scale) as page:
        page.goto((DRAWINGS / picture.drawing).as_uri())
        page.set_viewport_size({"width": round(HEIGHT * ratio(page)), "height": HEIGHT})
        return Image.open(io.BytesIO(page.screenshot(omit_background=True)))


def ratio(page: Page) -> float:
    """Return the aspect ratio of the drawing on a page."""
    width, height = page.evaluate(
        "(({ width, height }) => [width, height])(document.documentElement.viewBox.baseVal)"
    )
    return float(width / height)


def save(image: Image.Image, path: Path) -> None:
    """Write a picture. Raises Failure for an empty margin, which would make it look smaller."""
    if image.getchannel("A").getbbox() != (0, 0, *image.size):
        raise Failure(f"{path.name} has an empty margin")
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, optimize=True)
    width, height = image.size
    print(f"render-brand: wrote {path} ({width} x {height})", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
