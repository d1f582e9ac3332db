"""Pictures of a page, and how they are kept: as small as the documentation needs them."""

from collections.abc import Sequence
import io
from pathlib import Path
import sys
from typing import NamedTuple, Self

from PIL import Image, ImageDraw
from playwright.sync_api import Page

from .failure import Failure

# The documentation is read on slow lines, too.
MAX_BYTES = 150_000
QUALITY = 80
FINGER = 18
"""The radius of what stands for a finger, in pixels of the page."""


class Shot(NamedTuple):
    """What a page looked like."""

    image: Image.Image
    milliseconds: int = 0
    """How long it is shown, where there are several."""

    @classmethod
    def of(cls, page: Page, milliseconds: int = 0) -> Self:
        """Take what a page looks like now."""
        return cls(Image.open(io.BytesIO(page.screenshot())).convert("RGB"), milliseconds)

    def touched(self, x: float, y: float, scale: float) -> Self:
        """Return this with a finger at a point of the page."""
        image = self.image.copy()
        draw = ImageDraw.Draw(image, "RGBA")
        centre = (x * scale, y * scale)
        draw.circle(centre, FINGER * scale, (255, 255, 255, 150), (0, 0, 0, 90), 2)
        return self._replace(image=image)


def save(shots: Sequence[Shot], path: Path, max_bytes: int = MAX_BYTES) -> None:
    """Write a picture, which moves where there are several."""
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
