"""Crops of one nest and their times go in; whether one is worth classifying comes out."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from coopwatch.values import Classification, Pixels

Floats: TypeAlias = npt.NDArray[np.float32]

_SIDE = 32  # of the thumbnail that is compared; an egg covers several of its pixels
_CHANGED = 8.0  # of 255; noise and JPEG damage stay below 3, whatever comes or goes makes 80 and more
_EXPOSURE = 1.25  # a change of brightness or tint up to so much is the light's; more is something in the nest


class Worth(Enum):
    """What to do with a nest's crop."""

    CLASSIFY = "it may show something new"
    REPEAT = "it shows what was classified last: the answer would be the same"
    WAIT = "it is worth it, but the last answer is too new"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often a nest is classified."""

    at_most_every: timedelta = timedelta(0)  # however much it changes
    at_least_every: timedelta = timedelta(minutes=1)  # the heartbeat, also of a nest where nothing stirs


class NestGate:
    """Compares each crop with the one classified last, not with the one before: slow changes add up.

    Brightness and tint alone are no change: clouds and exposure move them all the time. An answer is repeated only once
    the one before named the same label: a single wrong one is never told twice.
    """

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._classified: Floats | None = None
        self._answer: Classification | None = None  # to it
        self._is_settled = False  # the last two answers agree
        self._newest: Floats | None = None
        self.changed_at: datetime | None = None  # when the nest last looked new

    def weigh(self, crop: Pixels, at: datetime) -> Worth:
        """What the crop of that moment is worth."""
        self._newest = small(crop)
        if self._classified is None or self._answer is None:
            self.changed_at = at
            return Worth.CLASSIFY
        passed = at - self._answer.taken_at
        if differ(self._newest, self._classified):
            self.changed_at = at
        elif self._is_settled and passed < self._pace.at_least_every:
            return Worth.REPEAT
        return Worth.CLASSIFY if passed >= self._pace.at_most_every else Worth.WAIT

    def note(self, answer: Classification) -> None:
        """The crop weighed last was classified."""
        self._is_settled = self._answer is not None and _label(self._answer) == _label(answer)
        self._classified, self._answer = self._newest, answer

    def repeat(self, at: datetime) -> Classification:
        """The last answer, for a crop of that moment that shows the same: evidence comes at the frames' pace."""
        assert self._answer is not None
        return replace(self._answer, taken_at=at)

    @property
    def classified_at(self) -> datetime | None:
        """When the newest crop was taken that was classified; None before the first."""
        return self._answer.taken_at if self._answer else None


def _label(answer: Classification) -> str:
    return max(answer.probabilities, key=answer.probabilities.__getitem__)


def small(crop: Pixels) -> Floats:
    """A crop as it is compared: a blurred thumbnail, without the noise of the sensor."""
    thumbnail = cv2.resize(crop, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(thumbnail, (3, 3), 0), np.float32)


def differ(one: Floats, other: Floats) -> bool:
    """Whether something came, went or moved between two that `small` gave; the light alone may change."""
    gain = np.clip((one.mean(axis=(0, 1)) + 1) / (other.mean(axis=(0, 1)) + 1), 1 / _EXPOSURE, _EXPOSURE)
    return bool(np.abs(one - other * gain).max() > _CHANGED)
