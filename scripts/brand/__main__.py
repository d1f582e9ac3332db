"""Render the brand's drawings, as Home Assistant serves them for the integration."""

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
"""Of each picture in pixels; those named @2x have twice as many."""
SCHEMES: dict[str, Literal["light", "dark"]] = {"": "light", "dark_": "dark"}
"""The themes that the drawings have colours for, by what the names of their pictures begin with."""
SCALES = {"": 1, "@2x": 2}


class Picture(NamedTuple):
    """A file, and how it comes out of a drawing."""

    name: str
    drawing: str
    scheme: Literal["light", "dark"]
    scale: int


def main() -> int:
    """Render all pictures: 0 when they were written, 1 with the reason otherwise."""
    try:
        with sync_playwright() as playwright, launch(playwright) as browser:
            for picture in pictures():
                save(render(browser, picture), OUTPUT / picture.name)
    except (Failure, Error) as failure:
        print(f"render-brand: {failure}", file=sys.stderr)
        return 1
    return 0


def pictures() -> Iterator[Picture]:
    """Name each picture as Home Assistant asks for it."""
    for drawing, prefix, suffix in product(("icon", "logo"), SCHEMES, SCALES):
        name = f"{prefix}{drawing}{suffix}.png"
        yield Picture(name, f"{drawing}.svg", SCHEMES[prefix], SCALES[suffix])


def render(browser: Browser, picture: Picture) -> Image.Image:
    """Draw a picture on a transparent ground, as wide as its drawing is for its height."""
    with browser.new_page(color_scheme=picture.scheme, device_scale_factor=picture.scale) as page:
        page.goto((DRAWINGS / picture.drawing).as_uri())
        page.set_viewport_size({"width": round(HEIGHT * ratio(page)), "height": HEIGHT})
        return Image.open(io.BytesIO(page.screenshot(omit_background=True)))


def ratio(page: Page) -> float:
    """Say how many times as wide as high the drawing is that a page shows."""
    width, height = page.evaluate(
        "(({ width, height }) => [width, height])(document.documentElement.viewBox.baseVal)"
    )
    return float(width / height)


def save(image: Image.Image, path: Path) -> None:
    """Write a picture that reaches all four edges: an empty margin would make it look smaller."""
    if image.getchannel("A").getbbox() != (0, 0, *image.size):
        raise Failure(f"{path.name} has an empty margin")
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, optimize=True)
    width, height = image.size
    print(f"render-brand: wrote {path} ({width} x {height})", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
