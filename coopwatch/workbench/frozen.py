"""Training a head on a frozen backbone's features: `backbone.tflite` and `head.npz` out, in seconds.

With few pictures none can be spared for calibration alone: the head is fitted several times, each time without some
days, and what it says of the days it did not see sets the temperature. The head that is kept has seen all of them.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt

from coopwatch.vision.calibration import softmax
from coopwatch.vision.card import Input
from coopwatch.vision.fit_head import PENALTY, fit_head
from coopwatch.vision.head import BACKBONE_FILE, HEAD_FILE, Head, head_bytes
from coopwatch.workbench.dataset import Picture
from coopwatch.workbench.export import export_litert
from coopwatch.workbench.features import compute_features
from coopwatch.workbench.networks.network import Network
from coopwatch.workbench.pixels import Prepared
from coopwatch.workbench.progress import Progress
from coopwatch.workbench.split import Split
from coopwatch.workbench.stopwatch import Stopwatch
from coopwatch.workbench.temperature import find_unknown_bar, fit_temperature
from coopwatch.workbench.way import Trained, columns

Features = npt.NDArray[np.float32]
Rows = npt.NDArray[np.intp]

_FOLDS = 5


class Frozen:
    """The way `features`, bound to a network, its input and a folder for cached features."""

    def __init__(self, network: Network, form: Input, cache: Path, stopwatch: Stopwatch, progress: Progress) -> None:
        self.form = form
        self._cache, self._stopwatch, self._progress = cache, stopwatch, progress
        with stopwatch.step("build"):
            self._backbone = network.build(form, 0)
            self._backbone.trainable = False
        with stopwatch.step("export"):
            self._exported = export_litert(self._backbone)

    def prepare(self, pictures: Sequence[Picture]) -> Prepared:
        """The features of every picture, as the exported backbone sees them."""
        with self._stopwatch.step("features"):
            return compute_features(pictures, self._exported, self.form, self._cache, self._progress)

    def fit(self, prepared: Prepared, split: Split, labels: Sequence[str]) -> Trained:
        """Fit the head on training and validation pictures, calibrated on what it did not see."""
        pictures = (*split.train, *split.validation)
        features = prepared.values[prepared.rows(pictures)].astype(np.float32, copy=False)
        true = np.array(columns(pictures, labels), dtype=np.intp)
        with self._stopwatch.step("calibrate"):
            logits, seen = _unseen_logits(features, true, _folds(pictures, true), len(labels))
            temperature = fit_temperature(logits, seen)
        with self._stopwatch.step("fit"):
            head = fit_head(features, true, len(labels))
        return Trained(
            model=with_head(self._backbone, head),
            files={BACKBONE_FILE: self._exported, HEAD_FILE: head_bytes(head)},
            temperature=temperature,
            unknown_below=find_unknown_bar(softmax(logits, temperature), seen),
            weights="imagenet",
            facts={
                "way": "features",
                "penalty": PENALTY,
                "calibrated_on": len(seen),
                "parameters": int(self._backbone.count_params() + head.weights.size + head.bias.size),
            },
        )


def with_head(backbone: keras.Model, head: Head) -> keras.Model:
    """The backbone with the head on top, as one Keras model that gives probabilities."""
    dense = keras.layers.Dense(len(head.bias), activation="softmax", name="head")
    model = keras.Model(backbone.input, dense(backbone.output), name=backbone.name)
    dense.set_weights([head.weights, head.bias])
    return model


def _unseen_logits(features: Features, true: Rows, folds: Iterator[Rows], labels: int) -> tuple[Features, Rows]:
    """(logits, true columns) of pictures that the head which judged them had not seen."""
    logits, seen = [np.empty((0, labels), np.float32)], [np.empty(0, np.intp)]
    for fold in folds:
        rest = np.setdiff1d(np.arange(len(true)), fold)
        if len(np.unique(true[rest])) == labels:  # a head must know every label that it is asked about
            logits.append(fit_head(features[rest], true[rest], labels).logits(features[fold]))
            seen.append(true[fold])
    return np.concatenate(logits), np.concatenate(seen)


def _folds(pictures: Sequence[Picture], true: Rows) -> Iterator[Rows]:
    """Rows to leave out together: days where there are enough, else every fifth picture of each label."""
    days = sorted({str(picture.day) for picture in pictures if picture.day is not None})
    if len(days) >= 2 and all(picture.day is not None for picture in pictures):
        places = {day: number % _FOLDS for number, day in enumerate(days)}
        folds = np.array([places[str(picture.day)] for picture in pictures])
    else:
        rank = np.array([int((true[:row] == column).sum()) for row, column in enumerate(true)])
        folds = rank % _FOLDS
    return (np.flatnonzero(folds == fold) for fold in range(_FOLDS) if (folds == fold).any())
