"""Pixels in, the numbers that a network takes out; imports NumPy alone, so that the inference worker stays small."""

import numpy as np
import numpy.typing as npt

from coopwatch.values import Pixels


def scale_pixels(pixels: Pixels, *, offset: float, scale: float) -> npt.NDArray[np.float32]:
    """`(pixel - offset) / scale` as float32, in any shape."""
    numbers = pixels.astype(np.float32)
    numbers -= np.float32(offset)
    numbers /= np.float32(scale)
    return numbers
