"""The video of a simulated camera, drawn and encoded for any second of the wall clock.

It is deterministic: the same second of the same camera gives the same picture.
"""

import colorsys
from datetime import UTC, datetime
from fractions import Fraction
from functools import lru_cache
import hashlib
from typing import Any, Final

import av
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from .streams import Picture

WIDTH: Final = 640
HEIGHT: Final = 360
RATE: Final = 10
"""Frames per second."""
BITS: Final = 24
CELL: Final = 16
"""Pixels per square of the frame number: a strip of BITS squares at the bottom left."""

TICKS: Final = 90_000
"""RTP timestamp units per second."""

_ENCODER_OPTIONS: Final = {
    "preset": "ultrafast",
    "tune": "zerolatency",
    "profile": "baseline",
    "level": "3.0",
    "crf": "23",
    "g": "100000",
    "sc_threshold": "0",
}
_HORIZON: Final = 215
_ROAD: Final = 300
_TEXTS: Final = {
    Picture.CONNECTING: "Connecting to Google",
    Picture.DISABLED: "This camera is disabled",
    Picture.UNKNOWN: "No such camera",
}


class Encoder:
    """Encodes a camera's seconds to H.264; only the very first frame is a key frame."""

    def __init__(self) -> None:
        """Initialize; the first frame will be a key frame."""
        self._number = 0
        self._codec = av.VideoCodecContext.create("libx264", "w")
        self._codec.width, self._codec.height, self._codec.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        self._codec.framerate, self._codec.time_base = Fraction(RATE), Fraction(1, RATE)
        self._codec.thread_count = 1
        self._codec.options = _ENCODER_OPTIONS

    def encode(self, name: str, picture: Picture, second: int) -> tuple[bytes, ...]:
        """Return one second: an access unit per frame (Annex B)."""
        images = frames(name, picture, second)
        return tuple(self._encode(np.asarray(image)) for image in images)

    def _encode(self, image: np.ndarray[Any, Any]) -> bytes:
        frame = av.VideoFrame.from_ndarray(image, format="rgb24")
        frame.pts = self._number
        self._number += 1
        return b"".join(bytes(packet) for packet in self._codec.encode(frame))


def access_units(name: str, picture: Picture, second: int) -> tuple[bytes, ...]:
    """Return one second of H.264 that begins with a key frame."""
    return Encoder().encode(name, picture, second)


@lru_cache(maxsize=1)
def key_frame() -> bytes:
    """Return a key frame, whose parameter sets are those of every stream."""
    return access_units("", Picture.UNKNOWN, 0)[0]


def frames(name: str, picture: Picture, second: int) -> list[Image.Image]:
    """Return the frames of one second."""
    if picture is not Picture.VIDEO:
        return [_still(name, _TEXTS[picture])] * RATE
    canvas = _scene(name).copy()
    _draw_clock(canvas, name, second)
    numbers = range(second * RATE, (second + 1) * RATE)
    return [_moving(canvas.copy(), _hue(name), number) for number in numbers]


def frame_number(grey: np.ndarray[Any, Any]) -> int:
    """Return the number shown in a decoded greyscale picture, modulo 2 ** BITS."""
    row = grey[HEIGHT - CELL // 2]
    bits = [row[index * CELL + CELL // 2] > 127 for index in range(BITS)]
    return sum(1 << index for index, bit in enumerate(reversed(bits)) if bit)


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size=size)


@lru_cache(maxsize=64)
def _still(name: str, text: str) -> Image.Image:
    image = Image.new("RGB", (WIDTH, HEIGHT), (32, 33, 36))
    draw = ImageDraw.Draw(image)
    for index, colour in enumerate(("#4285f4", "#ea4335", "#fbbc05", "#34a853")):
        left = WIDTH // 2 - 54 + index * 30
        draw.ellipse((left, 120, left + 18, 138), fill=colour)
    draw.text((WIDTH // 2, 185), text, "white", _font(30), anchor="mm")
    draw.text((WIDTH // 2, 225), name, "#9aa0a6", _font(20), anchor="mm")
    return image


def _colour(hue: float, light: float, saturation: float) -> tuple[int, int, int]:
    red, green, blue = colorsys.hls_to_rgb(hue % 1.0, light, saturation)
    return int(red * 255), int(green * 255), int(blue * 255)


def _hue(name: str) -> float:
    """Return a camera's hue, between teal, blue, violet and orange."""
    return 0.48 + 0.62 * hashlib.sha256(name.encode()).digest()[0] / 255


@lru_cache(maxsize=64)
def _scene(name: str) -> Image.Image:
    """Draw the static background: a house at a road under a sky, in the camera's colours."""
    seed = hashlib.sha256(name.encode()).digest()
    hue = _hue(name)
    image = Image.new("RGB", (WIDTH, HEIGHT))
    draw = ImageDraw.Draw(image)
    for row in range(_HORIZON):
        draw.line((0, row, WIDTH, row), _colour(hue, 0.42 + 0.4 * row / _HORIZON, 0.55))
    sun = 90 + seed[1] * 460 // 255
    draw.ellipse((sun - 26, 70, sun + 26, 122), fill=(255, 240, 200))
    hills = [(x, _HORIZON - 18 - (seed[2 + x // 80] % 40)) for x in range(0, WIDTH + 80, 80)]
    draw.polygon([(0, _HORIZON), *hills, (WIDTH, _HORIZON)], fill=_colour(hue + 0.08, 0.34, 0.3))
    draw.rectangle((0, _HORIZON, WIDTH, _ROAD), fill=(86, 132, 74))
    draw.rectangle((0, _ROAD, WIDTH, HEIGHT), fill=(70, 72, 78))
    for index in range(3):
        _draw_tree(draw, 30 + (seed[15 + index] * 580 // 255), 40 + seed[18 + index] % 24)
    _draw_house(draw, 60 + seed[14] * 300 // 255, _colour(hue + 0.5, 0.72, 0.35))
    return image


def _draw_house(draw: ImageDraw.ImageDraw, left: int, wall: tuple[int, int, int]) -> None:
    top, bottom, right = 165, 255, left + 150
    draw.rectangle((left, top, right, bottom), fill=wall)
    roof = [(left - 16, top), (left + 75, top - 58), (right + 16, top)]
    draw.polygon(roof, fill=(132, 62, 52))
    draw.rectangle((left + 62, top + 38, left + 90, bottom), fill=(92, 64, 48))
    for window in (left + 16, left + 106):
        draw.rectangle((window, top + 24, window + 28, top + 52), (255, 236, 170), "white", 2)


def _draw_tree(draw: ImageDraw.ImageDraw, x: int, size: int) -> None:
    foot = 268
    draw.rectangle((x - 4, foot - size, x + 4, foot), fill=(94, 70, 50))
    crown = (x - size // 2, foot - 2 * size, x + size // 2, foot - size // 2)
    draw.ellipse(crown, fill=(52, 98, 56))


def _draw_clock(image: Image.Image, name: str, second: int) -> None:
    moment = datetime.fromtimestamp(second, UTC).astimezone()
    draw = ImageDraw.Draw(image, "RGBA")
    draw.rectangle((0, 0, WIDTH, 44), fill=(0, 0, 0, 120))
    draw.text((12, 22), name, "white", _font(22), anchor="lm")
    draw.text((WIDTH - 12, 22), f"{moment:%H:%M:%S}", "white", _font(26), anchor="rm")
    draw.text((WIDTH - 136, 23), f"{moment:%Y-%m-%d}", "#dddddd", _font(16), anchor="rm")


def _moving(image: Image.Image, hue: float, number: int) -> Image.Image:
    """Draw the moving parts: a car on the road, a bar once a second, and the frame number."""
    draw = ImageDraw.Draw(image)
    x = (number * 7 + int(hue * WIDTH)) % (WIDTH + 120) - 100
    draw.rectangle((x, 312, x + 84, 330), fill=_colour(hue + 0.45, 0.45, 0.6))
    draw.polygon([(x + 14, 312), (x + 24, 298), (x + 58, 298), (x + 70, 312)], fill=(210, 226, 238))
    for wheel in (x + 18, x + 64):
        draw.ellipse((wheel - 8, 322, wheel + 8, 338), fill=(24, 24, 24))
    sweep = number % RATE * WIDTH // RATE
    draw.rectangle((sweep, 44, sweep + WIDTH // RATE, 46), fill=(255, 255, 255))
    for index in range(BITS):
        bit = number >> (BITS - 1 - index) & 1
        left, top = index * CELL, HEIGHT - CELL
        fill = (235, 235, 235) if bit else (16, 16, 16)
        draw.rectangle((left, top, left + CELL - 1, HEIGHT - 1), fill=fill)
    return image
