"""A picture, an answer and the part it is about in; a copy with the answer drawn on it out."""

import math
import unicodedata

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from coopwatch.values import Pixels, Region

# Looked for where systems keep their fonts. Pillow's own font, the last resort, shows ASCII alone.
_FONTS = (
    "DejaVuSans-Bold.ttf",
    "DejaVuSans.ttf",
    "NotoSans-Bold.ttf",
    "NotoSans-Regular.ttf",
    "LiberationSans-Bold.ttf",
)
_NARROWEST = 320  # pixels; a narrower picture is enlarged, or no text could be read
_MOST_ENLARGED = 16
_SMALLEST_TEXT = 9
_UNKNOWN = "\U0010ffff"  # no font shows this one

_LIGHT = (255, 255, 255)
_DARK = (16, 20, 24)

Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels, the right and bottom ones inside
Font = ImageFont.FreeTypeFont


def draw_answer(pixels: Pixels, text: str, region: Region | None = None) -> Pixels:
    """The picture with `text` on a dark strip, and a frame around the region if one is given.

    Letters and lines grow with the picture. A picture narrower than 320 px is enlarged first.
    """
    image = Image.fromarray(_enlarged(pixels))
    draw = ImageDraw.Draw(image)
    box = _box(image, region)
    if region is not None:
        _draw_frame(draw, box, width=max(2, min(image.size) // 200))
    _draw_text(draw, text, box, image)
    return np.asarray(image)


def _enlarged(pixels: Pixels) -> Pixels:
    factor = min(math.ceil(_NARROWEST / pixels.shape[1]), _MOST_ENLARGED)
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


def _draw_text(draw: ImageDraw.ImageDraw, text: str, box: Box, image: Image.Image) -> None:
    """Write on a strip in the box's upper left corner, moved left where the picture would cut it."""
    text, font = _fitted(text, size=max(14, min(image.size) // 18), room=image.width)
    left, top, right, bottom = draw.textbbox((0, 0), text, font=font)
    margin = max(2, round(font.size / 3))
    width, height = round(right - left) + 2 * margin, round(bottom - top) + 2 * margin
    x = max(0, min(box[0], image.width - width))
    y = max(0, min(box[1], image.height - height))
    draw.rectangle((x, y, x + width - 1, y + height - 1), fill=_DARK)
    draw.text((x + margin - left, y + margin - top), text, font=font, fill=_LIGHT)


def _fitted(text: str, *, size: int, room: int) -> tuple[str, Font]:
    """The text as the font can show it, and the largest font up to `size` that leaves it in the room."""
    font = _font(size)
    text = _showable(text, font)
    while font.getlength(text) + font.size > room and font.size > _SMALLEST_TEXT:
        font = font.font_variant(size=font.size - 1)
    return text, font


def _font(size: int) -> Font:
    for name in _FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue  # this machine does not have it
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)  # Pillow's wheels come with FreeType
    return font


def _showable(text: str, font: Font) -> str:
    """One line of text; what the font lacks is made plain: "Zoë" becomes "Zoe" where no font has the ë."""
    missing = bytes(font.getmask(_UNKNOWN))
    line = " ".join(text.split())
    return "".join(letter if _shows(font, letter, missing) else _plain(letter) for letter in line)


def _shows(font: Font, letter: str, missing: bytes) -> bool:
    return letter.isprintable() and (letter == " " or bytes(font.getmask(letter)) != missing)


def _plain(letter: str) -> str:
    return unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode() or "?"
