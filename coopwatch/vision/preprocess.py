"""The one place where a picture becomes network input, in training and in service alike."""

import numpy as np
import numpy.typing as npt

from coopwatch.values import Pixels, Region
from coopwatch.vision.card import Input
from coopwatch.vision.resize import stretch
from coopwatch.vision.scale import scale_pixels


def crop(pixels: Pixels, region: Region) -> Pixels:
    """A copy of the region's pixels, at least one pixel wide and high."""
    height, width = pixels.shape[:2]
    left, right = _edges(region.left, region.right, width)
    top, bottom = _edges(region.top, region.bottom, height)
    return pixels[top:bottom, left:right].copy()


def to_input(pixels: Pixels, input: Input) -> Pixels:  # noqa: A002 (the card's own word)
    """The crop stretched to the network's size: (input.height, input.width, 3); each pixel is a mean."""
    return stretch(pixels, height=input.height, width=input.width)


def scale_input(pixels: Pixels, input: Input) -> npt.NDArray[np.float32]:  # noqa: A002 (the card's own word)
    """`(pixel - offset) / scale` as float32, in any shape: what the network takes."""
    return scale_pixels(pixels, offset=input.offset, scale=input.scale)


def _edges(begin: float, end: float, size: int) -> tuple[int, int]:
    first = min(round(begin * size), size - 1)
    return first, max(round(end * size), first + 1)
