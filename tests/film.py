"""Video as NestMTX encodes it: a key frame for 25 s, 10 frames a second, 100 kbit/s."""

from collections.abc import Iterable
from fractions import Fraction
from itertools import chain

import av
import numpy as np
from PIL import Image

from tests.simulator.picture import HEIGHT, WIDTH, frames
from tests.simulator.streams import Picture

NESTMTX = {"preset": "ultrafast", "tune": "zerolatency", "x264opts": "bframes=0"}
"""NestMTX's x264 options."""


def film(images: Iterable[Image.Image]) -> list[bytes]:
    """Return the access units of some frames."""
    encoder = av.VideoCodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    encoder.framerate, encoder.time_base = Fraction(10), Fraction(1, 10)
    encoder.bit_rate, encoder.gop_size, encoder.options = 100_000, 250, NESTMTX
    units = []
    for number, image in enumerate(images):
        frame = av.VideoFrame.from_ndarray(np.asarray(image), format="rgb24")
        frame.pts = number
        units += [bytes(packet) for packet in encoder.encode(frame)]
    return units


def seconds(picture: Picture, first: int, last: int) -> list[Image.Image]:
    """Return the frames of some seconds of a simulated camera."""
    return [*chain.from_iterable(frames("front", picture, each) for each in range(first, last))]
