import numpy as np
import pytest

from coopwatch.workbench.metrics import LabelFigures, measure

LABELS = ["a", "b", "c"]


def probabilities(given: str, certainty: float = 0.8) -> np.ndarray:
    rest = (1 - certainty) / 2
    return np.array([[certainty if label == name else rest for label in LABELS] for name in given])


def test_figures_of_a_small_table_are_those_done_by_hand() -> None:
    figures = measure(list("aaabbc"), probabilities("aabbbb"), LABELS)
    assert (figures.right, figures.count) == (4, 6)
    assert figures.accuracy == pytest.approx(4 / 6)
    assert figures.labels["a"] == LabelFigures(precision=1.0, recall=2 / 3, f1=0.8, support=3)
    assert figures.labels["b"] == LabelFigures(precision=0.5, recall=1.0, f1=2 / 3, support=2)
    assert figures.labels["c"] == LabelFigures(precision=0.0, recall=0.0, f1=0.0, support=1)
    assert figures.confusion == {"a": {"a": 2, "b": 1}, "b": {"b": 2}, "c": {"b": 1}}


@pytest.mark.parametrize(("given", "certainty", "error"), [("aaaa", 1.0, 0.5), ("aabb", 0.8, 0.2), ("aaaa", 0.5, 0.0)])
def test_the_calibration_error_is_how_far_certainty_is_from_being_right(
    given: str, certainty: float, error: float
) -> None:
    assert measure(list("aabb"), probabilities(given, certainty), LABELS).calibration_error == pytest.approx(error)


def test_no_pictures_give_no_figures_and_no_crash() -> None:
    figures = measure([], np.empty((0, 3)), LABELS)
    assert figures.as_json() == {
        "accuracy": 0.0,
        "count": 0,
        "right": 0,
        "calibration_error": 0.0,
        "labels": {},
        "confusion": {},
    }
