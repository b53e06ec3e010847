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
from coopwatch.workbench.run_folder import Answer

Predict = Callable[[Pixels], npt.NDArray[np.floating]]
"""A uint8 picture of the network's input size -> calibrated probabilities (labels,)."""

Serve = Callable[[ModelFolder], Predict]
"""Loads a model the way the service does."""


def ask_model(
    predict: Predict, card: ModelCard, pictures: Sequence[Picture], progress: Progress
) -> tuple[tuple[Answer, ...], tuple[Path, ...]]:
    """(an answer for each picture, pictures that did not decode)."""
    rows: list[npt.NDArray[np.floating]] = []
    kept, unreadable = prepare_each(
        pictures, lambda _, picture: rows.append(predict(load_input(picture, card.input))), "evaluating", progress
    )
    labels = [label.name for label in card.labels]
    answers = (
        Answer(
            file=str(picture.path),
            label=picture.label,
            probabilities=dict(zip(labels, map(float, row), strict=True)),
        )
        for picture, row in zip(kept, rows, strict=True)
    )
    return tuple(answers), unreadable


def measure_answers(answers: Sequence[Answer], card: ModelCard) -> Figures:
    """The figures of these answers, all of whose labels the model knows."""
    labels = [label.name for label in card.labels]
    rows = [[answer.probabilities[label] for label in labels] for answer in answers]
    return measure([answer.label for answer in answers], np.array(rows).reshape(len(rows), len(labels)), labels)


def evaluate_model(
    predict: Predict, card: ModelCard, pictures: Sequence[Picture], progress: Progress
) -> tuple[Figures, tuple[Path, ...]]:
    """(figures, pictures that did not decode) of these pictures, all of whose labels the model knows."""
    answers, unreadable = ask_model(predict, card, pictures, progress)
    return measure_answers(answers, card), unreadable


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
