"""Heat and activations in, pictures of them out; nothing here knows Keras."""

import math

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from PIL import Image

from coopwatch.values import Pixels
from coopwatch.vision.sheet import draw_sheet

Floats = npt.NDArray[np.float32]

MOST_CHANNELS = 32
_SHEET_WIDTH = 1200
_GAP = 4
_NOISE = 1e-6


def lay_over(pixels: Pixels, heat: Floats) -> Pixels:
    """The picture with the heat (rows, columns) of 0..1 over it: grey where nothing speaks, yellow where most does."""
    height, width = pixels.shape[:2]
    image = Image.fromarray(heat).resize((width, height), Image.Resampling.BICUBIC)
    spread = np.asarray(image).clip(0, 1)[..., np.newaxis]
    grey = pixels.mean(axis=2, keepdims=True).repeat(3, axis=2)
    share = 0.25 + 0.45 * spread
    return np.asarray((1 - share) * grey + share * coloured(spread[..., 0])).round().astype(np.uint8)


def coloured(values: Floats) -> Pixels:
    """0..1 as colours from black over red to light yellow."""
    return np.asarray(mpl.colormaps["inferno"](values, bytes=True)[..., :3])


def draw_activation(values: Floats) -> Pixels:
    """A sheet of the maps that answer most strongly, each stretched by itself; of units one strip of blocks."""
    if values.ndim == 1:
        return _strip(values)
    strongest = np.argsort(-values.std(axis=(0, 1), dtype=np.float64), kind="stable")[:MOST_CHANNELS]
    columns = min(8, len(strongest))
    width = _SHEET_WIDTH // columns - _GAP
    size = (width, max(1, round(width * values.shape[0] / values.shape[1])))
    maps = ((channel, coloured(_stretched(values[:, :, channel]))) for channel in sorted(strongest.tolist()))
    cells = [(f"map {channel + 1}", _resized(pixels, size)) for channel, pixels in maps]
    return draw_sheet(cells, cell=(size[0] + _GAP, size[1]), columns=columns)


def _strip(values: Floats) -> Pixels:
    """Units as blocks, row by row; as near to twice as wide as high as they go."""
    columns = max(1, math.ceil(math.sqrt(2 * len(values))))
    rows = math.ceil(len(values) / columns)
    filled = np.zeros(rows * columns, dtype=np.float32)
    filled[: len(values)] = _stretched(values)
    block = max(2, 600 // columns)
    return _resized(coloured(filled.reshape(rows, columns)), (block * columns, block * rows))


def _stretched(values: Floats) -> Floats:
    low, high = float(values.min()), float(values.max())
    return np.asarray((values - low) / (high - low) if high - low > _NOISE else np.zeros_like(values), dtype=np.float32)


def _resized(pixels: Pixels, size: tuple[int, int]) -> Pixels:
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.NEAREST))
