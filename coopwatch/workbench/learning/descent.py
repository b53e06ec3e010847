"""Training by gradient descent through the network: decoded pictures in, a whole network as `model.tflite` out.

Three ways: `scratch` learns everything, `frozen` a head on a backbone that stays as it is, `finetune` the backbone's
last block too, beginning with a head that is learnt already.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import keras
import numpy as np
import numpy.typing as npt

from coopwatch.errors import DatasetError
from coopwatch.vision.calibration import softmax
from coopwatch.vision.fit_head import fit_head
from coopwatch.vision.head import Head
from coopwatch.vision.preprocess import scale_input
from coopwatch.workbench.export.parity import ask
from coopwatch.workbench.export.to_litert import litert_forms
from coopwatch.workbench.learning.augment import Augmentation, find_augmentation
from coopwatch.workbench.learning.batches import Batches
from coopwatch.workbench.learning.fit import fit_network
from coopwatch.workbench.learning.starts import start_finetune, start_frozen
from coopwatch.workbench.learning.temperature import find_unknown_bar, fit_temperature
from coopwatch.workbench.learning.way import Task, Trained, columns
from coopwatch.workbench.networks.network import Network, OptimizerName, WayName
from coopwatch.workbench.networks.weights import build_whole
from coopwatch.workbench.pictures.dataset import Picture
from coopwatch.workbench.pictures.pixels import Prepared, decode_all
from coopwatch.workbench.pictures.split import Split
from coopwatch.workbench.progress import track

_OPTIMIZERS = {"adam": keras.optimizers.Adam, "sgd": keras.optimizers.SGD}
_FROZEN_RATE = 1e-4
_FINETUNE_RATE = 2e-5  # the article on fine-tuning: 1e-4 to 2e-5


@dataclass(frozen=True, slots=True, kw_only=True)
class DescentSettings:
    """How long and how fast to learn; None means the network's own."""

    epochs: int = 60
    patience: int = 8  # epochs without a lower validation loss
    batch_size: int = 16
    learning_rate: float | None = None
    augmentation: str | None = None


class Descent:
    """One of the three ways, bound to a task and settings."""

    def __init__(self, way: WayName, task: Task, settings: DescentSettings) -> None:
        self.form = task.form
        self._way, self._task, self._settings = way, task, settings
        self._augmentation = settings.augmentation or task.network.augmentation
        self._recipe = find_augmentation(self._augmentation)
        self._optimizer, rate = _pace(way, task.network)
        self._learning_rate = settings.learning_rate or rate

    def prepare(self, pictures: Sequence[Picture]) -> Prepared:
        """Decode every picture once."""
        with self._task.stopwatch.step("read"):
            return decode_all(pictures, self.form, self._task.progress)

    def fit(self, prepared: Prepared, split: Split, labels: Sequence[str]) -> Trained:
        """Train, keep the best epoch, calibrate on the validation part, export."""
        _require_validation(split)
        settings = self._settings
        train = self._batches(prepared, split.train, labels, self._recipe)
        validation = self._batches(prepared, split.validation, labels, None)
        with self._task.stopwatch.step("build"):
            model = self._start(prepared, split.train, labels)
        with self._task.stopwatch.step("fit"):
            fitted = fit_network(
                model,
                train,
                validation,
                epochs=settings.epochs,
                patience=settings.patience,
                optimizer=_OPTIMIZERS[self._optimizer](self._learning_rate),
                progress=self._task.progress,
            )
        with self._task.stopwatch.step("calibrate"):
            logits = np.log(np.maximum(_answers(model, validation), 1e-12))
            true = np.array(columns(split.validation, labels))
            temperature = fit_temperature(logits, true)
        return Trained(
            model=model,
            forms=litert_forms(model),
            temperature=temperature,
            unknown_below=find_unknown_bar(softmax(logits, temperature), true),
            fitted=fitted,
            facts={
                "epochs": fitted.epochs,
                "best_epoch": fitted.best_epoch,
                "batch_size": settings.batch_size,
                "optimizer": self._optimizer,
                "learning_rate": self._learning_rate,
                "augmentation": self._augmentation,
            },
        )

    def _start(self, prepared: Prepared, train: Sequence[Picture], labels: Sequence[str]) -> keras.Model:
        keras.utils.clear_session()  # layers are numbered from 1, so that the same run gives the same files
        task, backbone = self._task, self._task.network.backbone
        keras.utils.set_random_seed(task.seed)
        if self._way == "scratch" or backbone is None:
            return build_whole(task.network, self.form, len(labels), task.weights)
        if self._way == "frozen":
            return start_frozen(task.network, backbone, self.form, len(labels), task.weights)

        def fit(features: keras.Model) -> Head:
            rows = self._pixels(prepared, train)
            batches = [rows[first : first + 16] for first in range(0, len(rows), 16)]
            asked = track(task.progress, "learning the head", batches)
            seen = np.concatenate([ask(features, scale_input(batch, self.form)) for batch in asked])
            return fit_head(seen, np.array(columns(train, labels), dtype=np.intp), len(labels))

        return start_finetune(task.network, backbone, self.form, task.weights, fit)

    def _batches(
        self, prepared: Prepared, pictures: Sequence[Picture], labels: Sequence[str], recipe: Augmentation | None
    ) -> Batches:
        return Batches(
            self._pixels(prepared, pictures),
            np.eye(len(labels), dtype=np.float32)[columns(pictures, labels)],
            form=self.form,
            batch_size=self._settings.batch_size,
            seed=self._task.seed,
            recipe=recipe,
            is_pseudo=np.array([picture.origin == "pseudo" for picture in pictures], dtype=bool),
            pseudo_share=self._task.pseudo_share,
        )

    @staticmethod
    def _pixels(prepared: Prepared, pictures: Sequence[Picture]) -> npt.NDArray[np.uint8]:
        return prepared.values[prepared.rows(pictures)].astype(np.uint8, copy=False)


def _pace(way: WayName, network: Network) -> tuple[OptimizerName, float]:
    """(optimizer, learning rate) of a way."""
    if way == "scratch":
        return network.optimizer, network.learning_rate
    return "adam", _FROZEN_RATE if way == "frozen" else _FINETUNE_RATE


def _require_validation(split: Split) -> None:
    if not split.validation:
        raise DatasetError(
            f"training: received {len(split.train)} pictures to learn from and none to tune by, expected a few; "
            "add pictures, at least two of a label, or say --way features with a backbone"
        )


def _answers(model: keras.Model, batches: Batches) -> npt.NDArray[np.float32]:
    return np.concatenate([ask(model, batches[index][0]) for index in range(len(batches))])
