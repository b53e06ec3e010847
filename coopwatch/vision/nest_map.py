"""A picture and the nests in it go in; a copy with the nests and a ruler drawn on it comes out, to place them by."""

from collections.abc import Mapping

import numpy as np
from PIL import Image, ImageDraw

from coopwatch.values import Pixels, Region
from coopwatch.vision.annotate import draw_answer
from coopwatch.vision.lettering import Lettering

_LIGHT, _DARK = (255, 255, 255), (16, 20, 24)
_TENTHS = range(1, 10)


def draw_nests(pixels: Pixels, nests: Mapping[str, Region]) -> Pixels:
    """The picture with each nest framed and named, and tenths of the width and the height along two of its edges."""
    for name, region in nests.items():
        pixels = draw_answer(pixels, name, region)
    image = Image.fromarray(pixels)
    draw, lettering = ImageDraw.Draw(image), Lettering(max(12, min(image.size) // 32))
    for tenth in _TENTHS:
        across, down = tenth * image.width / 10, tenth * image.height / 10
        _mark(draw, (across, image.height), (0, -1), f"{tenth / 10}", lettering)
        _mark(draw, (image.width, down), (-1, 0), f"{tenth / 10}", lettering)
    return np.asarray(image)


def _mark(
    draw: ImageDraw.ImageDraw, edge: tuple[float, float], inwards: tuple[int, int], text: str, lettering: Lettering
) -> None:
    """A tick at the edge of the picture, and its number."""
    long, size = lettering.size * 0.6, lettering.size
    end = (edge[0] + inwards[0] * long, edge[1] + inwards[1] * long)
    draw.line((edge, end), fill=_DARK, width=5)
    draw.line((edge, end), fill=_LIGHT, width=2)
    wide = lettering.width(text)
    middle = (end[0] + inwards[0] * (wide / 2 + 6), end[1] + inwards[1] * (size / 2 + 4))
    box = (middle[0] - wide / 2 - 3, middle[1] - size / 2 - 1, middle[0] + wide / 2 + 3, middle[1] + size / 2 + 1)
    draw.rectangle(box, fill=_DARK)
    lettering.write(draw, middle, text, _LIGHT, side="m")
