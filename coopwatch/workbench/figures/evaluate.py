"""Asks a model about labelled pictures: pictures and a predictor in, answers and figures out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from coopwatch.errors import DatasetError
from coopwatch.vision.card import ModelCard, ModelFolder
from coopwatch.vision.light_mode import light_of
from coopwatch.vision.probe import Predict
from coopwatch.workbench.answer import Answer
from coopwatch.workbench.figures.metrics import Figures, measure
from coopwatch.workbench.pictures.dataset import Dataset, Picture
from coopwatch.workbench.pictures.pixels import load_input, prepare_each
from coopwatch.workbench.progress import Progress
from coopwatch.workbench.run_folder import learnt_by


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What a model said of labelled pictures."""

    answers: tuple[Answer, ...]
    figures: Figures
    unreadable: tuple[Path, ...]  # did not decode, and count nowhere


def evaluate_model(predict: Predict, card: ModelCard, pictures: Sequence[Picture], progress: Progress) -> Evaluation:
    """Ask the model about each of these pictures, all of whose labels it knows."""
    labels = [label.name for label in card.labels]
    answers: list[Answer] = []

    def ask(_: int, picture: Picture) -> None:
        pixels = load_input(picture, card.input)
        probabilities = dict(zip(labels, map(float, predict(pixels)), strict=True))
        light = light_of(pixels)
        answers.append(Answer(file=picture.path, label=picture.label, probabilities=probabilities, light=light))

    _, unreadable = prepare_each(pictures, ask, "evaluating", progress)
    figures = measure(answers, unknown_below=card.unknown_below)
    return Evaluation(answers=tuple(answers), figures=figures, unreadable=unreadable)


def unseen_part(dataset: Dataset) -> Dataset:
    """What a model may be measured on: the test part where there is one, and nothing that a model labelled.

    Raises:
        DatasetError: nothing is left.
    """
    tests = [picture for picture in dataset.pictures if picture.part == "test"] or dataset.pictures
    human = tuple(picture for picture in tests if picture.origin == "human")
    if not human:
        raise DatasetError(
            f"{dataset.name}: received {len(tests)} pictures that a model labelled, expected some that people "
            "labelled; a model cannot be measured by the words of a model"
        )
    return replace(dataset, pictures=human)


def seen_before(folder: ModelFolder, dataset: Dataset) -> tuple[str, ...]:
    """A sentence that warns where the model was made from pictures of this data set, or may have been."""
    learnt = learnt_by(folder)
    if learnt is None and folder.card.data.get("hash") == dataset.hash:
        return (
            "the model was made from this very data set, and the figures flatter; measure on pictures of other days",
        )
    if learnt is None:
        return ("which pictures the model learnt from is not on record; if these are among them, the figures flatter",)
    seen = sum(picture.sha256 in learnt for picture in dataset.pictures)
    if not seen:
        return ()
    return (
        f"{seen} of these {len(dataset.pictures)} pictures were learnt from: the model knows them by heart, and the "
        "figures flatter; measure on pictures of other days",
    )


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
