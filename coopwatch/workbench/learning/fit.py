"""Trains a network from scratch: batches in, the best weights and how they came about out."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import keras

from coopwatch.errors import CoopwatchError
from coopwatch.workbench.learning.batches import Batches
from coopwatch.workbench.progress import Progress
from coopwatch.workbench.share import percent


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """What the training came to; the model has the weights of the best epoch."""

    epochs: int  # that were run
    best_epoch: int  # counted from 1
    validation_loss: float  # at the best epoch
    stopped: str  # why there was no further epoch
    curves: Mapping[str, tuple[float, ...]]  # loss, accuracy, val_loss, val_accuracy; one number an epoch


def fit_network(
    model: keras.Model,
    train: Batches,
    validation: Batches,
    *,
    epochs: int,
    patience: int,
    optimizer: keras.optimizers.Optimizer,
    progress: Progress,
) -> Fitted:
    """Learn, slower on a plateau, until the validation loss has not fallen for `patience` epochs.

    Ctrl-C ends it early and keeps the best epoch so far.

    Raises:
        CoopwatchError: the loss is no longer a number.
    """
    model.compile(optimizer, loss="categorical_crossentropy", metrics=["accuracy"])
    best = _KeepBest(patience)
    stopped = f"{epochs} epochs were asked for"
    report = _Report(progress, epochs)
    try:
        model.fit(
            train,
            validation_data=validation,
            epochs=epochs,
            callbacks=[_StopAtNaN(), best, _slower_on_plateau(patience), report],
            verbose=0,
            shuffle=False,  # the batches shuffle themselves
        )
        if best.stopped_epoch:
            stopped = f"the validation loss did not fall for {patience} epochs"
    except KeyboardInterrupt:
        if best.best_weights is None:
            raise
        model.set_weights(best.best_weights)
        stopped = "interrupted"
        progress.tell("interrupted; the best epoch so far is kept")
    fitted = Fitted(
        epochs=len(report.curves["loss"]),
        best_epoch=best.best_epoch + 1,
        validation_loss=float(best.best),
        stopped=stopped,
        curves={name: tuple(values) for name, values in report.curves.items()},
    )
    progress.tell(f"stopped after epoch {fitted.epochs}; the weights are those of epoch {fitted.best_epoch}")
    return fitted


def _slower_on_plateau(patience: int) -> keras.callbacks.Callback:
    """A third of the learning rate where the validation loss has not fallen for a third of the patience."""
    return keras.callbacks.ReduceLROnPlateau(
        monitor="val_loss", mode="min", factor=1 / 3, patience=max(1, patience // 3)
    )


class _KeepBest(keras.callbacks.EarlyStopping):  # type: ignore[misc]  # keras ships no types
    def __init__(self, patience: int) -> None:
        super().__init__(monitor="val_loss", mode="min", patience=patience, restore_best_weights=True)


class _StopAtNaN(keras.callbacks.Callback):  # type: ignore[misc]  # keras ships no types
    def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        """Stop loudly: a loss that is no number never becomes one again."""
        loss = (logs or {}).get("loss", 0.0)
        if not math.isfinite(loss):
            raise CoopwatchError(
                f"training: received the loss {loss} in batch {batch + 1}, expected a number; "
                "try a --learning-rate ten times smaller"
            )


class _Report(keras.callbacks.Callback):  # type: ignore[misc]  # keras ships no types
    def __init__(self, progress: Progress, epochs: int) -> None:
        super().__init__()
        self._progress, self._epochs, self._epoch = progress, epochs, 0
        self.curves: dict[str, list[float]] = {"loss": [], "accuracy": [], "val_loss": [], "val_accuracy": []}

    def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        """Move the bar."""
        del logs
        steps = self.params["steps"]
        self._progress.step("training", self._epoch * steps + batch + 1, self._epochs * steps)

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        """One line an epoch."""
        logs = logs or {}
        for name, values in self.curves.items():
            values.append(float(logs.get(name, math.nan)))
        self._epoch = epoch + 1
        self._progress.tell(
            f"epoch {epoch + 1} of {self._epochs}: loss {logs['loss']:.3f}, right {percent(logs['accuracy'], 1)}; "
            f"validation loss {logs['val_loss']:.3f}, right {percent(logs['val_accuracy'], 1)}"
        )
