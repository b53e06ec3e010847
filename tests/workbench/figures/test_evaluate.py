from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes.models import tiny_card

from coopwatch.errors import DatasetError
from coopwatch.values import Pixels
from coopwatch.workbench.figures.evaluate import evaluate_model, require_known_labels, unseen_part
from coopwatch.workbench.pictures.dataset import Reading, read_dataset
from coopwatch.workbench.progress import Silent

Draw = Callable[..., Path]


def by_colour(pixels: Pixels) -> np.ndarray:
    """Sees red and brightness: the labels of the card are red_twin, egg, empty."""
    red, green, _ = pixels.mean(axis=(0, 1))
    return np.array([0.8, 0.1, 0.1] if red > 2 * green else [0.1, 0.8, 0.1] if red > 180 else [0.1, 0.1, 0.8])


def test_a_model_is_asked_about_every_picture_at_its_input_size(draw: Draw) -> None:
    shapes = set()

    def predict(pixels: Pixels) -> np.ndarray:
        shapes.add(pixels.shape)
        return by_colour(pixels)

    evaluation = evaluate_model(predict, tiny_card(), read_dataset([draw()]).pictures, Silent())
    assert evaluation.figures.accuracy == 1.0
    assert evaluation.figures.right.count == len(evaluation.answers) == 36
    assert not evaluation.unreadable
    assert shapes == {(24, 32, 3)}


def test_an_unreadable_picture_is_named_and_not_counted(draw: Draw) -> None:
    folder = draw()
    bad = folder / "egg" / "2026-05-01_0600.jpg"
    bad.write_bytes(b"")
    evaluation = evaluate_model(by_colour, tiny_card(), read_dataset([folder]).pictures, Silent())
    assert evaluation.unreadable == (bad,)
    assert evaluation.figures.right.count == 35


def test_labels_that_the_model_does_not_know_are_refused_with_their_counts(draw: Draw) -> None:
    folder = draw()
    (folder / "red_twin").rename(folder / "psycho")
    with pytest.raises(DatasetError, match=r"does not know: psycho \(12 pictures\).*--exclude psycho"):
        require_known_labels(read_dataset([folder]), tiny_card())
    require_known_labels(read_dataset([folder], Reading(exclude=frozenset({"psycho"}))), tiny_card())


def test_a_model_is_measured_on_the_test_part_and_never_on_the_words_of_a_model(draw: Draw) -> None:
    whole = read_dataset([draw("seen")])
    assert unseen_part(whole) == whole
    divided = read_dataset([draw("before")], test=[draw("after", days=1)])
    assert {picture.part for picture in unseen_part(divided).pictures} == {"test"}
    mixed = tuple(replace(one, origin="pseudo" if one.label == "egg" else "human") for one in whole.pictures)
    assert unseen_part(replace(whole, pictures=mixed)).counts == {"empty": 12, "red_twin": 12}
    pseudo = tuple(replace(one, origin="pseudo") for one in whole.pictures)
    with pytest.raises(DatasetError, match=r"received 36 pictures that a model labelled"):
        unseen_part(replace(whole, pictures=pseudo))
