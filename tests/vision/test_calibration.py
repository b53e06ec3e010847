import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopwatch.vision.calibration import calibrate, softmax

logits = st.lists(st.floats(-8, 8), min_size=2, max_size=12)


@given(logits, st.floats(0.1, 10))
def test_probabilities_calibrate_to_what_their_logits_would(values: list[float], temperature: float) -> None:
    array = np.array(values)
    assert calibrate(softmax(array), temperature) == pytest.approx(softmax(array, temperature), abs=1e-9)


@given(logits, st.floats(0.1, 10))
def test_the_sum_is_one_and_the_best_stays_the_best(values: list[float], temperature: float) -> None:
    probabilities = softmax(np.array(values), temperature)
    assert probabilities.sum() == pytest.approx(1)
    assert probabilities[int(np.argmax(values))] == probabilities.max()


def test_a_higher_temperature_is_less_sure() -> None:
    sure = np.array([0.9, 0.1])
    assert calibrate(sure, 2.0).max() < 0.9 < calibrate(sure, 0.5).max()


def test_a_probability_of_zero_stays_finite() -> None:
    assert calibrate(np.array([1.0, 0.0], np.float32), 1.5).tolist() == pytest.approx([1.0, 0.0], abs=1e-6)
