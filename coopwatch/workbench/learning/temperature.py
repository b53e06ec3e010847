"""Finds how sure a model may be: logits and true labels of pictures it did not learn from in, two numbers out."""

import numpy as np
import numpy.typing as npt

from coopwatch.vision.calibration import Floats, softmax

_TEMPERATURES = np.geomspace(0.1, 10.0, 201)
_MOST_UNKNOWN = 0.5


def fit_temperature(logits: Floats, true: npt.NDArray[np.intp]) -> float:
    """The temperature whose probabilities fit best (least cross-entropy).

    The truth is softened to (n + 1) / (n + 2) as Platt does: n right answers in a row do not prove certainty.
    """
    if len(true) == 0:
        return 1.0
    count, labels = logits.shape
    rest = 1 / (count + 2)
    target = np.full((count, labels), rest / (labels - 1))
    target[np.arange(count), true] = 1 - rest
    losses = [-(target * np.log(np.maximum(softmax(logits, t), 1e-300))).sum() for t in _TEMPERATURES]
    return float(round(_TEMPERATURES[int(np.argmin(losses))], 4))


def find_unknown_bar(probabilities: Floats, true: npt.NDArray[np.intp]) -> float:
    """The certainty below which an answer is better called unknown: 1 in 100 right answers lies below it."""
    best = probabilities.max(axis=-1)
    right = best[probabilities.argmax(axis=-1) == true]
    if len(right) == 0:
        return 0.0
    return float(round(min(float(np.quantile(right, 0.01)), _MOST_UNKNOWN), 3))
