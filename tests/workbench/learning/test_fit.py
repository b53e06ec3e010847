import keras
import numpy as np
import pytest

from coopwatch.errors import CoopwatchError
from coopwatch.vision.card import Input
from coopwatch.workbench.learning.batches import Batches
from coopwatch.workbench.learning.fit import Fitted, fit_network
from coopwatch.workbench.progress import Silent

FORM = Input(height=4, width=4)


def batches(count: int = 24, seed: int = 0) -> Batches:
    rng = np.random.default_rng(seed)
    true = np.arange(count) % 2
    pixels = rng.integers(0, 60, (count, 4, 4, 3), dtype=np.uint8) + (true * 150).astype(np.uint8)[:, None, None, None]
    return Batches(pixels, np.eye(2, dtype=np.float32)[true], form=FORM, batch_size=8, seed=0, recipe=None)


def network() -> keras.Model:
    keras.utils.set_random_seed(1)
    layers = keras.layers
    return keras.Sequential([keras.Input((4, 4, 3)), layers.Flatten(), layers.Dense(2, activation="softmax")])


def fit(
    model: keras.Model, progress: Silent | None = None, *, learning_rate: float = 0.05, patience: int = 3
) -> Fitted:
    return fit_network(
        model,
        batches(),
        batches(seed=1),
        epochs=6,
        patience=patience,
        optimizer=keras.optimizers.Adam(learning_rate),
        progress=progress or Silent(),
    )


class Lines(Silent):
    def __init__(self) -> None:
        self.lines: list[str] = []

    def tell(self, line: str) -> None:
        self.lines.append(line)


def test_a_network_learns_and_says_at_which_epoch_it_stopped() -> None:
    lines = Lines()
    model = network()
    fitted = fit(model, lines)
    assert fitted.curves["val_accuracy"][fitted.best_epoch - 1] == 1.0
    assert all(len(curve) == fitted.epochs for curve in fitted.curves.values())
    assert lines.lines[-1] == (
        f"stopped after epoch {fitted.epochs}; the weights are those of epoch {fitted.best_epoch}"
    )


def test_the_weights_are_those_of_the_best_epoch() -> None:
    model = network()
    fitted = fit(model, learning_rate=3.0, patience=6)  # far too fast: the loss jumps about
    loss, _ = model.evaluate(batches(seed=1), verbose=0)
    assert loss == pytest.approx(fitted.validation_loss, rel=1e-3)
    assert fitted.validation_loss == min(fitted.curves["val_loss"])


def test_a_loss_that_is_no_number_stops_loudly() -> None:
    model = network()
    model.set_weights([np.full_like(weight, np.nan) for weight in model.get_weights()])
    with pytest.raises(CoopwatchError, match=r"loss nan in batch 1, expected a number; try a --learning-rate"):
        fit(model)


def test_ctrl_c_keeps_the_best_epoch_so_far() -> None:
    class Impatient(Lines):
        def step(self, what: str, done: int, total: int) -> None:
            if what == "training" and sum(line.startswith("epoch") for line in self.lines) == 2:
                raise KeyboardInterrupt

    lines = Impatient()
    model = network()
    fitted = fit(model, lines)
    assert fitted.epochs == 2
    assert "interrupted; the best epoch so far is kept" in lines.lines
    loss, _ = model.evaluate(batches(seed=1), verbose=0)
    assert loss == pytest.approx(fitted.validation_loss, rel=1e-3)
