"""Asks a model about labelled pictures: pictures and a predictor in, figures out."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from coopwatch.errors import DatasetError
from coopwatch.values import Pixels
from coopwatch.vision.card import ModelCard, ModelFolder
from coopwatch.workbench.dataset import Dataset, Picture
from coopwatch.workbench.metrics import Figures, measure
from coopwatch.workbench.pixels import load_input, prepare_each
from coopwatch.workbench.progress import Progress

Predict = Callable[[Pixels], npt.NDArray[np.floating]]
"""A uint8 picture of the network's input size -> calibrated probabilities (labels,)."""

Serve = Callable[[ModelFolder], Predict]
"""Loads a model the way the service does."""


def evaluate_model(
    predict: Predict, card: ModelCard, pictures: Sequence[Picture], progress: Progress
) -> tuple[Figures, tuple[Path, ...]]:
    """(figures, pictures that did not decode) of these pictures, all of whose labels the model knows."""
    labels = [label.name for label in card.labels]
    answers: list[npt.NDArray[np.floating]] = []
    kept, unreadable = prepare_each(
        pictures, lambda _, picture: answers.append(predict(load_input(picture, card.input))), "evaluating", progress
    )
    probabilities = np.stack(answers) if answers else np.empty((0, len(labels)))
    return measure([picture.label for picture in kept], probabilities, labels), unreadable


def require_known_labels(dataset: Dataset, card: ModelCard) -> None:
    """Refuse a data set with labels that the model cannot give.

    Raises:
        DatasetError: naming them, and how to leave them out.
    """
    known = card.roles
    strangers = {label: count for label, count in dataset.counts.items() if label not in known}
    if strangers:
        counted = ", ".join(f"{label} ({count} pictures)" for label, count in strangers.items())
        options = " ".join(f"--exclude {label}" for label in strangers)
        raise DatasetError(
            f"{dataset.name}: received labels that the model {card.name} does not know: {counted}, "
            f"expected {', '.join(known)}; leave them out with {options}, or train a model that knows them"
        )
