"""How well eggs were put down to hens: told and true events in; precision, coverage and calibration out."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from coopwatch.core.score import TOLERANCE, Pair, match
from coopwatch.values import Event, EventKind

_BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Eggs of a known hen that were told in the right nest at the right time, and what was said of the hen."""

    eggs: int
    named: int  # of these: put down to one hen alone
    right: int  # of the named: to the hen who laid
    calibration_error: float | None  # 0..1, between certainty and truth; None: no hen was named at all

    @property
    def coverage(self) -> float | None:
        """The share of eggs that one hen alone was named for; None without eggs."""
        return self.named / self.eggs if self.eggs else None

    @property
    def precision(self) -> float | None:
        """The share of these names that are right; None without names."""
        return self.right / self.named if self.named else None


def attribution(told: Iterable[Event], true: Iterable[Event], tolerance: timedelta = TOLERANCE) -> Attribution:
    """Compare who was told to have laid with who did; eggs whose hen nobody knows are passed over."""
    laid = [event for event in true if event.kind is EventKind.EGG_LAID and event.hens]
    said = [event for event in told if event.kind is EventKind.EGG_LAID]
    pairs = match(said, laid, tolerance, by_hen=False)
    alone = [(told_egg, true_egg) for told_egg, true_egg in pairs if len(told_egg.hens) == 1]
    return Attribution(
        eggs=len(pairs),
        named=len(alone),
        right=sum(map(_is_right, alone)),
        calibration_error=calibration_error([(pair[0].certainty, _is_right(pair)) for pair in pairs if pair[0].hens]),
    )


def calibration_error(claims: Sequence[tuple[float, bool]]) -> float | None:
    """The expected calibration error of (certainty, came true) in ten equal bins; None without claims.

    After M. P. Naeini, G. F. Cooper and M. Hauskrecht, Obtaining well calibrated probabilities using Bayesian binning,
    AAAI 2015.
    """
    bins: dict[int, list[float]] = {}
    for certainty, came_true in claims:
        bins.setdefault(min(int(certainty * _BINS), _BINS - 1), []).append(came_true - certainty)
    return sum(abs(math.fsum(gaps)) for gaps in bins.values()) / len(claims) if claims else None


def _is_right(pair: Pair) -> bool:
    told, true = pair
    return true.hens[0] in told.hens
