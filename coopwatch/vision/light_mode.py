"""How colourful a camera's pictures are goes in; whether it sees by daylight or by its infra-red lamp comes out."""

from datetime import datetime, timedelta
from enum import StrEnum

from coopwatch.values import Pixels

_GREY, _COLOURFUL = 6.0, 9.0  # real nest boxes: 3.6 to 4.3 by infra-red, 12 to 19 by day; between the two, as before
BLANKING = timedelta(seconds=5)  # while filter and lamp switch and the exposure settles


class LightMode(StrEnum):
    """By what light a camera sees."""

    COLOUR = "colour"
    INFRA_RED = "infra-red"


def chroma(thumbnail: Pixels) -> float:
    """Mean difference between the strongest and the weakest channel of a pixel, 0..255."""
    return float((thumbnail.max(axis=2) - thumbnail.min(axis=2)).mean())


def light_of(pixels: Pixels) -> LightMode | None:
    """By what light one picture was taken; None if it is not clearly one or the other."""
    return _clear_mode(chroma(pixels))


class LightModeFollower:
    """Keeps a camera's light mode from flickering at dusk, and knows for how long a switch spoils the picture."""

    def __init__(self) -> None:
        self.mode: LightMode | None = None  # None: no picture was clearly one or the other
        self._switched_at: datetime | None = None
        self._at: datetime | None = None  # of the newest picture

    def follow(self, colours: float, at: datetime) -> bool:
        """Take the chroma of the picture of that moment; whether the camera was switching then."""
        mode, before = _clear_mode(colours) or self.mode, self._at
        if mode is not self.mode and self.mode is not None and before is not None:
            self._switched_at = before + (at - before) / 2  # nobody saw it
        self.mode, self._at = mode, at
        return self._switched_at is not None and at - self._switched_at < BLANKING


def _clear_mode(colours: float) -> LightMode | None:
    if colours < _GREY:
        return LightMode.INFRA_RED
    return LightMode.COLOUR if colours > _COLOURFUL else None
