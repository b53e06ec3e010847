"""Training a head on a frozen backbone's features: `backbone.tflite` and `head.npz` out, in seconds.

With few pictures none can be spared for calibration alone: the head is fitted several times, each time without some
days, and what it says of the days it did not see sets the temperature. The head that is kept has seen all of them.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from coopwatch.vision.calibration import softmax
from coopwatch.vision.card import Input
from coopwatch.vision.examples import ASIDE_MOST, LEARN_MOST, Examples, Labelled, examples_bytes
from coopwatch.vision.fit_head import PENALTY, fit_head
from coopwatch.vision.head import head_bytes
from coopwatch.vision.model_files import BACKBONE_FILE, FEATURES_FILE, HEAD_FILE
from coopwatch.workbench.export.to_litert import export_litert
from coopwatch.workbench.learning.features import compute_features
from coopwatch.workbench.learning.starts import put_head
from coopwatch.workbench.learning.temperature import find_unknown_bar, fit_temperature
from coopwatch.workbench.learning.way import Task, Trained, columns
from coopwatch.workbench.networks.heads import pooled
from coopwatch.workbench.networks.network import Network
from coopwatch.workbench.networks.weights import build_base
from coopwatch.workbench.pictures.dataset import Picture
from coopwatch.workbench.pictures.pixels import Prepared
from coopwatch.workbench.pictures.split import Split

Features = npt.NDArray[np.float32]
Rows = npt.NDArray[np.intp]

_FOLDS = 5


class HeadOnFeatures:
    """The way `features`, bound to a task and a folder for cached features."""

    def __init__(self, task: Task, cache: Path) -> None:
        self.form = task.form
        self._task, self._cache = task, cache
        with task.stopwatch.step("build"):
            self._backbone = build_frozen(task.network, task.form, task.weights, task.seed)
        with task.stopwatch.step("export"):
            self._exported = export_litert(self._backbone)

    def prepare(self, pictures: Sequence[Picture]) -> Prepared:
        """The features of every picture, as the exported backbone sees them."""
        with self._task.stopwatch.step("features"):
            return compute_features(pictures, self._exported, self.form, self._cache, self._task.progress)

    def fit(self, prepared: Prepared, split: Split, labels: Sequence[str]) -> Trained:
        """Fit the head on training and validation pictures, calibrated on what it did not see."""
        pictures = (*split.train, *split.validation)
        features = prepared.values[prepared.rows(pictures)].astype(np.float32, copy=False)
        true = np.array(columns(pictures, labels), dtype=np.intp)
        counts = count_pseudo(pictures, self._task.pseudo_share)
        # The matrices are small: more than one thread only waits, on a busy machine twenty times as long.
        with threadpool_limits(1, user_api="blas"), self._task.stopwatch.step("calibrate"):
            logits, seen = _unseen_logits(features, true, counts, _folds(pictures, true), len(labels))
            temperature = fit_temperature(logits, seen)
        with threadpool_limits(1, user_api="blas"), self._task.stopwatch.step("fit"):
            head = fit_head(features, true, len(labels), counts=counts)
        examples = Examples(
            learn=Labelled.spread(features, true, LEARN_MOST),
            aside=self._aside(prepared, split, labels),
            photos={},
        )
        return Trained(
            model=put_head(self._backbone, head),
            forms=(
                lambda: {BACKBONE_FILE: self._exported, HEAD_FILE: head_bytes(head)},
                lambda: {BACKBONE_FILE: export_litert(self._backbone, eight_bits=False), HEAD_FILE: head_bytes(head)},
            ),
            more={FEATURES_FILE: examples_bytes(examples)},
            temperature=temperature,
            unknown_below=find_unknown_bar(softmax(logits, temperature), seen),
            facts={"penalty": PENALTY, "calibrated_on": len(seen)},
        )

    @staticmethod
    def _aside(prepared: Prepared, split: Split, labels: Sequence[str]) -> Labelled:
        """Some of the pictures that nothing was learnt from."""
        true = np.array(columns(split.test, labels), dtype=np.intp)
        features = prepared.values[prepared.rows(split.test)].astype(np.float32, copy=False)
        return Labelled.spread(features, true, ASIDE_MOST)


def build_frozen(network: Network, form: Input, weights: str, seed: int) -> keras.Model:
    """The network's backbone, of whose features a head is learnt: (height, width, 3) -> (features,)."""
    assert network.backbone is not None
    keras.utils.clear_session()  # layers are numbered from 1, so that the same run gives the same files
    keras.utils.set_random_seed(seed)
    backbone = pooled(build_base(network, network.backbone, form, weights))
    backbone.trainable = False
    return backbone


def count_pseudo(pictures: Sequence[Picture], share: float) -> npt.NDArray[np.float64]:
    """As how many pictures each counts: those that a model labelled make up `share` of all together."""
    is_pseudo = np.array([picture.origin == "pseudo" for picture in pictures])
    counts = np.ones(len(pictures))
    if is_pseudo.any():
        counts[is_pseudo] = share / (1 - share) * (~is_pseudo).sum() / is_pseudo.sum()
    return counts


def _unseen_logits(
    features: Features, true: Rows, counts: npt.NDArray[np.float64], folds: Iterator[Rows], labels: int
) -> tuple[Features, Rows]:
    """(logits, true columns) of pictures that the head which judged them had not seen."""
    logits, seen = [np.empty((0, labels), np.float32)], [np.empty(0, np.intp)]
    for fold in folds:
        rest = np.setdiff1d(np.arange(len(true)), fold)
        if len(np.unique(true[rest])) == labels:  # a head must know every label that it is asked about
            head = fit_head(features[rest], true[rest], labels, counts=counts[rest])
            logits.append(head.logits(features[fold]))
            seen.append(true[fold])
    return np.concatenate(logits), np.concatenate(seen)


def _folds(pictures: Sequence[Picture], true: Rows) -> Iterator[Rows]:
    """Rows to leave out together: days where there are enough, else every fifth picture of each label.

    Nothing is measured on pictures that a model labelled; they are in no fold.
    """
    human = [row for row, picture in enumerate(pictures) if picture.origin == "human"]
    days = sorted({str(pictures[row].day) for row in human})
    if len(days) >= 2 and all(pictures[row].day is not None for row in human):
        places = {day: number % _FOLDS for number, day in enumerate(days)}
        fold_of = np.array([places[str(pictures[row].day)] for row in human])
    else:
        columns_of = true[human]
        fold_of = np.array([int((columns_of[:n] == c).sum()) for n, c in enumerate(columns_of)]) % _FOLDS
    return (np.array(human)[fold_of == fold] for fold in range(_FOLDS) if (fold_of == fold).any())
