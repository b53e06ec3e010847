"""A picture, an answer and the part it is about in; a copy with the answer drawn on it out."""

import math
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from coopwatch.values import Pixels, Region
from coopwatch.vision.lettering import Lettering

_NARROWEST = 320  # pixels; a narrower picture is enlarged, or no text could be read
_LONGEST = 4096  # pixels of an enlarged picture's longer side
_SMALLEST_TEXT = 11

_LIGHT = (255, 255, 255)
_DARK = (16, 20, 24)

Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels, the right and bottom ones inside


def draw_answer(pixels: Pixels, text: str, region: Region | None = None, *, more: Sequence[str] = ()) -> Pixels:
    """The picture with `text` on a dark strip, smaller lines below it, and a frame around the region if one is given.

    Letters and lines grow with the picture. A picture narrower than 320 px is enlarged first.
    """
    pixels = _enlarged(pixels)
    image = Image.fromarray(pixels if region is None else mark_region(pixels, region))
    _draw_text(ImageDraw.Draw(image), (text, *more), _box(image, region), image)
    return np.asarray(image)


def draw_title(pixels: Pixels, text: str) -> Pixels:
    """The picture with `text` on a dark strip along its lower edge, which belongs to no nest more than to another."""
    image = Image.fromarray(_enlarged(pixels))
    size, margin = _letters(image)
    lettering, line = _fitted(text, size, image.width - 2 * margin)
    draw, top = ImageDraw.Draw(image), image.height - lettering.size - 2 * margin
    draw.rectangle((0, top, image.width, image.height), fill=_DARK)
    lettering.write(draw, (margin, top + margin + lettering.size / 2), line, _LIGHT)
    return np.asarray(image)


def mark_region(pixels: Pixels, region: Region) -> Pixels:
    """The picture with a frame around the region; its lines grow with the picture."""
    image = Image.fromarray(pixels)
    _draw_frame(ImageDraw.Draw(image), _box(image, region), width=max(2, min(image.size) // 200))
    return np.asarray(image)


def _enlarged(pixels: Pixels) -> Pixels:
    # A long and very narrow picture stays as small as it must.
    factor = min(math.ceil(_NARROWEST / pixels.shape[1]), max(1, _LONGEST // max(pixels.shape[:2])))
    return pixels.repeat(factor, axis=0).repeat(factor, axis=1)


def _box(image: Image.Image, region: Region | None) -> Box:
    width, height = image.size
    if region is None:
        return 0, 0, width - 1, height - 1
    left, top = round(region.left * width), round(region.top * height)
    return left, top, max(left, round(region.right * width) - 1), max(top, round(region.bottom * height) - 1)


def _draw_frame(draw: ImageDraw.ImageDraw, box: Box, *, width: int) -> None:
    """A light line between two dark ones: seen on straw, in the dark and on infra-red white."""
    left, top, right, bottom = box
    for inset, colour in ((0, _DARK), (width, _LIGHT), (2 * width, _DARK)):
        inner = (left + inset, top + inset, right - inset, bottom - inset)
        if inner[0] < inner[2] and inner[1] < inner[3]:
            draw.rectangle(inner, outline=colour, width=width)


def _draw_text(draw: ImageDraw.ImageDraw, lines: Sequence[str], box: Box, image: Image.Image) -> None:
    """Write as many lines as fit on a strip in the box's upper left corner, moved left where it would be cut."""
    size, margin = _letters(image)
    room = image.width - 2 * margin
    fitting = max(1, (image.height - 2 * margin - size) // (round(0.75 * size) + margin) + 1)
    lines = lines[:fitting]
    written = [_fitted(line, size if number == 0 else round(0.75 * size), room) for number, line in enumerate(lines)]
    width = round(max(lettering.width(line) for lettering, line in written)) + 2 * margin
    height = sum(lettering.size + margin for lettering, _ in written) + margin
    x = max(0, min(box[0], image.width - width))
    y = max(0, min(box[1], image.height - height))
    draw.rectangle((x, y, x + width - 1, y + height - 1), fill=_DARK)
    for lettering, line in written:
        y += margin
        lettering.write(draw, (x + margin, y + lettering.size / 2), line, _LIGHT)
        y += lettering.size


def _letters(image: Image.Image) -> tuple[int, int]:
    """How high they are, and the room around them, in pixels."""
    size = max(14, min(image.size) // 18)
    return size, max(2, size // 3)


def _fitted(line: str, size: int, room: float) -> tuple[Lettering, str]:
    lettering = Lettering(size, bold=True).fitted(room, line, smallest=_SMALLEST_TEXT)
    return lettering, lettering.shortened(room, line)
