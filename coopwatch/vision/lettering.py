"""Writes any text on a picture: a text in, letters out, each in the first of this machine's fonts that has it."""

import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import groupby

from PIL import ImageDraw, ImageFont

# Looked for where systems keep their fonts. Pillow's own font, the last resort, shows ASCII alone.
_PLAIN = (
    "DejaVuSans.ttf",
    "NotoSans-Regular.ttf",
    "LiberationSans-Regular.ttf",
    "NotoSansCJK-Regular.ttc",
    "NotoSansJP-Regular.otf",
    "DroidSansFallbackFull.ttf",
    "DroidSansFallback.ttf",
    "ipag.ttf",
)
_BOLD = ("DejaVuSans-Bold.ttf", "NotoSans-Bold.ttf", "LiberationSans-Bold.ttf", "NotoSansCJK-Bold.ttc")
_UNKNOWN = "\U0010ffff"  # no font shows this one

Font = ImageFont.FreeTypeFont
Colour = tuple[int, int, int]


class Lettering:
    """Letters of one size; what no font has is made plain: "Zoë" becomes "Zoe" where no font has the ë."""

    def __init__(self, size: int, *, bold: bool = False) -> None:
        self.size = size
        self._bold = bold
        self._fonts = _fonts(size, bold)

    def width(self, text: str) -> float:
        """How wide the text is, in pixels."""
        return sum(font.getlength(part) for font, part in self._runs(text))

    def fitted(self, room: float, text: str, *, smallest: int = 9) -> "Lettering":
        """The largest lettering, up to this one, whose text fits in the room."""
        chosen = self
        while chosen.size > smallest and chosen.width(text) > room:
            chosen = Lettering(chosen.size - 1, bold=self._bold)
        return chosen

    def shortened(self, room: float, text: str) -> str:
        """The text, without letters of its middle where it would not fit; both ends tell the most."""
        kept = len(text)
        short = text
        while self.width(short) > room and kept > 2:
            kept -= 1
            short = f"{text[: kept - kept // 2]}…{text[len(text) - kept // 2 :]}"
        return short

    def write(
        self, draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, fill: Colour, side: str = "l"
    ) -> None:
        """Write beside, around or before `at` (side "l", "m", "r"), which lies at half the height of the capitals."""
        x = at[0] - self.width(text) * {"l": 0.0, "m": 0.5, "r": 1.0}[side]
        base = at[1] + self.size * 0.36  # capitals are about 0.72 of the size high
        for font, part in self._runs(text):
            draw.text((x, base), part, font=font, fill=fill, anchor="ls")
            x += font.getlength(part)

    def shows(self, text: str) -> bool:
        """Whether this machine's fonts have every letter."""
        return all(self._font_of(letter) is not None for letter in text)

    def _runs(self, text: str) -> Iterator[tuple[Font, str]]:
        """One line of text, cut where the font changes."""
        line = "".join(letter if self._font_of(letter) else _plain(letter) for letter in " ".join(text.split()))
        for font, letters in groupby(line, lambda letter: self._font_of(letter) or self._fonts[0]):
            yield font, "".join(letters)

    def _font_of(self, letter: str) -> Font | None:
        if not letter.isprintable():
            return None
        number = _number_of_font(letter, self._bold)
        return None if number is None else self._fonts[number]


@cache
def _fonts(size: int, bold: bool) -> tuple[Font, ...]:
    """The fonts of this machine, the one to prefer first."""
    found = []
    for name in (*_BOLD, *_PLAIN) if bold else _PLAIN:
        try:
            found.append(ImageFont.truetype(name, size))
        except OSError:
            continue  # this machine does not have it
    if found:
        return tuple(found)
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)  # Pillow's wheels come with FreeType
    return (font,)


@cache
def _number_of_font(letter: str, bold: bool) -> int | None:
    """Which of the fonts is the first that has the letter, asked at a small size; None if none has."""
    has = (letter == " " or bytes(font.getmask(letter)) != bytes(font.getmask(_UNKNOWN)) for font in _fonts(16, bold))
    return next((number for number, shows in enumerate(has) if shows), None)


def _plain(letter: str) -> str:
    return unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode() or "?"
