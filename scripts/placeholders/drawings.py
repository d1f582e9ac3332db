"""A camera, and beside it a sign that says why there is no picture of it."""

from collections.abc import Callable

from PIL import Image, ImageDraw

from custom_components.nestmtx.placeholders import Placeholder

_WIDTH, _HEIGHT = 1280, 720
_DARK = (28, 30, 34)
_GREY = (150, 156, 166)
_WHITE = (240, 242, 245)
_BLUE = (110, 170, 255)
_AMBER = (255, 190, 80)
_RED = (255, 120, 110)
_X, _Y = 790, 450
"""The middle of the sign beside the camera."""
_RADIUS = 92


def draw(placeholder: Placeholder) -> Image.Image:
    """Return the drawing."""
    image = Image.new("RGB", (2 * _WIDTH, 2 * _HEIGHT), _DARK)
    canvas = ImageDraw.Draw(image)
    _draw_camera(canvas)
    _SIGNS[placeholder](canvas)
    return image.resize((_WIDTH, _HEIGHT), Image.Resampling.LANCZOS)


def _at(*points: float) -> list[float]:
    """Points are twice as far apart as in the picture, whose edges are smooth thereby."""
    return [2 * point for point in points]


def _draw_camera(draw: ImageDraw.ImageDraw) -> None:
    draw.rounded_rectangle(_at(430, 240, 770, 440), 180, fill=_GREY)
    draw.ellipse(_at(455, 255, 625, 425), fill=_DARK)
    draw.ellipse(_at(500, 300, 580, 380), fill=_GREY)
    draw.polygon(_at(570, 430, 630, 430, 650, 520, 550, 520), fill=_GREY)
    draw.rounded_rectangle(_at(490, 510, 710, 545), 34, fill=_GREY)


def _draw_disc(draw: ImageDraw.ImageDraw, colour: tuple[int, int, int]) -> None:
    for radius, fill in ((_RADIUS + 14, _DARK), (_RADIUS, colour)):
        draw.ellipse(_at(_X - radius, _Y - radius, _X + radius, _Y + radius), fill=fill)


def _draw_cross(draw: ImageDraw.ImageDraw) -> None:
    _draw_disc(draw, _RED)
    draw.line(_at(_X - 42, _Y - 42, _X + 42, _Y + 42), _DARK, 40)
    draw.line(_at(_X - 42, _Y + 42, _X + 42, _Y - 42), _DARK, 40)


def _draw_plus(draw: ImageDraw.ImageDraw) -> None:
    _draw_disc(draw, _BLUE)
    draw.rectangle(_at(_X - 50, _Y - 10, _X + 50, _Y + 10), fill=_DARK)
    draw.rectangle(_at(_X - 10, _Y - 50, _X + 10, _Y + 50), fill=_DARK)


def _draw_slash(draw: ImageDraw.ImageDraw) -> None:
    draw.line(_at(430, 560, 790, 200), _DARK, 88)
    draw.line(_at(430, 560, 790, 200), _WHITE, 40)


def _draw_lock(draw: ImageDraw.ImageDraw) -> None:
    _draw_disc(draw, _AMBER)
    draw.arc(_at(_X - 30, _Y - 58, _X + 30, _Y + 14), 180, 360, _DARK, 28)
    draw.rounded_rectangle(_at(_X - 46, _Y - 20, _X + 46, _Y + 50), 20, fill=_DARK)


def _draw_warning(draw: ImageDraw.ImageDraw) -> None:
    _draw_disc(draw, _AMBER)
    draw.rounded_rectangle(_at(_X - 11, _Y - 56, _X + 11, _Y + 16), 22, fill=_DARK)
    draw.ellipse(_at(_X - 13, _Y + 30, _X + 13, _Y + 56), fill=_DARK)


def _draw_dots(draw: ImageDraw.ImageDraw) -> None:
    _draw_disc(draw, _BLUE)
    for x in (_X - 46, _X, _X + 46):
        draw.ellipse(_at(x - 15, _Y - 15, x + 15, _Y + 15), fill=_DARK)


def _draw_triangle(draw: ImageDraw.ImageDraw) -> None:
    _draw_disc(draw, _WHITE)
    draw.polygon(_at(_X - 30, _Y - 50, _X - 30, _Y + 50, _X + 56, _Y), fill=_DARK)


def _draw_moon(draw: ImageDraw.ImageDraw) -> None:
    _draw_disc(draw, _BLUE)
    draw.ellipse(_at(_X - 20, _Y - 96, _X + 130, _Y + 54), fill=_DARK)


_SIGNS: dict[Placeholder, Callable[[ImageDraw.ImageDraw], None]] = {
    Placeholder.UNAVAILABLE: _draw_cross,
    Placeholder.UNCONFIGURED: _draw_plus,
    Placeholder.DISABLED: _draw_slash,
    Placeholder.UNAUTHORIZED: _draw_lock,
    Placeholder.PROBLEM: _draw_warning,
    Placeholder.STARTING: _draw_dots,
    Placeholder.LIVE: _draw_triangle,
    Placeholder.ASLEEP: _draw_moon,
}
