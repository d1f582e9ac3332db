"""Draw a camera with a sign that shows why it has no picture.

The colours suit light and dark themes. Below the drawing, there is room for two lines of text,
which the integration writes.
"""

from collections.abc import Callable

from PIL import Image, ImageDraw

from custom_components.nestmtx.placeholders import Placeholder

_WIDTH, _HEIGHT = 1280, 720
type Colour = tuple[int, int, int]
_TOP: Colour = (98, 114, 140)
_BOTTOM: Colour = (64, 77, 99)
_BODY: Colour = (238, 242, 247)
_SHADE: Colour = (206, 214, 226)
_LENS: Colour = (52, 62, 82)
_GLASS: Colour = (108, 128, 160)
_BLUE: Colour = (126, 184, 255)
_GREEN: Colour = (126, 217, 154)
_AMBER: Colour = (255, 200, 100)
_RED: Colour = (255, 142, 130)
_GREY: Colour = (176, 186, 200)
_INK: Colour = (40, 49, 66)
_X, _Y, _RADIUS = 748, 358, 70
"""The middle of the sign beside the camera."""
_EYE_X, _EYE_Y = 640, 232
"""The middle of the lens."""


def draw(placeholder: Placeholder) -> Image.Image:
    """Return the drawing."""
    image = _background()
    canvas = ImageDraw.Draw(image)
    _draw_camera(canvas)
    _EYES.get(placeholder, _draw_closed_eye)(canvas)
    _SIGNS[placeholder](canvas)
    return image.resize((_WIDTH, _HEIGHT), Image.Resampling.LANCZOS)


def _background() -> Image.Image:
    column = Image.new("RGB", (1, 2 * _HEIGHT))
    for y in range(2 * _HEIGHT):
        share = y / (2 * _HEIGHT)
        red, green, blue = (
            round(top + (bottom - top) * share) for top, bottom in zip(_TOP, _BOTTOM, strict=True)
        )
        column.putpixel((0, y), (red, green, blue))
    return column.resize((2 * _WIDTH, 2 * _HEIGHT))


def _at(*points: float) -> list[float]:
    """Return the points scaled by two, as the drawing is reduced for smooth edges."""
    return [2 * point for point in points]


def _circle(x: float, y: float, radius: float) -> list[float]:
    return _at(x - radius, y - radius, x + radius, y + radius)


def _draw_camera(draw: ImageDraw.ImageDraw) -> None:
    draw.polygon(_at(614, 350, 666, 350, 676, 420, 604, 420), fill=_SHADE)
    draw.rounded_rectangle(_at(556, 412, 724, 440), 28, fill=_SHADE)
    draw.ellipse(_circle(_EYE_X, _EYE_Y, 150), fill=_BODY)
    draw.ellipse(_circle(_EYE_X, _EYE_Y, 104), fill=_LENS)


def _draw_closed_eye(draw: ImageDraw.ImageDraw) -> None:
    draw.arc(_at(588, 190, 692, 270), 20, 160, fill=_BODY, width=20)


def _draw_blank_eye(draw: ImageDraw.ImageDraw) -> None:
    draw.rounded_rectangle(_at(594, 238, 686, 250), 12, fill=_BODY)


def _draw_open_eye(draw: ImageDraw.ImageDraw) -> None:
    draw.ellipse(_circle(_EYE_X, _EYE_Y, 58), fill=_GLASS)
    draw.ellipse(_circle(_EYE_X, _EYE_Y, 30), fill=_LENS)
    draw.ellipse(_circle(_EYE_X + 34, _EYE_Y - 40, 14), fill=_BODY)


def _draw_disc(draw: ImageDraw.ImageDraw, colour: Colour) -> None:
    draw.ellipse(_circle(_X, _Y, _RADIUS + 10), fill=(80, 94, 118))
    draw.ellipse(_circle(_X, _Y, _RADIUS), fill=colour)


def _line(draw: ImageDraw.ImageDraw, *points: float) -> None:
    """Draw a line with round ends."""
    draw.line(_at(*points), _INK, 24)
    for x, y in (points[:2], points[-2:]):
        draw.ellipse(_circle(x, y, 6), fill=_INK)


def _draw_cross(draw: ImageDraw.ImageDraw) -> None:
    _draw_disc(draw, _RED)
    _line(draw, _X - 26, _Y - 26, _X + 26, _Y + 26)
    _line(draw, _X - 26, _Y + 26, _X + 26, _Y - 26)


def _draw_plus(draw: ImageDraw.ImageDraw) -> None:
    _draw_disc(draw, _BLUE)
    _line(draw, _X - 32, _Y, _X + 32, _Y)
    _line(draw, _X, _Y - 32, _X, _Y + 32)


def _draw_off(draw: ImageDraw.ImageDraw) -> None:
    _draw_disc(draw, _GREY)
    draw.arc(_circle(_X, _Y + 4, 36), -50, 230, fill=_INK, width=24)
    _line(draw, _X, _Y - 38, _X, _Y - 4)


def _draw_key(draw: ImageDraw.ImageDraw) -> None:
    _draw_disc(draw, _AMBER)
    draw.ellipse(_circle(_X - 20, _Y, 20), outline=_INK, width=24)
    _line(draw, _X, _Y, _X + 44, _Y)
    _line(draw, _X + 22, _Y, _X + 22, _Y + 18)
    _line(draw, _X + 42, _Y, _X + 42, _Y + 18)


def _draw_warning(draw: ImageDraw.ImageDraw) -> None:
    _draw_disc(draw, _AMBER)
    _line(draw, _X, _Y - 38, _X, _Y + 6)
    draw.ellipse(_circle(_X, _Y + 34, 9), fill=_INK)


def _draw_dots(draw: ImageDraw.ImageDraw) -> None:
    _draw_disc(draw, _BLUE)
    for x in (_X - 32, _X, _X + 32):
        draw.ellipse(_circle(x, _Y, 11), fill=_INK)


def _draw_waves(draw: ImageDraw.ImageDraw) -> None:
    _draw_disc(draw, _GREEN)
    draw.ellipse(_circle(_X, _Y, 11), fill=_INK)
    for radius in (30, 50):
        for middle in (0, 180):
            draw.arc(_circle(_X, _Y, radius), middle - 42, middle + 42, fill=_INK, width=18)


def _draw_moon(draw: ImageDraw.ImageDraw) -> None:
    _draw_disc(draw, _BLUE)
    draw.ellipse(_circle(_X - 4, _Y + 2, 40), fill=_INK)
    draw.ellipse(_circle(_X + 14, _Y - 14, 34), fill=_BLUE)


_EYES: dict[Placeholder, Callable[[ImageDraw.ImageDraw], None]] = {
    Placeholder.LIVE: _draw_open_eye,
    Placeholder.STARTING: _draw_open_eye,
    Placeholder.UNAVAILABLE: _draw_blank_eye,
    Placeholder.UNAUTHORIZED: _draw_blank_eye,
    Placeholder.PROBLEM: _draw_blank_eye,
}
_SIGNS: dict[Placeholder, Callable[[ImageDraw.ImageDraw], None]] = {
    Placeholder.UNAVAILABLE: _draw_cross,
    Placeholder.UNCONFIGURED: _draw_plus,
    Placeholder.DISABLED: _draw_off,
    Placeholder.UNAUTHORIZED: _draw_key,
    Placeholder.PROBLEM: _draw_warning,
    Placeholder.STARTING: _draw_dots,
    Placeholder.LIVE: _draw_waves,
    Placeholder.ASLEEP: _draw_moon,
}
