"""A sheet to draw on for a phone: sizes in points of 1/1080 of the width in, a smooth PNG out."""

import io

from PIL import Image, ImageDraw, ImageOps

from coopwatch.vision.lettering import Colour, Lettering

WIDTH = 1080  # pixels of the finished picture; the Bot API keeps up to 1280
MARGIN = 56
_SMALLER = 0.65  # of the size that a text should have; less is hard to read
_FINER = 2  # drawn so many times larger, then shrunk: Pillow draws no smooth edges

PAPER: Colour = (252, 250, 245)
INK: Colour = (43, 40, 36)
QUIET: Colour = (122, 115, 104)
FAINT: Colour = (230, 224, 213)
UNKNOWN: Colour = (190, 184, 174)
HENS: tuple[Colour, ...] = (
    (193, 84, 56),
    (62, 118, 160),
    (233, 161, 38),
    (94, 140, 84),
    (138, 97, 156),
    (90, 74, 62),
    (218, 132, 148),
    (64, 150, 146),
    (160, 150, 70),
    (110, 120, 190),
)
"""Told apart also by eyes that see red and green alike: neighbours differ in lightness."""

Box = tuple[float, float, float, float]  # left, top, right, bottom


class Canvas:
    """A light sheet of the phone's width."""

    def __init__(self, height: float) -> None:
        self.height = height
        self._image = Image.new("RGB", (WIDTH * _FINER, round(height * _FINER)), PAPER)
        self._draw = ImageDraw.Draw(self._image)

    def text(
        self, at: tuple[float, float], text: str, size: int, *, bold: bool = False, colour: Colour = INK,
        side: str = "l", room: float = WIDTH,
    ) -> float:  # fmt: skip
        """Write on the line whose middle is `at[1]`; returns the text's width.

        Where the room is too narrow, the text is smaller, as far as one can read it on a phone, and then cut.
        """
        smallest = round(size * _FINER * _SMALLER)
        lettering = Lettering(size * _FINER, bold=bold).fitted(room * _FINER, text, smallest=smallest)
        text = lettering.shortened(room * _FINER, text)
        lettering.write(self._draw, (at[0] * _FINER, at[1] * _FINER), text, colour, side)
        return lettering.width(text) / _FINER

    def block(self, box: Box, colour: Colour, *, radius: float = 0) -> None:
        """A filled block, its corners round."""
        if box[2] > box[0] and box[3] > box[1]:
            fine = tuple(edge * _FINER for edge in box)
            # One egg among very many is thinner than a pixel.
            right, bottom = max(fine[0], fine[2] - 1), max(fine[1], fine[3] - 1)
            self._draw.rounded_rectangle((fine[0], fine[1], right, bottom), radius * _FINER, fill=colour)

    def picture(self, box: Box, picture: Image.Image) -> None:
        """A picture that fills the box, cut at its longer side."""
        size = round((box[2] - box[0]) * _FINER), round((box[3] - box[1]) * _FINER)
        self._image.paste(ImageOps.fit(picture, size), (round(box[0] * _FINER), round(box[1] * _FINER)))

    def jpeg(self) -> bytes:
        """The finished picture where it holds a photo, which a PNG makes ten times as large."""
        buffer = io.BytesIO()
        self._image.reduce(_FINER).save(buffer, "JPEG", quality=90)
        return buffer.getvalue()

    def png(self) -> bytes:
        """The finished picture."""
        buffer = io.BytesIO()
        self._image.reduce(_FINER).save(buffer, "PNG", optimize=False)
        return buffer.getvalue()
