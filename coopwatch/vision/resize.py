"""A picture in, the same picture stretched to a size out; imports OpenCV and NumPy alone."""

import cv2
import numpy as np

from coopwatch.values import Pixels


def stretch(pixels: Pixels, *, height: int, width: int) -> Pixels:
    """(height, width, 3); each pixel is a mean."""
    if pixels.shape[:2] == (height, width):
        return pixels
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)
