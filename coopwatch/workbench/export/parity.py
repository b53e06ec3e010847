"""Holds the exported model against the trained one: both must name the same pictures alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from coopwatch.errors import ModelError
from coopwatch.vision.calibration import calibrate
from coopwatch.vision.card import Input
from coopwatch.vision.preprocess import scale_input
from coopwatch.vision.probe import Predict
from coopwatch.workbench.pictures.dataset import Picture
from coopwatch.workbench.pictures.pixels import load_input
from coopwatch.workbench.progress import Progress, track

MOST_DIFFERENT = 0.005  # share of pictures
_MOST_PICTURES = 400
_ENOUGH = 20  # from so many pictures on, one may differ
_BATCH = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Parity:
    """How alike two forms of a model answer."""

    count: int
    same: int  # pictures that both name alike
    largest_difference: float  # of any probability

    @property
    def suffices(self) -> bool:
        """At least 99.5 % are named alike; of a few pictures one near tie may differ."""
        allowed = max(MOST_DIFFERENT * self.count, 1 if self.count >= _ENOUGH else 0)
        return self.count - self.same <= allowed and bool(np.isfinite(self.largest_difference))

    def as_json(self) -> dict[str, Any]:
        """For the card."""
        return {"count": self.count, "same": self.same, "largest_difference": round(self.largest_difference, 4)}


def ask(model: keras.Model, numbers: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The answers to a batch, without the seconds that `predict` takes to trace a graph for them."""
    return np.asarray(keras.ops.convert_to_numpy(model(numbers, training=False)), dtype=np.float32)


def compare_export(
    model: keras.Model,
    exported: Predict,
    pictures: Sequence[Picture],
    form: Input,
    temperature: float,
    progress: Progress,
) -> Parity:
    """Ask both about at most 400 of the pictures, spread evenly."""
    step = -(-len(pictures) // _MOST_PICTURES) or 1
    chosen = pictures[::step]
    same, largest = 0, 0.0
    batches = [chosen[start : start + _BATCH] for start in range(0, len(chosen), _BATCH)]
    for batch in track(progress, "checking the export", batches):
        pixels = np.stack([load_input(picture, form) for picture in batch])
        theirs = np.stack([exported(crop) for crop in pixels])
        ours = calibrate(ask(model, scale_input(pixels, form)), temperature)
        same += int((ours.argmax(axis=1) == theirs.argmax(axis=1)).sum())
        largest = float(max(largest, np.abs(ours - theirs).max()))
    return Parity(count=len(chosen), same=same, largest_difference=largest)


def require_parity(parity: Parity) -> None:
    """Refuse an export that answers otherwise than the model it came from.

    Raises:
        ModelError: with the counts.
    """
    if not parity.suffices:
        raise ModelError(
            f"export: received a model that names {parity.same} of {parity.count} pictures as the trained one does "
            f"(largest difference of a probability {parity.largest_difference:.3f}), expected 99.5 %; "
            "train with another --network or --size; the model is as it was"
        )
