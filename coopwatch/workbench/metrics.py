"""How good a model is on pictures it never saw: true labels and probabilities in, figures out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

_BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelFigures:
    """How well one label is told; a share of nothing is 0."""

    precision: float  # of the pictures given this name, how many rightly
    recall: float  # of this label's pictures, how many were given its name
    f1: float
    support: int  # pictures of this label

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        return {
            "precision": round(self.precision, 4),
            "recall": round(self.recall, 4),
            "f1": round(self.f1, 4),
            "support": self.support,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What an evaluation found."""

    count: int
    right: int
    calibration_error: float  # mean distance between certainty and share of right answers
    labels: Mapping[str, LabelFigures]
    confusion: Mapping[str, Mapping[str, int]]  # true label -> given label -> pictures

    @property
    def accuracy(self) -> float:
        """The share of right answers."""
        return self.right / self.count if self.count else 0.0

    def as_json(self) -> dict[str, Any]:
        """For scripts and cards."""
        return {
            "accuracy": round(self.accuracy, 4),
            "count": self.count,
            "right": self.right,
            "calibration_error": round(self.calibration_error, 4),
            "labels": {name: figures.as_json() for name, figures in self.labels.items()},
            "confusion": {true: dict(given) for true, given in self.confusion.items()},
        }


def measure(true: Sequence[str], probabilities: npt.NDArray[np.floating], labels: Sequence[str]) -> Figures:
    """Compare the likeliest label of each row of `probabilities` (pictures, labels) with the true one."""
    given = [labels[column] for column in probabilities.argmax(axis=1)] if len(true) else []
    right = np.array([a == b for a, b in zip(true, given, strict=True)], dtype=bool)
    return Figures(
        count=len(true),
        right=int(right.sum()),
        calibration_error=_calibration_error(right, probabilities.max(axis=1)) if len(true) else 0.0,
        labels={label: _of_label(label, true, given) for label in sorted(set(true) | set(given))},
        confusion=_confusion(true, given),
    )


def _of_label(label: str, true: Sequence[str], given: Sequence[str]) -> LabelFigures:
    named = sum(name == label for name in given)
    support = sum(name == label for name in true)
    hits = sum(a == b == label for a, b in zip(true, given, strict=True))
    return LabelFigures(
        precision=hits / named if named else 0.0,
        recall=hits / support if support else 0.0,
        f1=2 * hits / (named + support) if named + support else 0.0,
        support=support,
    )


def _confusion(true: Sequence[str], given: Sequence[str]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for a, b in sorted(zip(true, given, strict=True)):
        row = counts.setdefault(a, {})
        row[b] = row.get(b, 0) + 1
    return counts


def _calibration_error(right: npt.NDArray[np.bool_], certainty: npt.NDArray[np.floating]) -> float:
    """The expected calibration error over ten bins of certainty (Naeini and others, 2015)."""
    bins = np.minimum((certainty * _BINS).astype(int), _BINS - 1)
    gaps = [abs(right[bins == b].mean() - certainty[bins == b].mean()) * (bins == b).sum() for b in set(bins.tolist())]
    return float(sum(gaps) / len(right))
