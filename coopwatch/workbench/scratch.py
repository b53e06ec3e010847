"""Training a network from random weights: decoded pictures in, a whole network as `model.tflite` out."""

from collections.abc import Sequence
from dataclasses import dataclass

import keras
import numpy as np
import numpy.typing as npt

from coopwatch.vision.calibration import softmax
from coopwatch.vision.card import Input
from coopwatch.workbench.augment import Augmentation, find_augmentation
from coopwatch.workbench.batches import Batches
from coopwatch.workbench.dataset import Picture
from coopwatch.workbench.export import export_litert
from coopwatch.workbench.fit import fit_network
from coopwatch.workbench.networks.network import Network
from coopwatch.workbench.parity import ask
from coopwatch.workbench.pixels import Prepared, decode_all
from coopwatch.workbench.progress import Progress
from coopwatch.workbench.split import Split
from coopwatch.workbench.stopwatch import Stopwatch
from coopwatch.workbench.temperature import find_unknown_bar, fit_temperature
from coopwatch.workbench.way import Trained, columns

MODEL_FILE = "model.tflite"
_OPTIMIZERS = {"adam": keras.optimizers.Adam, "sgd": keras.optimizers.SGD}


@dataclass(frozen=True, slots=True, kw_only=True)
class ScratchSettings:
    """How long and how fast to learn; None means the network's own."""

    epochs: int = 60
    patience: int = 8  # epochs without a lower validation loss
    batch_size: int = 16
    learning_rate: float | None = None
    augmentation: str | None = None
    seed: int = 0


class Scratch:
    """The way `scratch`, bound to a network, its input and settings."""

    def __init__(
        self, network: Network, form: Input, settings: ScratchSettings, stopwatch: Stopwatch, progress: Progress
    ) -> None:
        self.form = form
        self._network, self._settings = network, settings
        self._stopwatch, self._progress = stopwatch, progress
        self._augmentation = settings.augmentation or network.augmentation
        self._recipe = find_augmentation(self._augmentation)

    def prepare(self, pictures: Sequence[Picture]) -> Prepared:
        """Decode every picture once."""
        with self._stopwatch.step("read"):
            return decode_all(pictures, self.form, self._progress)

    def fit(self, prepared: Prepared, split: Split, labels: Sequence[str]) -> Trained:
        """Train, keep the best epoch, calibrate on the validation part, export."""
        settings = self._settings
        keras.utils.clear_session()  # layers are numbered from 1, so that the same run gives the same files
        keras.utils.set_random_seed(settings.seed)
        model = self._network.build(self.form, len(labels))
        learning_rate = settings.learning_rate or self._network.learning_rate
        validation = self._batches(prepared, split.validation, labels, None)
        with self._stopwatch.step("fit"):
            fitted = fit_network(
                model,
                self._batches(prepared, split.train, labels, self._recipe),
                validation,
                epochs=settings.epochs,
                patience=settings.patience,
                optimizer=_OPTIMIZERS[self._network.optimizer](learning_rate),
                progress=self._progress,
            )
        with self._stopwatch.step("calibrate"):
            logits = np.log(np.maximum(_answers(model, validation), 1e-12))
            true = np.array(columns(split.validation, labels))
            temperature = fit_temperature(logits, true)
        with self._stopwatch.step("export"):
            exported = export_litert(model)
        return Trained(
            model=model,
            files={MODEL_FILE: exported},
            fitted=fitted,
            weights="random",
            temperature=temperature,
            unknown_below=find_unknown_bar(softmax(logits, temperature), true),
            facts={
                "way": "scratch",
                "epochs": fitted.epochs,
                "best_epoch": fitted.best_epoch,
                "batch_size": settings.batch_size,
                "optimizer": self._network.optimizer,
                "learning_rate": learning_rate,
                "augmentation": self._augmentation,
                "parameters": int(model.count_params()),
            },
        )

    def _batches(
        self, prepared: Prepared, pictures: Sequence[Picture], labels: Sequence[str], recipe: Augmentation | None
    ) -> Batches:
        pixels: npt.NDArray[np.uint8] = prepared.values[prepared.rows(pictures)].astype(np.uint8, copy=False)
        return Batches(
            pixels,
            np.array(columns(pictures, labels), dtype=np.intp),
            labels=len(labels),
            form=self.form,
            batch_size=self._settings.batch_size,
            seed=self._settings.seed,
            recipe=recipe,
        )


def _answers(model: keras.Model, batches: Batches) -> npt.NDArray[np.float32]:
    return np.concatenate([ask(model, batches[index][0]) for index in range(len(batches))])
