"""Screenshots of a page, stored as WebP."""

from collections.abc import Sequence
import io
from pathlib import Path
import sys
from typing import NamedTuple, Self

from PIL import Image, ImageDraw
from playwright.sync_api import Page

from .failure import Failure

# For slow connections.
MAX_BYTES = 150_000
QUALITY = 80
FINGER = 18
"""Radius of the drawn fingertip, in CSS pixels."""


class Shot(NamedTuple):
    """A screenshot."""

    image: Image.Image
    milliseconds: int = 0
    """How long it is shown in an animation."""

    @classmethod
    def of(cls, page: Page, milliseconds: int = 0) -> Self:
        """Take a screenshot of a page."""
        return cls(Image.open(io.BytesIO(page.screenshot())).convert("RGB"), milliseconds)

    def touched(self, x: float, y: float, scale: float) -> Self:
        """Return the screenshot with a fingertip at a point of the page."""
        image = self.image.copy()
        draw = ImageDraw.Draw(image, "RGBA")
        centre = (x * scale, y * scale)
        draw.circle(centre, FINGER * scale, (255, 255, 255, 150), (0, 0, 0, 90), 2)
        return self._replace(image=image)


def save(shots: Sequence[Shot], path: Path, max_bytes: int = MAX_BYTES) -> None:
    """Write one screenshot, or several as an animation. Raises Failure if it is too large."""
    webp = io.BytesIO()
    first, *others = shots
    moving = {
        "save_all": True,
        "append_images": [each.image for each in others],
        "duration": [each.milliseconds for each in shots],
        "loop": 0,
    }
    first.image.save(webp, "WEBP", quality=QUALITY, method=6, **(moving if others else {}))
    if webp.tell() > max_bytes:
        raise Failure(f"{path.name} would have {webp.tell()} bytes, more than {max_bytes}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(webp.getvalue())
    print(f"screenshots: wrote {path} ({webp.tell()} bytes)", file=sys.stderr)
