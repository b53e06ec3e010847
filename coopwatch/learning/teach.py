"""Fits a head onto a trained one by what people named, and judges it: features in, a head with its figures out.

No head is judged by what it has seen: a named photo is named by one that was fitted without its visit, and of the
trained model's own pictures those count that were kept aside.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from coopwatch.core.lesson import Lesson
from coopwatch.learning.order import Figures
from coopwatch.learning.place import Verdict
from coopwatch.vision.examples import Examples, Features, Labelled
from coopwatch.vision.fit_head import fit_head
from coopwatch.vision.head import Head

NAMED_COUNTS = (4.0, 1.0)  # as how many pictures of the training a named photo counts; less where that is too much
_FOLDS = 5
_SLACK = 50  # of so many pictures kept aside, one may be named wrong that was named right

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Named:
    """What people named."""

    features: Features  # (photos, features)
    accepted: Mask  # (photos, labels): the answers that are right; more than one for "nothing there"
    visits: npt.NDArray[np.intp]  # (photos,)

    def without(self, left_out: Mask) -> Self:
        """The photos outside of the mask (photos,)."""
        rest = ~left_out
        return type(self)(features=self.features[rest], accepted=self.accepted[rest], visits=self.visits[rest])

    def right(self, head: Head) -> Mask:
        """Which of them the head names right, (photos,)."""
        right: Mask = self.accepted[np.arange(len(self.visits)), head.logits(self.features).argmax(axis=1)]
        return right

    def columns(self, head: Head) -> npt.NDArray[np.intp]:
        """The label of each: of those that are accepted, what the head takes it for."""
        best: npt.NDArray[np.intp] = np.where(self.accepted, head.logits(self.features), -np.inf).argmax(axis=1)
        return best


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Taught:
    """A head that learnt from what people named, and what it is worth."""

    head: Head
    figures: Figures


def teach(examples: Examples, named: Named, *, base: Head, in_use: Head) -> Taught:
    """Fit a head onto the trained one, `base`, and say whether it should take the place of the one in use."""
    for counts in NAMED_COUNTS:
        taught = _teach(examples, named, base, in_use, counts)
        if taught.figures.verdict is not Verdict.WORSE:
            break
    return taught


def _teach(examples: Examples, named: Named, base: Head, in_use: Head, counts: float) -> Taught:
    head = _fit(examples.learn, named, base, counts)
    judged = _judged(examples.learn, named, base, counts)
    lesson = Lesson(
        photos=len(named.visits),
        judged=len(judged),
        right=int(judged.sum()),
        before=int(named.right(base).sum()) if len(judged) else 0,
    )
    aside = examples.aside
    right, before = _right(head, aside), max(_right(base, aside), _right(in_use, aside))
    if named.right(head).sum() <= named.right(in_use).sum():
        verdict = Verdict.NO_GAIN
    elif lesson.right < lesson.before or right < before - len(aside.columns) // _SLACK:
        verdict = Verdict.WORSE
    else:
        verdict = Verdict.LEARNT
    figures = Figures(verdict=verdict, lesson=lesson, aside=len(aside.columns), aside_right=right, aside_before=before)
    return Taught(head=head, figures=figures)


def _fit(learn: Labelled, named: Named, base: Head, counts: float) -> Head:
    return fit_head(
        np.concatenate([learn.features, named.features]),
        np.concatenate([learn.columns, named.columns(base)]),
        named.accepted.shape[1],
        counts=np.concatenate([np.ones(len(learn.columns)), np.full(len(named.visits), counts)]),
        onto=base,
    )


def _judged(learn: Labelled, named: Named, base: Head, counts: float) -> Mask:
    """Which photos are named right by a head that did not see their visit, (photos,); none if there is one visit."""
    visits = np.unique(named.visits)
    if len(visits) < 2:
        return np.empty(0, np.bool_)
    right = np.zeros(len(named.visits), np.bool_)
    for number in range(min(_FOLDS, len(visits))):
        fold = np.isin(named.visits, visits[number::_FOLDS])
        right[fold] = named.right(_fit(learn, named.without(fold), base, counts))[fold]
    return right


def _right(head: Head, pictures: Labelled) -> int:
    return int((head.logits(pictures.features).argmax(axis=1) == pictures.columns).sum())
