"""Pictures with a line of text each in; one sheet of them in rows and columns, for people to look at, out."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageOps

from coopwatch.values import Pixels
from coopwatch.vision.lettering import Lettering

_TITLE = 18  # pixels, height of the line above a picture
_HEADING = 30  # pixels, height of the line above all
_MARGIN = 4
_BLACK = (0, 0, 0)

Cell = tuple[str, Pixels]
"""The text above a picture, and the picture."""


def draw_sheet(
    cells: Sequence[Cell], *, heading: str = "", cell: tuple[int, int] = (128, 134), columns: int = 9
) -> Pixels:
    """Each picture fitted into `cell` (width, height), its proportions kept, row by row on white."""
    top = _HEADING if heading else 0
    columns = max(1, min(columns, len(cells)))
    rows = -(-len(cells) // columns)
    sheet = Image.new("RGB", (columns * cell[0], top + rows * (cell[1] + _TITLE)), "white")
    pen = ImageDraw.Draw(sheet)
    _write(pen, (0, 0), heading, room=sheet.width, height=_HEADING, size=17)
    for number, (title, pixels) in enumerate(cells):
        left, above = number % columns * cell[0], top + number // columns * (cell[1] + _TITLE)
        _write(pen, (left, above), title, room=cell[0], height=_TITLE, size=13)
        picture = ImageOps.contain(Image.fromarray(pixels), cell)
        sheet.paste(picture, (left + (cell[0] - picture.width) // 2, above + _TITLE))
    return np.asarray(sheet)


def _write(pen: ImageDraw.ImageDraw, at: tuple[int, int], text: str, *, room: int, height: int, size: int) -> None:
    """One line, made smaller and then cut to fit."""
    room -= 2 * _MARGIN
    lettering = Lettering(size).fitted(room, text)
    shown = text
    while shown and lettering.width(shown) > room:
        shown = shown[:-1]
    if shown:
        lettering.write(pen, (at[0] + _MARGIN, at[1] + height / 2), shown, _BLACK)
