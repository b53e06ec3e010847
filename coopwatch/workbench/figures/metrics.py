"""How good a model is on pictures it never saw: its answers beside the truth in, figures out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coopwatch.vision.light_mode import LightMode
from coopwatch.workbench.answer import Answer
from coopwatch.workbench.share import Share

_BINS = 10
UNCLEAR = "unclear"  # the light of a picture that is neither clearly colour nor clearly infra-red


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelFigures:
    """How well one label is told."""

    hits: int  # pictures of this label that were given its name
    named: int  # pictures that were given its name
    support: int  # pictures of this label

    @property
    def precision(self) -> Share:
        """Of the pictures given this name, how many rightly."""
        return Share(hits=self.hits, count=self.named)

    @property
    def recall(self) -> Share:
        """Of this label's pictures, how many were given its name."""
        return Share(hits=self.hits, count=self.support)

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        return 2 * self.hits / (self.named + self.support) if self.named + self.support else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """The answers that were about equally sure."""

    low: float  # certainty from here
    high: float  # to here
    right: Share
    certainty: float  # their mean certainty


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What an evaluation found."""

    right: Share
    labels: Mapping[str, LabelFigures]
    confusion: Mapping[str, Mapping[str, int]]  # true label -> given label -> pictures
    calibration: tuple[Bin, ...]  # those that hold answers, from unsure to sure
    lights: Mapping[str, Share]  # by what light the pictures were taken -> right answers
    unknown_below: float
    unknown: Share  # answers too unsure to be told; its hits are those that would have been right

    @property
    def accuracy(self) -> float:
        """The share of right answers."""
        return self.right.value

    @property
    def calibration_error(self) -> float:
        """Mean distance between certainty and share of right answers (Naeini and others, AAAI 2015)."""
        gaps = (group.right.count * abs(group.right.value - group.certainty) for group in self.calibration)
        return sum(gaps) / self.right.count if self.right.count else 0.0

    @property
    def confusions(self) -> tuple[tuple[str, str, int], ...]:
        """(true label, given label, pictures) of the wrong answers, the most frequent first."""
        wrong = [
            (true, given, count)
            for true, row in self.confusion.items()
            for given, count in row.items()
            if true != given
        ]
        return tuple(sorted(wrong, key=lambda row: (-row[2], row[0], row[1])))

    def as_json(self) -> dict[str, Any]:
        """For scripts and cards."""
        return {
            "accuracy": round(self.accuracy, 4),
            "count": self.right.count,
            "right": self.right.hits,
            "calibration_error": round(self.calibration_error, 4),
            "labels": {name: _label_json(label) for name, label in self.labels.items()},
            "confusion": {true: dict(given) for true, given in self.confusion.items()},
            "intervals": {
                "accuracy": _interval(self.right),
                "labels": {
                    name: {"precision": _interval(label.precision), "recall": _interval(label.recall)}
                    for name, label in self.labels.items()
                },
            },
            "calibration": [
                {
                    "from": group.low,
                    "to": group.high,
                    "certainty": round(group.certainty, 4),
                    **_share_json(group.right),
                }
                for group in self.calibration
            ],
            "lights": {light: _share_json(share) for light, share in self.lights.items()},
            "unknown": {"below": self.unknown_below, "count": self.unknown.count, "right": self.unknown.hits},
        }


def measure(answers: Sequence[Answer], *, unknown_below: float = 0.0) -> Figures:
    """Compare the likeliest label of each answer with the true one."""
    true, given = Counter(answer.label for answer in answers), Counter(answer.given for answer in answers)
    hits = Counter(answer.label for answer in answers if answer.is_right)
    return Figures(
        right=_right(answers),
        labels={
            label: LabelFigures(hits=hits[label], named=given[label], support=true[label])
            for label in sorted(true | given)
        },
        confusion=_confusion(answers),
        calibration=_calibration(answers),
        lights=_lights(answers),
        unknown_below=unknown_below,
        unknown=_right([answer for answer in answers if answer.certainty < unknown_below]),
    )


def _right(answers: Sequence[Answer]) -> Share:
    return Share(hits=sum(answer.is_right for answer in answers), count=len(answers))


def _confusion(answers: Sequence[Answer]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for (true, given), count in sorted(Counter((answer.label, answer.given) for answer in answers).items()):
        counts.setdefault(true, {})[given] = count
    return counts


def _calibration(answers: Sequence[Answer]) -> tuple[Bin, ...]:
    bins: dict[int, list[Answer]] = {}
    for answer in answers:
        bins.setdefault(min(int(answer.certainty * _BINS), _BINS - 1), []).append(answer)
    return tuple(
        Bin(
            low=number / _BINS,
            high=(number + 1) / _BINS,
            right=_right(inside),
            certainty=sum(answer.certainty for answer in inside) / len(inside),
        )
        for number, inside in sorted(bins.items())
    )


def _lights(answers: Sequence[Answer]) -> dict[str, Share]:
    by_light = {
        name: _right([answer for answer in answers if answer.light is light])
        for name, light in (
            (LightMode.COLOUR, LightMode.COLOUR),
            (LightMode.INFRA_RED, LightMode.INFRA_RED),
            (UNCLEAR, None),
        )
    }
    return {name: share for name, share in by_light.items() if share.count}


def _label_json(label: LabelFigures) -> dict[str, Any]:
    return {
        "precision": round(label.precision.value, 4),
        "recall": round(label.recall.value, 4),
        "f1": round(label.f1, 4),
        "support": label.support,
    }


def _share_json(share: Share) -> dict[str, Any]:
    return {"count": share.count, "right": share.hits, "accuracy": round(share.value, 4), "interval": _interval(share)}


def _interval(share: Share) -> list[float]:
    return [round(end, 4) for end in share.interval]
