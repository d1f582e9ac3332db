"""Placeholders for cameras without a picture: a drawing with the camera's state and name.

As pictures are the same for all users, they suit light and dark themes, and their text is in Home
Assistant's language.
"""

from enum import Enum
from functools import cache, lru_cache
import io
from pathlib import Path
from typing import Final
from unicodedata import bidirectional as _bidirectional, category as _category

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
from PIL import Image, ImageDraw, ImageFont, features

from .client import Camera, CameraStatus
from .const import DOMAIN

FOLDER: Final = Path(__file__).parent / "images"
FONT: Final = Path(__file__).parent / "fonts" / "names.ttf"

_WORDS: Final = f"component.{DOMAIN}.config_panel.picture"
_WHITE: Final = (255, 255, 255)
_PALE: Final = (206, 214, 226)
_WIDEST: Final = 1120
"""Pixels of the widest line, of 1280, as the picture may be cropped a little."""
_SMALLEST: Final = 28
_CACHED: Final = 64
_SYMBOLS: Final = frozenset({"So", "Sk", "Cf", "Cs", "Co", "Cn", "Mn"})
"""Unicode categories that a name can go without: emojis, and characters that join them."""
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})
_MISSING: Final = "\uffff"
_SAMPLE: Final = 16


class Placeholder(Enum):
    """The reasons for a missing picture, with their files, drawn by scripts/render-placeholders."""

    UNAVAILABLE = "unavailable.jpg"
    """The camera is unavailable."""
    UNCONFIGURED = "unconfigured.jpg"
    DISABLED = "disabled.jpg"
    UNAUTHORIZED = "unauthorized.jpg"
    """The server has no access to Google."""
    PROBLEM = "problem.jpg"
    STARTING = "starting.jpg"
    LIVE = "live.jpg"
    """The camera streams, but has no picture yet."""
    ASLEEP = "asleep.jpg"


def placeholder_for(camera: Camera, *, authorized: bool) -> Placeholder:
    """Return the reason why an available camera has no picture."""
    reasons = (
        (camera.path is None, Placeholder.UNCONFIGURED),
        (not camera.is_enabled, Placeholder.DISABLED),
        (not authorized, Placeholder.UNAUTHORIZED),
        (
            camera.extension_failed
            or camera.status in {CameraStatus.STOPPED, CameraStatus.UNAVAILABLE},
            Placeholder.PROBLEM,
        ),
        (camera.ready, Placeholder.LIVE),
        (camera.requested, Placeholder.STARTING),
    )
    return next((kind for applies, kind in reasons if applies), Placeholder.ASLEEP)


async def async_placeholder(hass: HomeAssistant, placeholder: Placeholder, name: str) -> bytes:
    """Return the drawing as JPEG, with the camera's translated state and name."""
    words = await async_get_translations(hass, hass.config.language, "config_panel", {DOMAIN})
    state = words.get(f"{_WORDS}.{placeholder.name.lower()}", "")
    return await hass.async_add_executor_job(draw_placeholder, placeholder, state, name)


@lru_cache(maxsize=_CACHED)
def draw_placeholder(placeholder: Placeholder, state: str, name: str) -> bytes:
    """Return the drawing with two lines of text, as JPEG. Blocks."""
    with Image.open(FOLDER / placeholder.value, formats=["JPEG"]) as image:
        canvas = ImageDraw.Draw(image)
        _write(canvas, 524, 60, state, _WHITE)
        _write(canvas, 600, 40, name, _PALE)
        jpeg = io.BytesIO()
        image.save(jpeg, "JPEG", quality=85)
    return jpeg.getvalue()


def _write(
    canvas: ImageDraw.ImageDraw, y: int, size: int, text: str, colour: tuple[int, int, int]
) -> None:
    """Write a centred line: smaller if it is long, truncated if it is still too long."""
    if not (written := writable(text)):
        return
    font = _font(size)
    if (length := font.getlength(written)) > _WIDEST:
        font = _font(max(_SMALLEST, int(size * _WIDEST / length)))
    while font.getlength(written) > _WIDEST:
        written = f"{written[:-2].rstrip()}…"
    canvas.text((640, y), written, colour, font, anchor="mm")


def writable(text: str) -> str:
    """Return the text without emojis, or an empty text if the font lacks one of its letters.

    A line with gaps is worse than none, as the name is also shown beside the picture.
    """
    kept = "".join(each for each in text if _has(each) or _category(each) not in _SYMBOLS)
    plain = " ".join(kept.split())
    return plain if all(_has(each) for each in plain) else ""


@cache
def _has(character: str) -> bool:
    """Return whether the font has a character and can shape its script."""
    if _bidirectional(character) in _RIGHT_TO_LEFT and not features.check("raqm"):
        return False
    font = _font(_SAMPLE)
    return character == " " or bytes(font.getmask(character)) != bytes(font.getmask(_MISSING))


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size)
