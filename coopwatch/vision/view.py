"""What a camera usually shows in one kind of light: thumbnails go in; whether one is blurred or moved comes out."""

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from coopwatch.values import Flaw, Pixels

Floats: TypeAlias = npt.NDArray[np.float32]

# Measured on the real nest-box frames and on days of the simulated coop; see docs/benchmarks.md.
_BLURRED = 0.6  # of the usual slopes, as they are and against the contrast; one of them is above 0.75 in good pictures
_LEAST_SHIFT = 0.02  # of the width; the edges of a camera that stands still lie within 0.006
_CLEARER = 0.12  # how much better the edges must fit where they moved to; at most 0.01 where they did not
_STRANGE = 0.3  # edges that fit nowhere better than this show another place; at least 0.47 with any hen in front
_SEARCHED = 6  # a shift is searched up to this part of the picture
_LEARNT = 10  # so many pictures are needed before any is judged
_FORGETTING = timedelta(hours=1)  # the sun moves shadows, keepers move straw
_ADOPTION = timedelta(hours=1)  # what looks strange for so long is how the coop looks now


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharpness:
    """How steep the steepest slopes are. A blur flattens them; so does dim light, but not against the contrast."""

    steepest: float
    against_contrast: float

    @classmethod
    def of(cls, slopes: Floats, thumbnail: Pixels) -> Self:
        """That of a picture."""
        steepest = float(np.percentile(slopes, 95))
        return cls(steepest=steepest, against_contrast=steepest / (float(thumbnail.std()) + 1))

    def is_below(self, share: float, usual: Self) -> bool:
        """Whether the picture is less sharp than this share of the usual, whatever the light."""
        is_flat = self.steepest < share * usual.steepest
        return is_flat and self.against_contrast < share * usual.against_contrast

    def nearer(self, other: Self, weight: float) -> Self:
        """Between this and another one."""
        return replace(
            self,
            steepest=self.steepest + weight * (other.steepest - self.steepest),
            against_contrast=self.against_contrast + weight * (other.against_contrast - self.against_contrast),
        )


class UsualView:
    """Learns where a camera's edges lie and how sharp they are, from the pictures that are well themselves."""

    def __init__(self) -> None:
        self._strange_since: datetime | None = None
        self._forget()

    def _forget(self) -> None:
        self._edges: Floats | None = None
        self._sharpness = Sharpness(steepest=0.0, against_contrast=0.0)
        self._learnt = 0
        self._at: datetime | None = None

    def judge(self, thumbnail: Pixels, at: datetime) -> Flaw | None:
        """BLURRED, MOVED, or None: then the picture is learnt."""
        slopes = _slopes(thumbnail)
        edges, sharpness = _edges(slopes), Sharpness.of(slopes, thumbnail)
        if self._edges is None or self._edges.shape != edges.shape:
            self._forget()  # the first picture, or the camera was set to another form
        flaw = None if self._learnt < _LEARNT else self._flaw(edges, sharpness, at)
        if flaw is None:
            self._learn(edges, sharpness, at)
        return flaw

    def _flaw(self, edges: Floats, sharpness: Sharpness, at: datetime) -> Flaw | None:
        if sharpness.is_below(_BLURRED, self._sharpness):
            return Flaw.BLURRED
        assert self._edges is not None
        shift, here, best = _shift(self._edges, edges)
        if best < _STRANGE:
            return self._wonder(at)
        self._strange_since = None
        return Flaw.MOVED if shift > _LEAST_SHIFT and best - here > _CLEARER else None

    def _wonder(self, at: datetime) -> Flaw | None:
        self._strange_since = self._strange_since or at
        if at - self._strange_since < _ADOPTION:
            return Flaw.MOVED
        self._strange_since = None
        self._forget()
        return None

    def _learn(self, edges: Floats, sharpness: Sharpness, at: datetime) -> None:
        passed = at - self._at if self._at is not None else timedelta(0)
        self._at = at
        weight = max(1 / (self._learnt + 1) if self._learnt < _LEARNT else 0.0, 1 - math.exp(-passed / _FORGETTING))
        self._learnt += 1
        self._edges = edges if self._edges is None else (1 - weight) * self._edges + weight * edges
        self._sharpness = self._sharpness.nearer(sharpness, weight)


def _slopes(thumbnail: Pixels) -> Floats:
    grey = cv2.cvtColor(thumbnail, cv2.COLOR_RGB2GRAY)
    across, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    return np.asarray(cv2.magnitude(across, down), np.float32)


def _edges(slopes: Floats) -> Floats:
    """Slopes, none steeper than all but a few, so that one bright rim does not outweigh the rest."""
    return np.asarray(cv2.GaussianBlur(np.minimum(slopes, np.percentile(slopes, 95)), (0, 0), 1.0), np.float32)


def _shift(usual: Floats, edges: Floats) -> tuple[float, float, float]:
    """How far the edges moved, as a fraction of the width; how well they fit (-1..1) unmoved and at their best."""
    height, width = edges.shape
    down, right = height // _SEARCHED, width // _SEARCHED
    middle = edges[down : height - down, right : width - right]
    fits = cv2.matchTemplate(usual, middle, cv2.TM_CCOEFF_NORMED)
    _, best, _, (column, row) = cv2.minMaxLoc(fits)
    return math.hypot(column - right, row - down) / width, float(fits[down, right]), float(best)
