"""Features of pictures and what a person said of some in; the pictures to ask about next, all much alike, out.

A person who sorts photos one by one gives up. Pictures that look alike are shown together, so that one key names them
all. Batches take turns: one around the picture that a model of what was said so far is least sure of (margin sampling:
T. Scheffer and others, Active Hidden Markov Models for Information Extraction, IDA 2001), which teaches most; one
around a picture drawn by chance, which tells fairly how good that model is by now.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from coopwatch.vision.calibration import softmax
from coopwatch.vision.fit_head import fit_head

MOST = 24  # pictures at once: a page that the eye takes in
# Cosine of features less their mean. On 720 drawn crops of 12 labels, 0.4 asked 110 times, with 127 pictures to leave
# out; 0.3 asked 92 times, with 184; 0.5 asked 154 times, with 102.
ALIKE = 0.4
_KEPT = 256  # directions of the features that are looked at: the rest is noise, and costs a second a batch

_TRIED = 1_000  # pictures that are compared with all: each with each of many fills the memory

Matrix = npt.NDArray[np.float32]
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What to ask next."""

    rows: tuple[int, ...]  # of the pictures, the one that it is about first, then the most like it
    guess: str | None  # what a model of what was said so far calls them; None: too little was said
    is_by_chance: bool  # so that being right or wrong about it tells how good that model is


class Alike:
    """Knows which pictures are alike.

    Args:
        features: (pictures, features), of each picture what a backbone sees.
    """

    def __init__(self, features: Matrix) -> None:
        with threadpool_limits(1, user_api="blas"):
            self._views = _reduced(features)
        lengths = np.linalg.norm(self._views, axis=1, keepdims=True)
        self._directions = self._views / np.maximum(lengths, np.finfo(np.float32).tiny)

    def next_batch(
        self, said: Mapping[int, str], aside: frozenset[int], turn: int, rng: np.random.Generator
    ) -> Batch | None:
        """What to ask next; None if nothing is left.

        Args:
            said: row of a picture -> its label.
            aside: rows that are not to be asked about.
            turn: counts the batches; every other one is by chance.
            rng: draws that one.
        """
        rest = np.array([row for row in range(len(self._views)) if row not in said and row not in aside], np.intp)
        if not len(rest):
            return None
        with threadpool_limits(1, user_api="blas"):
            if len(set(said.values())) < 2:
                return Batch(rows=self._around(self._densest(rest), rest), guess=None, is_by_chance=False)
            labels, shares = self._guess(said, rest)
            best, by_chance = shares.argmax(axis=1), turn % 2 == 1
            place = int(rng.integers(len(rest))) if by_chance else int(_margin(shares).argmin())
            like = rest[best == best[place]]
            return Batch(rows=self._around(rest[place], like), guess=labels[best[place]], is_by_chance=by_chance)

    def _guess(self, said: Mapping[int, str], rest: Rows) -> tuple[list[str], npt.NDArray[np.floating]]:
        """(the labels said so far, the probability of each for each of the rest)."""
        labels = sorted(set(said.values()))
        true = np.array([labels.index(label) for label in said.values()], np.intp)
        head = fit_head(self._views[list(said)], true, len(labels))
        return labels, softmax(head.logits(self._views[rest]), 1.0)

    def _densest(self, rest: Rows) -> int:
        """The one with the nearest neighbours: so that the first key names many."""
        tried = rest[:: 1 + len(rest) // _TRIED]
        alike = self._directions[tried] @ self._directions[rest].T
        nearest = np.sort(alike, axis=1)[:, -MOST:]
        return int(tried[nearest.mean(axis=1).argmax()])

    def _around(self, row: int, pool: Rows) -> tuple[int, ...]:
        """The row, and of the pool those most like it."""
        others = pool[pool != row]
        alike = self._directions[others] @ self._directions[row]
        order = np.argsort(-alike, kind="stable")[: MOST - 1]
        return (int(row), *(int(others[place]) for place in order if alike[place] >= ALIKE))


def _margin(shares: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """How far the likeliest label is ahead of the next."""
    two = np.sort(shares, axis=1)[:, -2:]
    return np.asarray(two[:, 1] - two[:, 0])


def _reduced(features: Matrix) -> Matrix:
    """The features, less their mean, along the directions in which they differ most."""
    centred = features - features.mean(axis=0)
    if min(centred.shape) <= _KEPT:
        return np.asarray(centred, np.float32)
    values, directions = np.linalg.eigh(centred.T @ centred)
    kept: Matrix = centred @ directions[:, np.argsort(values)[-_KEPT:]]
    return kept
