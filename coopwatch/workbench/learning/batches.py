"""Feeds a network: decoded pictures and labels in, scaled and augmented batches out."""

import math

import keras
import numpy as np
import numpy.typing as npt

from coopwatch.values import Pixels
from coopwatch.vision.card import Input
from coopwatch.vision.preprocess import scale_input
from coopwatch.workbench.learning.augment import Augmentation, augment

Batch = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], npt.NDArray[np.float32]]


class Batches(keras.utils.PyDataset):  # type: ignore[misc]  # keras ships no types
    """Shuffled anew each epoch; each picture weighs so that every label counts the same.

    Pictures that a model labelled (`is_pseudo`) make up a fixed share of every batch: they come round again where they
    are few, and wait for the next epoch where they are many.
    """

    def __init__(
        self,
        pixels: Pixels,
        target: npt.NDArray[np.float32],
        *,
        form: Input,
        batch_size: int,
        seed: int,
        recipe: Augmentation | None,
        is_pseudo: npt.NDArray[np.bool_] | None = None,
        pseudo_share: float = 0.0,
    ) -> None:
        """`pixels` (pictures, height, width, 3), `target` (pictures, labels); without a recipe nothing is shuffled."""
        super().__init__()
        self._pixels, self._target, self._form, self._recipe = pixels, target, form, recipe
        is_pseudo = np.zeros(len(target), bool) if is_pseudo is None else is_pseudo
        self._kinds = np.flatnonzero(~is_pseudo), np.flatnonzero(is_pseudo)
        self._weight = np.ones(len(target), np.float32)
        for rows in self._kinds:
            self._weight[rows] = _balance(self._target[rows])
        self._mixed = min(max(1, round(batch_size * pseudo_share)), batch_size - 1) if is_pseudo.any() else 0
        self._own, self._seed, self._epoch = batch_size - self._mixed, seed, 0
        self._orders = self._shuffled()

    def __len__(self) -> int:
        return math.ceil(len(self._kinds[0]) / self._own)

    def __getitem__(self, index: int) -> Batch:
        rows = self._rows(index)
        chosen = np.asarray(self._pixels[rows])
        if self._recipe is not None:
            # Seeded by epoch and batch, so that the order in which batches are asked for does not matter.
            rng = np.random.default_rng((self._seed, self._epoch, index))
            chosen = np.stack([augment(pixels, self._recipe, rng) for pixels in chosen])
        return scale_input(chosen, self._form), self._target[rows], self._weight[rows]

    def on_epoch_end(self) -> None:
        """Shuffle for the next epoch."""
        self._epoch += 1
        self._orders = self._shuffled()

    def _rows(self, index: int) -> npt.NDArray[np.intp]:
        human, pseudo = self._orders
        own = human[index * self._own : (index + 1) * self._own]
        mixed = math.ceil(self._mixed * len(own) / self._own)  # the last batch may be smaller
        places = np.arange(index * self._mixed, index * self._mixed + mixed)
        return np.concatenate([own, pseudo.take(places, mode="wrap")]) if mixed else own

    def _shuffled(self) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        if self._recipe is None:
            return self._kinds
        rng = np.random.default_rng((self._seed, self._epoch))
        return rng.permutation(self._kinds[0]), rng.permutation(self._kinds[1])


def _balance(target: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The weight of each picture, given as rows of (labels,), by which the labels that occur count the same."""
    counts = target.sum(axis=0)
    occurring = np.maximum((counts > 0).sum(), 1)
    return np.asarray(target @ (len(target) / (occurring * np.maximum(counts, 1))), dtype=np.float32)
