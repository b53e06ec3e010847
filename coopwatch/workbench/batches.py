"""Feeds a network: decoded pictures and labels in, scaled and augmented batches out."""

import math

import keras
import numpy as np
import numpy.typing as npt

from coopwatch.values import Pixels
from coopwatch.vision.card import Input
from coopwatch.vision.preprocess import scale_input
from coopwatch.workbench.augment import Augmentation, augment

Batch = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], npt.NDArray[np.float32]]


class Batches(keras.utils.PyDataset):  # type: ignore[misc]  # keras ships no types
    """Shuffled anew each epoch; each picture weighs so that every label counts the same."""

    def __init__(
        self,
        pixels: Pixels,
        true: npt.NDArray[np.intp],
        *,
        labels: int,
        form: Input,
        batch_size: int,
        seed: int,
        recipe: Augmentation | None,
    ) -> None:
        """`pixels` is (pictures, height, width, 3), `true` their columns; without a recipe nothing is shuffled."""
        super().__init__()
        self._pixels, self._form, self._recipe = pixels, form, recipe
        self._target = np.eye(labels, dtype=np.float32)[true]
        counts = np.maximum(self._target.sum(axis=0), 1)
        present = int((self._target.sum(axis=0) > 0).sum())
        self._weight = (len(true) / (present * counts))[true].astype(np.float32)
        self._batch_size, self._seed, self._epoch = batch_size, seed, 0
        self._order = self._shuffled()

    def __len__(self) -> int:
        return math.ceil(len(self._target) / self._batch_size)

    def __getitem__(self, index: int) -> Batch:
        rows = self._order[index * self._batch_size : (index + 1) * self._batch_size]
        chosen = np.asarray(self._pixels[rows])
        if self._recipe is not None:
            # Seeded by epoch and batch, so that the order in which batches are asked for does not matter.
            rng = np.random.default_rng((self._seed, self._epoch, index))
            chosen = np.stack([augment(pixels, self._recipe, rng) for pixels in chosen])
        return scale_input(chosen, self._form), self._target[rows], self._weight[rows]

    def on_epoch_end(self) -> None:
        """Shuffle for the next epoch."""
        self._epoch += 1
        self._order = self._shuffled()

    def _shuffled(self) -> npt.NDArray[np.intp]:
        rows = np.arange(len(self._target))
        if self._recipe is not None:
            np.random.default_rng((self._seed, self._epoch)).shuffle(rows)
        return rows
