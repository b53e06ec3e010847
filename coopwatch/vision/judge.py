"""Frames of one camera go in; whether each can be trusted, and by what light it was taken, comes out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import cv2
import numpy as np

from coopwatch.values import Flaw, Frame, Pixels, Region
from coopwatch.vision.light_mode import LightMode, LightModeFollower, chroma
from coopwatch.vision.preprocess import crop
from coopwatch.vision.view import UsualView

WIDTH = 160  # of the thumbnail; small enough that the noise of the sensor is gone
# Real nest boxes and simulated days: the brightest pixels at 120 and above, contrast at 22 and above.
_DARK = 30  # the brightest hundredth of the picture is darker, of 255
_FLAT = 8.0  # standard deviation of the brightness; less is a hand, a leaf or a cobweb in front of the lens


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What the judge thinks of a picture."""

    flaw: Flaw | None
    mode: LightMode | None  # None: neither clearly colour nor clearly infra-red, and never was
    is_switching: bool  # between the two; what it shows now is neither


class PictureJudge:
    """Judges every frame of one camera, in order; only then it knows what is usual. It keeps the newest frame.

    Args:
        regions: of the nests. Only they count for a frozen picture: a clock that the camera draws goes on.
    """

    def __init__(self, regions: Sequence[Region]) -> None:
        self._regions = tuple(regions)
        self._light = LightModeFollower()
        self._views: dict[LightMode | None, UsualView] = {}
        self._before: tuple[Pixels, ...] = ()

    def judge(self, frame: Frame) -> Sight:
        """What spoils the picture, if anything does; the first reason counts."""
        height, width = frame.pixels.shape[:2]
        size = (WIDTH, max(1, round(WIDTH * height / width)))
        thumbnail = np.asarray(cv2.resize(frame.pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
        is_repeated = self._is_repeated(frame.pixels)
        flaw = _blindness(thumbnail)
        # What a blind camera shows has no colour; that says nothing of the light.
        is_switching = flaw is None and self._light.follow(chroma(thumbnail), frame.taken_at)
        if flaw is None:
            flaw = Flaw.FROZEN if is_repeated else self._unusual(thumbnail, frame.taken_at, is_switching)
        return Sight(flaw=flaw, mode=self._light.mode, is_switching=is_switching)

    def _is_repeated(self, pixels: Pixels) -> bool:
        nests = tuple(crop(pixels, region) for region in self._regions)
        before, self._before = self._before, nests
        return len(before) == len(nests) and all(map(np.array_equal, before, nests))

    def _unusual(self, thumbnail: Pixels, at: datetime, is_switching: bool) -> Flaw | None:
        if is_switching:
            return None  # not yet what this light usually shows
        return self._views.setdefault(self._light.mode, UsualView()).judge(thumbnail, at)


def _blindness(thumbnail: Pixels) -> Flaw | None:
    grey = cv2.cvtColor(thumbnail, cv2.COLOR_RGB2GRAY)
    if np.percentile(grey, 99) < _DARK:
        return Flaw.DARK
    return Flaw.COVERED if grey.std() < _FLAT else None
