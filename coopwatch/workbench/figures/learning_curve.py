"""Whether more photos would help: features of learnt and tested pictures in, right answers by number of photos out."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from coopwatch.vision.fit_head import fit_head
from coopwatch.workbench.progress import Progress, track

Features = npt.NDArray[np.float32]
Columns = npt.NDArray[np.intp]

SIZES = (1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000)
DRAWS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningPoint:
    """What came of so many photos a label, drawn several times."""

    photos: int  # of each label, or all there are of it
    learnt_from: int  # photos of all labels together
    right: tuple[int, ...]  # test pictures rightly named, a number a draw
    count: int  # test pictures

    @property
    def mean(self) -> float:
        """The mean share of right answers."""
        return sum(self.right) / (len(self.right) * self.count)

    @property
    def lowest(self) -> int:
        """Right answers of the worst draw."""
        return min(self.right)

    @property
    def highest(self) -> int:
        """Right answers of the best draw."""
        return max(self.right)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Labelled:
    """Pictures as a backbone sees them, with what they show."""

    features: Features  # (pictures, features)
    true: Columns  # (pictures,), the column of each picture's label


def learning_curve(
    learnt: Labelled, tested: Labelled, labels: int, *, seed: int, progress: Progress
) -> tuple[LearningPoint, ...]:
    """Fit a head on ever more photos a label, several draws each, and count what it names rightly.

    Every label must have a photo in `learnt`, and there must be something tested.
    """
    most = int(np.bincount(learnt.true, minlength=labels).max())
    sizes = [size for size in SIZES if size < most] + [most]
    return tuple(_point(learnt, tested, labels, size, seed) for size in track(progress, "learning curve", sizes))


def _point(learnt: Labelled, tested: Labelled, labels: int, photos: int, seed: int) -> LearningPoint:
    right, rows = [], np.empty(0, np.intp)
    for rows in _draws(learnt.true, labels, photos, seed):
        head = fit_head(learnt.features[rows], learnt.true[rows], labels)
        right.append(int((head.logits(tested.features).argmax(axis=1) == tested.true).sum()))
    return LearningPoint(photos=photos, learnt_from=len(rows), right=tuple(right), count=len(tested.true))


def _draws(true: Columns, labels: int, photos: int, seed: int) -> Iterator[Columns]:
    """Rows of `photos` pictures of each label, drawn anew each time; once, if that is all of them."""
    rows_of = [np.flatnonzero(true == column) for column in range(labels)]
    for draw in range(DRAWS if any(len(rows) > photos for rows in rows_of) else 1):
        rng = np.random.default_rng((seed, photos, draw))
        yield np.concatenate([rng.permutation(rows)[:photos] for rows in rows_of])
