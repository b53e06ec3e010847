import numpy as np
import pytest

from coopwatch.vision.calibration import softmax
from coopwatch.workbench.learning.temperature import find_unknown_bar, fit_temperature


def answers(temperature: float, count: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    """Logits, and truths drawn from what `softmax(logits, temperature)` says."""
    rng = np.random.default_rng(3)
    logits = rng.normal(0, 3, (count, 4))
    chances = softmax(logits, temperature)
    return logits, (chances.cumsum(axis=1) < rng.random((count, 1))).sum(axis=1)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_the_temperature_that_made_the_truth_is_found(temperature: float) -> None:
    assert fit_temperature(*answers(temperature)) == pytest.approx(temperature, rel=0.15)


def test_a_few_right_answers_do_not_prove_certainty() -> None:
    logits = np.array([[4.0, 0.0]] * 5)
    true = np.zeros(5, int)
    assert softmax(logits, fit_temperature(logits, true)).max() < 0.9


def test_without_answers_nothing_is_calibrated() -> None:
    assert fit_temperature(np.empty((0, 3)), np.empty(0, int)) == 1.0
    assert find_unknown_bar(np.empty((0, 3)), np.empty(0, int)) == 0.0


def test_one_right_answer_in_a_hundred_lies_below_the_unknown_bar() -> None:
    best = np.linspace(0.2, 0.7, 1001)
    sure = np.column_stack([best, np.full((1001, 5), 0.01)])
    assert find_unknown_bar(sure, np.zeros(1001, int)) == pytest.approx(0.205)


def test_a_half_sure_answer_is_never_called_unknown() -> None:
    assert find_unknown_bar(np.array([[0.99, 0.01]] * 50), np.zeros(50, int)) == 0.5
